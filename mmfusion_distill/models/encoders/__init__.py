"""Encoders: one image in, feature maps of all levels out."""

from .hierarchical_encoder import HierarchicalEncoder

__all__ = ["HierarchicalEncoder"]
