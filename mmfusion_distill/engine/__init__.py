"""Training and testing: the runner and the calls behind `mmfusion train` and `test`."""

from .bfloat16_optim_wrapper import BFloat16OptimWrapper
from .finite_guard_hook import FiniteGuardHook
from .fusion_runner import FusionRunner
from .keep_progress_hook import KeepProgressHook
from .progress_bar_hook import ProgressBarHook

__all__ = ["BFloat16OptimWrapper", "FiniteGuardHook", "FusionRunner", "KeepProgressHook", "ProgressBarHook"]
