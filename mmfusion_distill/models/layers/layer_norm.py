"""Layer normalisation over the channels of a feature map."""

from torch import Tensor, nn
from torch.nn import functional as F


class ChannelLayerNorm(nn.LayerNorm):
    """Layer normalisation over channels, with weight and bias; built with their number."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalise every pixel over its channels: (N, C, H, W) to the same shape, channels last.

        Under autocast the result is float32.
        """
        pixels = x.permute(0, 2, 3, 1)
        normalised = F.layer_norm(pixels, self.normalized_shape, self.weight, self.bias, self.eps)
        return normalised.permute(0, 3, 1, 2)
