"""Functions that a user calls."""

from ..lazy import lazy_attributes

# What needs OpenCV or PyTorch; a command that only prints its help does not.
__getattr__, __all__ = lazy_attributes(
    __name__,
    {
        "FusingInterrupted": ".fusing_report",
        "FusingReport": ".fusing_report",
        "FusionInferencer": ".fusion_inferencer",
        "fuse_files": ".folder_fusing",
        "get_model": ".models",
        "list_models": ".models",
        "load_config": ".running",
        "run_test": ".running",
        "run_training": ".running",
    },
)
