"""Functions that a user calls."""

from ..files import FusingReport, fuse_files
from .fusion_inferencer import FusionInferencer
from .running import load_config, run_test, run_training

__all__ = ["FusingReport", "FusionInferencer", "fuse_files", "load_config", "run_test", "run_training"]
