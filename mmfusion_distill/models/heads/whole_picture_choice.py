"""Numbers chosen by what a whole picture holds."""

from mmengine.model import BaseModule
from torch import Tensor, cat, nn


class WholePictureChoice(BaseModule):
    """A perceptron of pooled features and of statistics of both sources; all its values are 0 at the start.

    Args:
        channels (int): Channels of the map that is pooled.
        num_statistics (int): Statistics of both sources together.
        hidden (int): Hidden values.
        num_values (int): Values to choose.
    """

    def __init__(self, channels: int, num_statistics: int, hidden: int, num_values: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2 * channels + num_statistics, hidden), nn.GELU(), nn.Linear(hidden, num_values)
        )
        nn.init.zeros_(self.layers[-1].weight)
        nn.init.zeros_(self.layers[-1].bias)

    def choose(self, feature: Tensor, *statistics: Tensor) -> Tensor:
        """The values, (N, num_values), from a map (N, C, h, w) and the statistics, (N, K) each."""
        return self.layers(cat([feature.mean(dim=(2, 3)), feature.amax(dim=(2, 3)), *statistics], dim=1))
