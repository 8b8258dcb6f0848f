"""The bar that everything long shows: on a terminal one line that moves, else a line every few seconds."""

import sys
from typing import Any, TextIO

from tqdm import tqdm

#: Seconds between the lines where nobody watches a terminal.
_SECONDS = 5.0
_COUNT = "{n_fmt}/{total_fmt} [{elapsed}, {remaining} left, {rate_noinv_fmt}{postfix}]"


class _Lines:
    """A file in which every state of a bar is a line of its own."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write what is seen of a text."""
        if line := text.strip():
            self._file.write(f"{line}\n")

    def flush(self) -> None:
        """Hand over what was written."""
        self._file.flush()


def progress_bar(*args: Any, unit: str = "pair", **kwargs: Any) -> tqdm:
    """tqdm on standard error: how many of how many, units per second and the time left.

    Args:
        *args: As for tqdm: what is iterated, its name, its length.
        unit (str): What is counted. Default: 'pair'.
        **kwargs: As for tqdm.
    """
    if kwargs.get("total") == 0:
        # Nothing to do, which whoever asked for it says.
        kwargs["disable"] = True
    if sys.stderr.isatty():
        # Units per second also where one takes longer than that, for which tqdm would turn the number over.
        return tqdm(*args, unit=unit, bar_format="{l_bar}{bar}| " + _COUNT, **kwargs)
    file: Any = _Lines(sys.stderr)
    return tqdm(*args, unit=unit, bar_format="{l_bar} " + _COUNT, file=file, mininterval=_SECONDS, **kwargs)
