"""Networks outside of PyTorch: export, checks, and running an exported file."""

from .export import FORMATS, export_network
from .exported_fusion import ExportedFusion
from .verification import largest_differences

__all__ = ["FORMATS", "ExportedFusion", "export_network", "largest_differences"]
