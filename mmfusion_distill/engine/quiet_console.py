"""The part of a run's log that the console shows; all of it is in the log file."""

import logging
from collections.abc import Iterator
from pathlib import Path

#: Longer messages, as the whole config, are shown by their first line.
_MOST_LINES = 4
#: MMEngine says so of every run on one processor; our networks have no such layer.
_OF_NO_INTEREST = "Distributed training is not used"


class _FirstLine(logging.Formatter):
    """Another formatter, whose long messages are shortened.

    Args:
        whole (logging.Formatter): The other one.
        log_file (str): Where the rest can be read.
    """

    def __init__(self, whole: logging.Formatter, log_file: str) -> None:
        super().__init__()
        self._whole, self._log_file = whole, log_file

    def format(self, record: logging.LogRecord) -> str:
        """The message as it is shown."""
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
