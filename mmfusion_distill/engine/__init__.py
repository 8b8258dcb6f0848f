"""Additions to the runner."""

from .hooks import ProgressBarHook
from .runners import FusionRunner

__all__ = ["FusionRunner", "ProgressBarHook"]
