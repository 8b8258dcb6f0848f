"""Guidance: how a text embedding steers feature maps."""

from .feature_wise_affine import FeatureWiseAffine

__all__ = ["FeatureWiseAffine"]
