"""Losses of fusion and of distillation, each usable alone."""

from .color_loss import ColorConsistencyLoss
from .distillation_loss import FeatureDistillationLoss, PriorDistillationLoss, ResultDistillationLoss
from .event_loss import EventLoss
from .event_weights import EVENT_WEIGHTS, LOSS_TERMS, event_weights
from .false_slope_loss import FalseSlopeLoss
from .fusion_loss import FusionLoss
from .glare_contrast_loss import GlareContrastLoss
from .hot_detail_loss import HotDetailLoss
from .intensity_loss import IntensityConsistencyLoss, MaxIntensityLoss
from .joint_gradient_loss import JointGradientLoss
from .loss_set import LossSet
from .measures import fusion_measures
from .pyramid_margin_loss import MEASURES, PyramidDistanceLoss, PyramidMarginLoss
from .ssim_loss import FusionSSIMLoss
from .tracer_detail_loss import TracerDetailLoss

__all__ = [
    "EVENT_WEIGHTS",
    "LOSS_TERMS",
    "MEASURES",
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
