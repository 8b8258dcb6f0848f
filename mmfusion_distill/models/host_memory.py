"""Memory that the C library keeps for the next picture instead of giving it back."""

import ctypes
import functools
import os
import sys

# Of glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3

#: Bytes of one allocation up to which its memory is used again. Larger ones, as whole pictures of 24 megapixels, are
#: given back at once.
LARGEST_KEPT = 128 * 2**20

#: Free bytes at the end of the heap beyond which they are given back.
MOST_KEPT = 2**30


@functools.cache
def keep_host_memory() -> None:
    """Let glibc use freed memory again, where neither GLIBC_TUNABLES nor MALLOC_... say what it shall do.

    Feature maps are large and short-lived. By default the kernel maps each of them afresh and fills it with zeros,
    which takes up to two fifths of the time of a fast network; kept, up to :data:`MOST_KEPT` stay with the process.
    """
    chosen = any(name == "GLIBC_TUNABLES" or name.startswith("MALLOC_") for name in os.environ)
    if sys.platform != "linux" or chosen:
        return
    # Other C libraries lack it.
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        # Both: either alone turns off that the other grows with what is freed.
        mallopt(_MMAP_THRESHOLD, LARGEST_KEPT)
        mallopt(_TRIM_THRESHOLD, MOST_KEPT)
