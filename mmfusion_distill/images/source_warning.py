"""Notes about sources for those who call the package from Python."""

import warnings

#: Pairs at which Python's users get a close look; those who fuse thousands have seen enough.
FIRST_PAIRS = 4


class SourceWarning(UserWarning):
    """Something about the sources of a pair that a user should know."""


def warn_of_source(note: str) -> None:
    """Warn of a note, for :class:`PairReader`."""
    warnings.warn(note, SourceWarning, stacklevel=2)
