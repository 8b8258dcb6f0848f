"""Memory: which there is on a device, which can still be had, and which the C library keeps for the next image."""

import ctypes
import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@functools.cache
def has_cuda_device() -> bool:
    """Whether the driver of CUDA sees a device, which is asked without the seconds that importing PyTorch takes."""
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(name)
    except OSError:
        return False
    count = ctypes.c_int(0)
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0


try:
    import resource
except ImportError:  # on Windows
    resource = None  # type: ignore[assignment]

GIBIBYTE = 2**30


def free_memory() -> int:
    """Bytes that can be had without swapping, as limits of process and container allow; 4 GiB if nothing tells."""
    available = _fields(Path("/proc/meminfo")).get("MemAvailable")
    free = [4 * GIBIBYTE if available is None else 1024 * available]
    if resource is not None:
        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            free.append(limit - pages * resource.getpagesize())
    container = Path("/sys/fs/cgroup")
    try:
        most = (container / "memory.max").read_text().strip()
        if most != "max":
            used = int((container / "memory.current").read_text())
            # Files that were read and can be dropped count as used.
            cached = _fields(container / "memory.stat").get("inactive_file", 0)
            free.append(int(most) - used + cached)
    except OSError:
        pass  # no control group: nothing more to respect
    return max(min(free), 0)


def _fields(path: Path) -> dict[str, int]:
    """The numbers of a file of the kernel by name; none where there is no such file."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    return {line.split()[0].rstrip(":"): int(line.split()[1]) for line in lines}


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
