"""What a score is made of."""

from __future__ import annotations

from dataclasses import dataclass

from .gray_image import GrayImage


@dataclass(frozen=True)
class FusionTriple:
    """Source A, source B and their fusion, all of one size."""

    img_a: GrayImage
    img_b: GrayImage
    fused: GrayImage
