"""Models that the runner trains: a student from a frozen teacher."""

from .fusion_distiller import FusionDistiller

__all__ = ["FusionDistiller"]
