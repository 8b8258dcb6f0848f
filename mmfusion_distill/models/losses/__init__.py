"""Losses of fusion and of distillation, each usable alone."""

from .color_loss import ColorConsistencyLoss
from .distillation_loss import FeatureDistillationLoss, ResultDistillationLoss
from .event_weights import EVENT_WEIGHTS, LOSS_TERMS, event_weights
from .fusion_loss import FusionLoss
from .intensity_loss import IntensityConsistencyLoss, MaxIntensityLoss
from .joint_gradient_loss import JointGradientLoss
from .loss_set import LossSet
from .measures import MEASURES, fusion_measures
from .pyramid_margin_loss import PyramidDistanceLoss, PyramidMarginLoss
from .ssim_loss import FusionSSIMLoss

__all__ = [
    "EVENT_WEIGHTS",
    "LOSS_TERMS",
    "MEASURES",
    "ColorConsistencyLoss",
    "FeatureDistillationLoss",
    "FusionLoss",
    "FusionSSIMLoss",
    "IntensityConsistencyLoss",
    "JointGradientLoss",
    "LossSet",
    "MaxIntensityLoss",
    "PyramidDistanceLoss",
    "PyramidMarginLoss",
    "ResultDistillationLoss",
    "event_weights",
    "fusion_measures",
]
