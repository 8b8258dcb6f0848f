"""What both sources pass before they are taken apart into bands: a noise filter and a tone curve."""

import torch
from mmengine.model import BaseModule, constant_init
from torch import Tensor, cat, nn
from torch.nn import functional as F

from ..ops.statistics import NUM_NOISES, NUM_TONES, median_of_medians

# What is left of amounts below 0: not nothing, so that an untrained filter, whose amounts are 0, learns.
_BELOW = 0.02


class WholePictureChoice(BaseModule):
    """A perceptron of the prior and of statistics of both sources; all its values are 0 at the start.

    Args:
        prior_channels (int): Values of the prior; 0: it goes by the statistics alone.
        num_statistics (int): Statistics of both sources together.
        hidden (int): Hidden values.
        num_values (int): Values to choose.
    """

    def __init__(self, prior_channels: int, num_statistics: int, hidden: int, num_values: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(prior_channels + num_statistics, hidden), nn.GELU(), nn.Linear(hidden, num_values)
        )
        constant_init(self.layers[-1], 0)

    def forward(self, prior: Tensor | None, statistics: Tensor) -> Tensor:
        """The values, (N, num_values), from a prior (N, prior_channels) and statistics (N, num_statistics)."""
        return self.layers(statistics if prior is None else cat([prior, statistics], dim=1))


class NoiseFilter(WholePictureChoice):
    """Move both sources towards their medians before they are taken apart into bands.

    Shares of bands cannot take noise away, for it is noise that makes a band the stronger one. So a perceptron
    chooses an amount for each source from the prior and from :func:`noise_statistics` of both sources:
    y = x + tanh(amount) (median(x) - x). It starts as the identity. Amounts below 0 would sharpen and are cut to a
    fiftieth: networks used them on clean sharp images, where they cost fidelity; against blur, bands have gains.

    Args:
        prior_channels (int): Values of the prior, 0 without one.
        hidden (int): Hidden values of the perceptron. Default: 32.
    """

    def __init__(self, prior_channels: int, hidden: int = 32) -> None:
        super().__init__(prior_channels, 2 * NUM_NOISES, hidden, 2)

    def forward(self, prior: Tensor | None, statistics: Tensor) -> Tensor:
        """Amounts (N, 2) in (-1, 1), for A and B; arguments as for :class:`WholePictureChoice`."""
        return torch.tanh(F.leaky_relu(super().forward(prior, statistics), _BELOW))

    @staticmethod
    def apply_to(images: Tensor, amounts: Tensor) -> Tensor:
        """Both sources as channels, (N, 2, H, W), by their amounts, (N, 2)."""
        return images + amounts[:, :, None, None] * (median_of_medians(images) - images)


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
