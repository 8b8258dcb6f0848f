"""Heads: the decoder's maps and the sources in, the fused image out."""

from .laplacian_blend_head import LaplacianBlendHead
from .residual_head import ResidualHead

__all__ = ["LaplacianBlendHead", "ResidualHead"]
