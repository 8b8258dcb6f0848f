"""Structural similarity."""

from collections.abc import Sequence

import numpy as np

from .filters import WindowStatistics, padded_plane, window_statistics
from .gray_image import ImageLike, as_gray_image

_WINDOWS: dict[str, tuple[int, float | None]] = {"gaussian": (11, 1.5), "uniform": (7, None)}


def structural_similarity(
    source: ImageLike, fused: ImageLike, window: str = "gaussian", data_range: float = 255.0
) -> float:
    """SSIM: mean structural similarity of a source and the fused image.

    ``(2 m_s m_f + c1)(2 v_sf + c2) / ((m_s^2 + m_f^2 + c1)(v_s + v_f + c2))`` with local means m
    and covariances v, c1 = (0.01 L)^2, c2 = (0.03 L)^2, L = 255, averaged over the places where
    the window lies inside the image. The fusion score is SSIM(A, F) + SSIM(B, F).

    Range [-1, 1]; higher is better. Always defined; images smaller than the window are
    mirrored up to its size.

    Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to
    structural similarity", IEEE Trans. Image Process. 13(4), 2004. Other definitions in use: a
    uniform 7x7 window with sample covariances (scikit-image's default), the mean of the two
    sources instead of their sum, another L (values in [0, 255] with constants for [0, 1], which
    makes it a plain correlation of local contrast).

    Args:
        source: Source image.
        fused: Fused image of the same size.
        window: ``gaussian`` (11x11, sigma 1.5, population covariances) or ``uniform`` (7x7,
            sample covariances).
        data_range: L; gray levels are in [0, 255] whatever it is.
    """
    return structural_similarities([source], fused, window, data_range)[0]


def structural_similarities(
    sources: Sequence[ImageLike],
    fused: ImageLike,
    window: str = "gaussian",
    data_range: float = 255.0,
) -> list[float]:
    """SSIM of several sources with one fused image; statistics of the latter are made once."""
    size, sigma = _WINDOWS[window]
    pictures = [padded_plane(as_gray_image(image), size) for image in [*sources, fused]]
    pixels = size**2
    bias = pixels / (pixels - 1) if window == "uniform" else 1.0
    totals = np.zeros(len(sources))
    count = 0
    for strip in window_statistics(pictures[:-1], pictures[-1], size, sigma):
        for index, statistics in enumerate(strip):
            totals[index] += similarity_map(statistics, data_range, bias).sum()
        count += strip[0].covariance.size
    return list(totals / count)


def similarity_map(statistics: WindowStatistics, data_range: float = 255.0, bias: float = 1.0) -> np.ndarray:
    """SSIM of every window; ``bias`` turns population into sample covariances."""
    mean_s, mean_f, var_s, var_f, covariance = statistics
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    similarity = covariance * (2 * bias)
    similarity += c2
    similarity *= 2 * mean_s * mean_f + c1
    similarity /= mean_s**2 + mean_f**2 + c1
    similarity /= bias * (var_s + var_f) + c2
    return similarity
