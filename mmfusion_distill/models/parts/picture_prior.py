"""The prior of a student."""

import torch
from torch import Tensor

from ...registry import MODELS
from ..ops.picture_statistics import NUM_NOISES, NUM_TONES, PairStatistics
from .prior import Prior


@MODELS.register_module()
class PicturePrior(Prior):
    """What is wrong with a pair, by the pair itself: its deepest map, pooled, and statistics of noise and tones.

    Args:
        channels (int): Channels of the deepest merged map; the network fills it in.
        num_values (int): Numbers of the prior. Default: 32.
        hidden (int): Hidden values of the perceptron. Default: 64.
        init_cfg (dict, optional): As in mmengine. Default: None.
    """

    def __init__(
        self, channels: int, num_values: int = 32, hidden: int = 64, init_cfg: dict | None = None
    ) -> None:
        super().__init__(2 * channels + 2 * (NUM_NOISES + NUM_TONES), hidden, num_values, init_cfg)

    def pooled(self, feature: Tensor) -> Tensor:
        """Mean and largest value of each channel of the deepest merged map: (N, 2 channels)."""
        return torch.cat([feature.mean(dim=(2, 3)), feature.amax(dim=(2, 3))], dim=1)

    def forward(self, text_emb: Tensor | None, pooled: Tensor, statistics: PairStatistics) -> Tensor:
        """Make the prior.

        Args:
            text_emb (Tensor, optional): Not used.
            pooled (Tensor): Of :meth:`pooled`, (N, 2 channels).
            statistics (PairStatistics): Of the pair.

        Returns:
            Tensor: (N, num_values) in (-1, 1).
        """
        (noise_a, noise_b), (tones_a, tones_b) = (values.chunk(2, dim=1) for values in statistics)
        return self._made_of(torch.cat([pooled, noise_a, tones_a, noise_b, tones_b], dim=1))
