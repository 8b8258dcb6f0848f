"""Networks outside of PyTorch: export, checks, and running an exported file, for which PyTorch is not needed."""

from importlib.util import find_spec

from ..lazy import lazy_attributes
from .exported_fusion import ExportedFusion
from .exported_inferencer import ExportedInferencer, is_exported

__getattr__ = lazy_attributes(
    __name__,
    {
        "ExportedNetwork": ".exported_network",
        "FORMATS": ".export",
        "export_network": ".export",
        "largest_differences": ".verification",
    },
)

__all__ = ["ExportedFusion", "ExportedInferencer", "is_exported"]

if find_spec("torch") is not None:
    __all__ += ["ExportedNetwork", "FORMATS", "export_network", "largest_differences"]
