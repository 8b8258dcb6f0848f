"""Whether there is a GPU to compute on."""

import ctypes
import functools
import sys


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
