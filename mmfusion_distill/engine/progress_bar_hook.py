"""A progress bar for people who watch."""

from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner

from ..registry import HOOKS
from ..system.progress import progress_bar


@HOOKS.register_module()
class ProgressBarHook(Hook):
    """Show a bar with the current loss and the time left during training, instead of lines of a log.

    Args:
        figure (str, optional): Figure of the validation that is shown too, once it is known. Default: None.
    """

    def __init__(self, figure: str | None = None) -> None:
        self.figure = figure
        self._shown: dict[str, str] = {}

    def before_train(self, runner: Runner) -> None:
        """Open the bar at the iteration where training starts."""
        self._bar = progress_bar(
            desc="training",
            total=runner.max_iters,
            initial=runner.iter,
            unit="step",
            disable=not is_main_process(),
            leave=False,  # beside what is said when it is stopped
        )

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: dict | None = None, outputs: dict | None = None
    ) -> None:
        """Move the bar on."""
        if outputs and "loss" in outputs:
            self._shown["loss"] = f"{float(outputs['loss']):.3g}"
            self._bar.set_postfix(self._shown, refresh=False)
        self._bar.update()

    def after_val_epoch(self, runner: Runner, metrics: dict[str, float] | None = None) -> None:
        """Show the figure."""
        if self.figure in (metrics or {}):
            self._shown[str(self.figure)] = f"{float(metrics[self.figure]):.3f}"  # type: ignore[index]

    def after_train(self, runner: Runner) -> None:
        """Close the bar, which stays."""
        self._bar.leave = True
        self._bar.close()
