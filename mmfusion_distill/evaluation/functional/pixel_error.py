"""Metrics from the pixel-wise difference of a source and the fused image."""

import math
from collections.abc import Sequence

import numpy as np

from .gray_image import ImageLike, as_gray_image


def mean_squared_error(source: ImageLike, fused: ImageLike, scale: str = "unit") -> float:
    """MSE: mean squared difference of the images scaled to [0, 1].

    The fusion score is the mean over the two sources. Range [0, 1]; lower is better. An image
    between two different sources cannot reach 0.

    Other definitions in use: gray levels in [0, 255] (65025 times larger).

    Args:
        source: Source image.
        fused: Fused image of the same size.
        scale: ``unit`` or ``gray_levels``.
    """
    source, fused = as_gray_image(source), as_gray_image(fused)
    difference = source.values - fused.values
    mean_square = float(np.vdot(difference, difference)) / difference.size / 255.0**2
    return 255.0**2 * mean_square if scale == "gray_levels" else mean_square


def root_mean_squared_error(source: ImageLike, fused: ImageLike, form: str = "root_of_mean") -> float:
    """RMSE: root of the mean squared difference, images scaled to [0, 1].

    The fusion score is the mean over the two sources. Range [0, 1]; lower is better.

    Source: Jagalingam, Hegde, "A review of quality metrics for fused image", Aquatic Procedia 4,
    2015. Other definitions in use: the VIFB benchmark divides the root of the *sum* of squares by
    the number of pixels, in gray levels (``root_of_sum``); its values shrink as images grow.

    Args:
        source: Source image.
        fused: Fused image of the same size.
        form: ``root_of_mean`` or ``root_of_sum``.
    """
    mean_square = mean_squared_error(source, fused)
    if form == "root_of_sum":
        return 255.0 * math.sqrt(mean_square / as_gray_image(fused).values.size)
    return math.sqrt(mean_square)


def peak_signal_to_noise_ratio(mse: float, pixels: int, peak: float = 1.0) -> float:
    """PSNR: ``10 log10(peak^2 / MSE)`` in dB.

    The fusion score takes the mean MSE of the two sources; the per-source score takes its own.
    Higher is better. A perfect copy has no noise; so that results stay finite, an MSE counts as
    no less than one gray level in one pixel.

    Source: as RMSE. Other definitions in use: ``peak=255`` with images in [0, 1] (48.13 dB too
    high; the public evaluator that many papers use), the VIFB benchmark's form with
    its own RMSE in place of the MSE, the largest value of the fused image as its peak (CDDFuse's
    evaluator), the mean of the two sources' PSNR.

    Args:
        mse: Mean squared error of images scaled to [0, 1].
        pixels: Number of pixels of the image.
        peak: Value taken for white.
    """
    floor = 1.0 / (255.0**2 * pixels)
    return 10.0 * math.log10(peak**2 / max(mse, floor))


def fusion_peak_signal_to_noise_ratio(
    sources: Sequence[ImageLike], fused: ImageLike, form: str = "mse", peak: float | str = 1.0
) -> float:
    """PSNR of the mean error towards sources; see :func:`peak_signal_to_noise_ratio`.

    Args:
        sources: Source images.
        fused: Fused image of the same size.
        form: From the ``mse``, or from ``rmse_of_sum`` instead of the MSE.
        peak: Value taken for white, or ``fused_maximum``.
    """
    fused = as_gray_image(fused)
    if form == "rmse_of_sum":
        errors = [root_mean_squared_error(source, fused, "root_of_sum") for source in sources]
    else:
        errors = [mean_squared_error(source, fused) for source in sources]
    # One gray level at least: a black result has no peak.
    white = max(float(fused.values.max()), 1.0) / 255.0 if peak == "fused_maximum" else float(peak)
    return peak_signal_to_noise_ratio(sum(errors) / len(errors), fused.values.size, white)
