"""Numbers chosen for a whole image."""

from mmengine.model import BaseModule, constant_init
from torch import Tensor, cat, nn


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
