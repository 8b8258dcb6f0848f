"""Additions to the runner."""

from .hooks import FiniteGuardHook, ProgressBarHook
from .optim_wrappers import BFloat16OptimWrapper
from .runners import FusionRunner

__all__ = ["BFloat16OptimWrapper", "FiniteGuardHook", "FusionRunner", "ProgressBarHook"]
