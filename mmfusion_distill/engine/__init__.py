"""Training and testing: the runner and the calls behind `mmfusion train` and `test`."""

from .console import ProgressBarHook
from .finite_guard_hook import FiniteGuardHook
from .fusion_runner import FusionRunner
from .keep_progress_hook import KeepProgressHook
from .mixed_precision import BFloat16OptimWrapper
from .noise_filter_start import NoiseFilterStartHook
from .optimizers import soap

__all__ = [
    "BFloat16OptimWrapper",
    "FiniteGuardHook",
    "FusionRunner",
    "KeepProgressHook",
    "NoiseFilterStartHook",
    "ProgressBarHook",
    "soap",
]
