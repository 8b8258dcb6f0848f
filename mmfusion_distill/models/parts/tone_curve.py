"""A tone curve for each source, chosen by what the whole picture holds."""

import torch
from torch import Tensor

from .whole_picture_choice import WholePictureChoice


class ToneCurve(WholePictureChoice):
    """Brighten, darken or stretch both sources before they are fused.

    A perceptron makes gain, offset and bend of each source's curve from pooled features and from mean, deviation,
    smallest and largest value of both: y = exp(2 gain) (x + offset), then y + tanh(bend) y (1 - y). It starts as the
    identity. With it a dark picture needs one number, and not a residual at every pixel.

    Args:
        channels (int): Channels of the map that is pooled.
        hidden (int): Hidden values of the perceptron. Default: 64.
    """

    def __init__(self, channels: int, hidden: int = 64) -> None:
        super().__init__(channels, 8, hidden, 6)

    def forward(self, feature: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """Choose the curves.

        Args:
            feature (Tensor): Deepest map of the decoder, (N, C, h, w).
            img_a (Tensor): Luminance of A in [0, 1], (N, 1, H, W), the whole picture.
            img_b (Tensor): B, likewise.

        Returns:
            Tensor: (N, 6): gain, offset, bend for A, then for B.
        """
        return self.choose(feature, None, _statistics(img_a), _statistics(img_b))

    @staticmethod
    def apply_to(img: Tensor, curve: Tensor) -> Tensor:
        """An image (N, 1, H, W) through curves (N, 3)."""
        gain, offset, bend = (value[:, None, None, None] for value in curve.unbind(1))
        # Beyond this range the bend would turn the curve around.
        y = (torch.exp(2 * gain) * (img + offset)).clamp(-0.5, 1.5)
        return y + torch.tanh(bend) * y * (1 - y)


def _statistics(img: Tensor) -> Tensor:
    mean = img.mean(dim=(2, 3))
    deviation = (img - mean[:, :, None, None]).square().mean(dim=(2, 3))
    return torch.cat([mean, torch.sqrt(deviation + 1e-12), img.amin(dim=(2, 3)), img.amax(dim=(2, 3))], dim=1)
