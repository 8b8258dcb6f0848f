"""The prior of a student."""

import torch
from mmagic.registry import MODELS
from torch import Tensor

from ..ops.picture_statistics import NUM_NOISES, NUM_TONES, noise_statistics, tone_statistics
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

    def forward(self, feature: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """Make the prior.

        Args:
            feature (Tensor): Deepest merged map, (N, channels, h, w).
            img_a (Tensor): Luminance of A, or A, in [0, 1], (N, C, H, W), padded.
            img_b (Tensor): B, (N, 1, H, W), padded.

        Returns:
            Tensor: (N, num_values) in (-1, 1).
        """
        statistics = [
            measure(image.mean(dim=1, keepdim=True))
            for image in (img_a, img_b)
            for measure in (noise_statistics, tone_statistics)
        ]
        pooled = feature.mean(dim=(2, 3)), feature.amax(dim=(2, 3))
        return self._made_of(torch.cat([*pooled, *statistics], dim=1))
