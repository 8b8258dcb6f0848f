"""Functions that a user calls."""

from ..lazy import lazy_attributes
from .fuse_files import fuse_files
from .fusing_report import FusingInterrupted, FusingReport

# What needs PyTorch; a command that only prints its help does not.
__getattr__ = lazy_attributes(
    __name__,
    {
        "FusionInferencer": ".fusion_inferencer",
        "get_model": ".models",
        "list_models": ".models",
        "load_config": ".running",
        "run_test": ".running",
        "run_training": ".running",
    },
)

__all__ = [
    "FusingInterrupted",
    "FusingReport",
    "FusionInferencer",
    "fuse_files",
    "get_model",
    "list_models",
    "load_config",
    "run_test",
    "run_training",
]
