"""Additions to the runner."""

from .hooks import ProgressBarHook

__all__ = ["ProgressBarHook"]
