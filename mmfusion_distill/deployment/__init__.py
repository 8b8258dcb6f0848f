"""Networks outside of PyTorch: export, checks, and running an exported file, for which PyTorch is not needed."""

from importlib.util import find_spec

from ..lazy import lazy_attributes

# What needs OpenCV or PyTorch; a command that only prints its help does not.
__getattr__, __all__ = lazy_attributes(
    __name__,
    {
        "ExportedFusion": ".exported_fusion",
        "ExportedInferencer": ".exported_inferencer",
        "ExportedNetwork": ".exported_network",
        "FORMATS": ".runtimes",
        "is_exported": ".exported_inferencer",
        "export_network": ".export",
        "largest_differences": ".verification",
    },
)

if find_spec("torch") is None:
    __all__ = ["ExportedFusion", "ExportedInferencer", "is_exported"]
