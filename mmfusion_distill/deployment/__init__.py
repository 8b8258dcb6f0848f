"""Networks outside of PyTorch: export, checks, and running an exported file, for which PyTorch is not needed."""

from importlib.util import find_spec

from .exported_fusion import ExportedFusion
from .exported_inferencer import ExportedInferencer, is_exported

__all__ = ["ExportedFusion", "ExportedInferencer", "is_exported"]

if find_spec("torch") is not None:
    from .export import FORMATS, export_network
    from .verification import largest_differences

    __all__ += ["FORMATS", "export_network", "largest_differences"]
