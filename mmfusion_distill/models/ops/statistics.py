"""Statistics of a whole image that tell its noise and its tones."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

#: Statistics of noise, and of tones, of one source.
NUM_NOISES, NUM_TONES = 4, 4

# Rows and columns that are looked at to tell noise: enough for a mean.
_STEP = 6
# Sampled rows and columns of a block.
_BLOCK = (4, 8)
# Deviations below which a block is as quiet as any, and below which nothing is told: of rounding.
_QUIETEST, _FLOOR = 0.3 / 255, 1 / 255


class Measures(NamedTuple):
    """All that a network learns of a whole image.

    Attributes:
        statistics (Tensor): :class:`PairStatistics` as one, (N, 2 (NUM_NOISES + NUM_TONES)).
        pooled (Tensor | None): What its prior pools of the deepest map, (N, length); None if it pools nothing.
    """

    statistics: Tensor
    pooled: Tensor | None


class PairStatistics(NamedTuple):
    """What a network measures of a whole pair, once for all that is global.

    Attributes:
        noise (Tensor): :func:`noise_statistics` of A, then of B, (N, 2 NUM_NOISES).
        tones (Tensor): :func:`tone_statistics` of A, then of B, (N, 2 NUM_TONES).
    """

    noise: Tensor
    tones: Tensor

    @classmethod
    def of_values(cls, values: Tensor) -> "PairStatistics":
        """Taken out of :attr:`Measures.statistics`."""
        return cls(*values.split((2 * NUM_NOISES, 2 * NUM_TONES), dim=1))


def pair_statistics(img_a: Tensor, img_b: Tensor, size: Sequence[int]) -> PairStatistics:
    """Measure a padded pair, (N, C, H, W) each, whose image of `size` is at the top left."""
    height, width = size
    sources = [img.mean(dim=1, keepdim=True) if img.shape[1] > 1 else img for img in (img_a, img_b)]
    # Noise with the padding, which is no less noisy: its blocks need a size.
    noise = torch.cat([noise_statistics(img) for img in sources], dim=1)
    tones = torch.cat([tone_statistics(img[..., :height, :width]) for img in sources], dim=1)
    return PairStatistics(noise, tones)


def noise_statistics(img: Tensor) -> Tensor:
    """How far an image is from its medians where it is quiet, on the whole, and along rows and columns.

    Texture raises the distance to the medians where it is, noise everywhere. So the root mean square is taken in
    blocks, and of the blocks the mean by power -1, which goes by the quiet ones, beside the mean. Blocks that are
    black or white have no noise because they are clipped, and do not count. Stripes are the same all along a row or a
    column, and remain in means along these.

    Args:
        img (Tensor): (N, 1, H, W) in [0, 1], the whole image.

    Returns:
        Tensor: (N, 4): logarithms of the quiet and the mean deviation, and of the stripes that run down and across;
        0 without any, about 4 for 60 gray levels.
    """
    rows = _distance_to_medians(img)
    deviations = torch.sqrt(_block_means(rows.square()) + 1e-10)
    levels = 255 * _block_means(img[:, :, ::_STEP])
    weights = (levels - 1).clamp(0, 1) * (254 - levels).clamp(0, 1) + 1e-4
    weights = weights / weights.sum(dim=(2, 3), keepdim=True)
    quiet = 1 / (weights / (deviations + _QUIETEST)).sum(dim=(2, 3)) - _QUIETEST
    mean = (weights * deviations).sum(dim=(2, 3))
    stripes = [_stripes(rows), _stripes(_distance_to_medians(img.transpose(2, 3)))]
    return torch.log(torch.cat([quiet, mean, *stripes], dim=1) / _FLOOR + 1)


def tone_statistics(img: Tensor) -> Tensor:
    """Mean, deviation, smallest and largest value of (N, 1, H, W): (N, 4)."""
    mean = img.mean(dim=(2, 3))
    deviation = (img - mean[:, :, None, None]).square().mean(dim=(2, 3))
    return torch.cat([mean, torch.sqrt(deviation + 1e-12), img.amin(dim=(2, 3)), img.amax(dim=(2, 3))], dim=1)


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


def _distance_to_medians(img: Tensor) -> Tensor:
    return img[:, :, ::_STEP] - median_of_medians(img, _STEP)


def _block_means(x: Tensor) -> Tensor:
    """Means of blocks; the last of them, or the only one, has its last row and column again and again."""
    rows, columns = _BLOCK
    return F.avg_pool2d(F.pad(x, (0, columns - 1, 0, rows - 1), mode="replicate"), _BLOCK)


def _stripes(distances: Tensor) -> Tensor:
    """Root mean square of the means down the sampled rows."""
    return torch.sqrt(distances.mean(dim=2).square().mean(dim=2) + 1e-10)
