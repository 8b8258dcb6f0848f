"""A median filter for each source, as strong as what the whole picture holds asks for."""

import torch
from torch import Tensor
from torch.nn import functional as F

from .whole_picture_choice import WholePictureChoice

# Rows that are looked at to tell noise: enough for a mean.
_ROW_STEP = 6


class NoiseFilter(WholePictureChoice):
    """Move both sources towards their medians, or away from them, before they are taken apart into bands.

    Shares of bands cannot take noise away, for it is noise that makes a band the stronger one. So a perceptron
    chooses an amount for each source from pooled features and from how far the source is from its median:
    y = x + tanh(amount) (median(x) - x), above 0 against noise, below 0 against blur. It starts as the identity.

    Args:
        channels (int): Channels of the map that is pooled.
        hidden (int): Hidden values of the perceptron. Default: 32.
        text_channels (int, optional): Length of the text embedding that is read too. Default: None, no text.
    """

    def __init__(self, channels: int, hidden: int = 32, text_channels: int | None = None) -> None:
        super().__init__(channels, 4, hidden, 2, text_channels)

    def forward(
        self, feature: Tensor, img_a: Tensor, img_b: Tensor, text_emb: Tensor | None = None
    ) -> Tensor:
        """Choose the amounts.

        Args:
            feature (Tensor): Deepest map of the decoder, (N, C, h, w).
            img_a (Tensor): Luminance of A in [0, 1], (N, 1, H, W), the whole picture.
            img_b (Tensor): B, likewise.
            text_emb (Tensor, optional): Text embeddings, (N, text_channels). Default: None.

        Returns:
            Tensor: (N, 2) in (-1, 1), for A and B.
        """
        return torch.tanh(self.choose(feature, text_emb, _roughness(img_a), _roughness(img_b)))

    @staticmethod
    def apply_to(images: Tensor, amounts: Tensor) -> Tensor:
        """Both sources as channels, (N, 2, H, W), by their amounts, (N, 2)."""
        return images + amounts[:, :, None, None] * (median_of_medians(images) - images)


def median_of_medians(x: Tensor, row_step: int = 1) -> Tensor:
    """The medians of 3 pixels in a row of the medians of 3 in a column.

    Args:
        x (Tensor): (N, C, H, W); what lies beyond it is what is at its border.
        row_step (int): Only every so many rows. Default: 1.

    Returns:
        Tensor: (N, C, ceil(H / row_step), W).
    """
    height = x.shape[2]
    x = F.pad(x, (1, 1, 1, 1), mode="replicate")
    x = _median(*(x[:, :, start : start + height : row_step] for start in range(3)))
    return _median(x[..., :-2], x[..., 1:-1], x[..., 2:])


def _median(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    return torch.maximum(torch.minimum(a, b), torch.minimum(torch.maximum(a, b), c))


def _roughness(img: Tensor) -> Tensor:
    """Logarithms of two means of the distance to the median, (N, 2): noise is everywhere and raises both alike."""
    distance = (img[:, :, ::_ROW_STEP] - median_of_medians(img, _ROW_STEP)).abs()
    mean_root = torch.sqrt(distance + 1e-8).mean(dim=(2, 3))
    return torch.log(torch.cat([distance.mean(dim=(2, 3)), mean_root.square()], dim=1) + 1 / 255) + 4
