"""Losses of fusion and of distillation, each usable alone."""

from .distillation_loss import (
    EventLoss,
    FeatureDistillationLoss,
    PriorDistillationLoss,
    ResultDistillationLoss,
)
from .fusion_loss import EVENT_WEIGHTS, LOSS_TERMS, FusionLoss, event_weights
from .measures import fusion_measures
from .operator_losses import (
    ClearSkyLoss,
    FalseSlopeLoss,
    GlareContrastLoss,
    HotDetailLoss,
    TracerDetailLoss,
)
from .published_terms import (
    ColorConsistencyLoss,
    FusionSSIMLoss,
    IntensityConsistencyLoss,
    JointGradientLoss,
    MaxIntensityLoss,
)
from .pyramid_losses import MEASURES, PyramidDistanceLoss, PyramidMarginLoss
from .sample_wise_loss import LossSet

__all__ = [
    "EVENT_WEIGHTS",
    "LOSS_TERMS",
    "MEASURES",
    "ClearSkyLoss",
    "ColorConsistencyLoss",
    "EventLoss",
    "FalseSlopeLoss",
    "FeatureDistillationLoss",
    "FusionLoss",
    "FusionSSIMLoss",
    "GlareContrastLoss",
    "HotDetailLoss",
    "IntensityConsistencyLoss",
    "JointGradientLoss",
    "LossSet",
    "MaxIntensityLoss",
    "PriorDistillationLoss",
    "PyramidDistanceLoss",
    "PyramidMarginLoss",
    "ResultDistillationLoss",
    "TracerDetailLoss",
    "event_weights",
    "fusion_measures",
]
