"""Memory that the C library keeps for the next image instead of giving it back."""

import ctypes
import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Of glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3

#: Bytes of one allocation up to which its memory is used again. Larger ones, as whole images of 24 megapixels, are
#: given back at once.
LARGEST_KEPT = 128 * 2**20

#: Free bytes at the end of the heap beyond which they are given back.
MOST_KEPT = 2**30


#: The same while a large image is fused in tiles, whose own maps are smaller.
LARGEST_KEPT_BESIDE_TILES = 32 * 2**20


@functools.cache
def keep_host_memory() -> None:
    """Let glibc use freed memory again, unless GLIBC_TUNABLES or MALLOC_... is set.

    Feature maps are large and short-lived. By default the kernel maps each of them afresh and fills it with zeros,
    which takes up to two fifths of the time of a fast network; kept, up to :data:`MOST_KEPT` stay with the process.
    """
    _set(_TRIM_THRESHOLD, MOST_KEPT)
    # Both: either alone turns off that the other grows with what is freed.
    _set(_MMAP_THRESHOLD, LARGEST_KEPT)


@contextmanager
def maps_of_whole_pictures() -> Iterator[None]:
    """Within, large memory is given back at once: what is kept would come on top of maps of a whole image."""
    return_free_memory()
    _set(_MMAP_THRESHOLD, LARGEST_KEPT_BESIDE_TILES)
    try:
        yield
    finally:
        _set(_MMAP_THRESHOLD, LARGEST_KEPT)
        return_free_memory()


def return_free_memory() -> None:
    """Give back to the system what is free in the C library's heap, where that is glibc."""
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _set(option: int, value: int) -> None:
    chosen = any(name == "GLIBC_TUNABLES" or name.startswith("MALLOC_") for name in os.environ)
    mallopt = _of_glibc("mallopt")
    if mallopt is not None and not chosen:
        mallopt(option, value)


def _of_glibc(function: str) -> Callable[..., int] | None:
    # Other C libraries lack these.
    return getattr(ctypes.CDLL(None), function, None) if sys.platform == "linux" else None
