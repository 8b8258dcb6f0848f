"""A tone curve for each source, chosen for the whole image."""

import torch
from torch import Tensor

from ..ops.picture_statistics import NUM_TONES
from .whole_picture_choice import WholePictureChoice


class ToneCurve(WholePictureChoice):
    """Brighten, darken or stretch both sources before they are fused.

    A perceptron makes gain, offset and bend of A's curve, then of B's, from the prior and the
    :func:`tone_statistics` of both sources: y = exp(2 gain) (x + offset), then y + tanh(bend) y (1 - y). It starts as
    the identity. With it a dark image needs one number, and not a residual at every pixel.

    Args:
        prior_channels (int): Values of the prior, 0 without one.
        hidden (int): Hidden values of the perceptron. Default: 64.
    """

    def __init__(self, prior_channels: int, hidden: int = 64) -> None:
        super().__init__(prior_channels, 2 * NUM_TONES, hidden, 6)

    @staticmethod
    def apply_to(img: Tensor, curve: Tensor) -> Tensor:
        """An image (N, 1, H, W) through curves (N, 3)."""
        gain, offset, bend = (value[:, None, None, None] for value in curve.unbind(1))
        # Beyond this range the bend would turn the curve around.
        y = (torch.exp(2 * gain) * (img + offset)).clamp(-0.5, 1.5)
        return y + torch.tanh(bend) * y * (1 - y)
