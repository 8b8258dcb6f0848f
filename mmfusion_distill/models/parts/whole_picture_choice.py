"""Numbers chosen by what a whole picture holds, and by what a text says of it."""

from mmengine.model import BaseModule, constant_init
from torch import Tensor, cat, nn
from torch.nn import functional as F


class WholePictureChoice(BaseModule):
    """A perceptron of pooled features and of statistics of both sources; all its values are 0 at the start.

    Args:
        channels (int): Channels of the map that is pooled.
        num_statistics (int): Statistics of both sources together.
        hidden (int): Hidden values.
        num_values (int): Values to choose.
        text_channels (int, optional): Length of the text embedding, of which the hidden values are made too. Its
            scale does not matter. Default: None, no text.
    """

    def __init__(
        self,
        channels: int,
        num_statistics: int,
        hidden: int,
        num_values: int,
        text_channels: int | None = None,
    ) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2 * channels + num_statistics, hidden), nn.GELU(), nn.Linear(hidden, num_values)
        )
        constant_init(self.layers[-1], 0)
        self.text = nn.Linear(text_channels, hidden, bias=False) if text_channels else None

    def choose(self, feature: Tensor, text_emb: Tensor | None, *statistics: Tensor) -> Tensor:
        """The values, (N, num_values), from a map (N, C, h, w), text embeddings and statistics, (N, K) each."""
        pooled = cat([feature.mean(dim=(2, 3)), feature.amax(dim=(2, 3)), *statistics], dim=1)
        hidden = self.layers[0](pooled)
        if self.text is not None:
            # As it comes from the text encoder it is a fifth of what the statistics are, and would be learned late.
            hidden = hidden + self.text(F.layer_norm(text_emb, (self.text.in_features,)))
        return self.layers[2](self.layers[1](hidden))
