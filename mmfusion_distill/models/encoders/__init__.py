"""Encoders: one image in, feature maps of four levels out."""

from .x_restormer_encoder import XRestormerEncoder

__all__ = ["XRestormerEncoder"]
