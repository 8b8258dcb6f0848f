"""A median filter for each source, as strong as what is wrong with the image asks for."""

import torch
from torch import Tensor

from ..ops.picture_statistics import NUM_NOISES, median_of_medians
from .whole_picture_choice import WholePictureChoice


class NoiseFilter(WholePictureChoice):
    """Move both sources towards their medians, or away from them, before they are taken apart into bands.

    Shares of bands cannot take noise away, for it is noise that makes a band the stronger one. So a perceptron
    chooses an amount for each source from the prior and from :func:`noise_statistics` of both sources:
    y = x + tanh(amount) (median(x) - x), above 0 against noise, below 0 against blur. It starts as the identity.

    Args:
        prior_channels (int): Values of the prior, 0 without one.
        hidden (int): Hidden values of the perceptron. Default: 32.
    """

    def __init__(self, prior_channels: int, hidden: int = 32) -> None:
        super().__init__(prior_channels, 2 * NUM_NOISES, hidden, 2)

    def forward(self, prior: Tensor | None, statistics: Tensor) -> Tensor:
        """Amounts (N, 2) in (-1, 1), for A and B; arguments as for :class:`WholePictureChoice`."""
        return torch.tanh(super().forward(prior, statistics))

    @staticmethod
    def apply_to(images: Tensor, amounts: Tensor) -> Tensor:
        """Both sources as channels, (N, 2, H, W), by their amounts, (N, 2)."""
        return images + amounts[:, :, None, None] * (median_of_medians(images) - images)
