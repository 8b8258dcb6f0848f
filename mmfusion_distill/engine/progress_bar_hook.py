"""A progress bar for people who watch."""

from mmagic.registry import HOOKS
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner
from tqdm import tqdm


@HOOKS.register_module()
class ProgressBarHook(Hook):
    """Show a bar with the current loss and the time left during training, instead of lines of a log."""

    def before_train(self, runner: Runner) -> None:
        """Open the bar at the iteration where training starts."""
        self._bar = tqdm(
            total=runner.max_iters, initial=runner.iter, unit="iter", disable=not is_main_process()
        )

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: dict | None = None, outputs: dict | None = None
    ) -> None:
        """Move the bar on."""
        self._bar.update()
        if outputs and "loss" in outputs:
            self._bar.set_postfix(loss=f"{float(outputs['loss']):.2f}")

    def after_train(self, runner: Runner) -> None:
        """Close the bar."""
        self._bar.close()
