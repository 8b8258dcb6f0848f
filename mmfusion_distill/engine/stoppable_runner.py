"""A runner that is asked to end by signals, and knows what of its state is saved."""

from mmengine.runner import Runner
from torch import nn

from ..system.stop_signals import StopRequest, stop_requests


class StoppableRunner(Runner):
    """mmengine's runner; what Ctrl-C and SIGTERM ask of it, :class:`KeepProgressHook` does.

    Attributes:
        saved_iter (int | None): The iteration whose whole state was saved last. Default: None.
        stop_request (StopRequest): Whether Ctrl-C or SIGTERM came in training.
    """

    saved_iter: int | None = None
    stop_request = StopRequest("")

    def train(self) -> nn.Module:
        """Train; Ctrl-C and SIGTERM end the run after the step that it is in, and what it has reached is kept.

        Raises:
            TrainingStopped: If the run was ended so.
        """
        with stop_requests("stopping after this step") as self.stop_request:
            return super().train()
