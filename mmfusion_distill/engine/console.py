"""What a training shows on the console: a progress bar, or a log of which the file has all."""

import logging
from collections.abc import Iterator
from pathlib import Path

from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner

from ..registry import HOOKS
from ..system.progress import progress_bar

#: Longer messages, as the whole config, are shown by their first line.
_MOST_LINES = 4
#: How messages begin that MMEngine has about itself, of every run on one processor.
_OF_NO_INTEREST = (
    "Distributed training is not used",
    '"FileClient" will be deprecated',
    '"HardDiskBackend" is the alias',
)


class _FirstLine(logging.Formatter):
    """Another formatter, whose long messages are shortened."""

    def __init__(self, whole: logging.Formatter, log_file: str) -> None:
        super().__init__()
        self._whole, self._log_file = whole, log_file

    def format(self, record: logging.LogRecord) -> str:
        """The message as shown."""
        lines = record.getMessage().strip().splitlines()
        if len(lines) <= _MOST_LINES:
            return self._whole.format(record)
        first = next((line.strip() for line in lines if line.strip(" -=")), "")
        short = logging.makeLogRecord(vars(record))
        short.msg, short.args = f"{first} ... {len(lines)} lines in {self._log_file}", None
        return self._whole.format(short)


def shorten_console(logger: logging.Logger) -> None:
    """Show messages of many lines by their first one, and not what concerns no one."""
    log_files = [
        handler.baseFilename for handler in logger.handlers if isinstance(handler, logging.FileHandler)
    ]
    for handler in _consoles(logger):
        if log_files and handler.formatter and not isinstance(handler.formatter, _FirstLine):
            handler.setFormatter(_FirstLine(handler.formatter, Path(log_files[0]).name))
            handler.addFilter(lambda record: not record.getMessage().startswith(_OF_NO_INTEREST))


def silence_console(logger: logging.Logger) -> None:
    """Show nothing."""
    for handler in _consoles(logger):
        handler.setLevel(logging.CRITICAL)


def _consoles(logger: logging.Logger) -> Iterator[logging.Handler]:
    return (handler for handler in logger.handlers if not isinstance(handler, logging.FileHandler))


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
