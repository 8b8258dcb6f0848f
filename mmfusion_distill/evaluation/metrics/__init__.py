"""Metrics that the runner finds by name."""

from .fusion_metric import WIN_MEASURES, FusionMetric

__all__ = ["WIN_MEASURES", "FusionMetric"]
