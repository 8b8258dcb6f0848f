"""Hooks."""

from .finite_guard_hook import FiniteGuardHook
from .progress_bar_hook import ProgressBarHook

__all__ = ["FiniteGuardHook", "ProgressBarHook"]
