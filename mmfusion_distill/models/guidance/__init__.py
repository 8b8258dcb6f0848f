"""Guidance: how a text, or what a network sees of the pair, steers feature maps."""

from .feature_wise_affine import FeatureWiseAffine
from .picture_prior import PicturePrior
from .prior import READ_EVENTS, Prior
from .text_prior import TextPrior

__all__ = ["READ_EVENTS", "FeatureWiseAffine", "PicturePrior", "Prior", "TextPrior"]
