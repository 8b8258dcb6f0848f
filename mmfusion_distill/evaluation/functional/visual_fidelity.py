"""Visual information fidelity."""

from collections.abc import Sequence

import numpy as np

from .filters import (
    WindowStatistics,
    correlate_separable,
    gaussian_kernel,
    pad_to_at_least,
    pad_with_zeros,
    window_statistics,
)
from .gray_image import GrayImage, ImageLike, Plane, as_gray_image, once_per_picture

NOISE_VARIANCE = 2.0
SIZES = (17, 9, 5, 3)
SMALLEST_SIZE = 41  # below this the 3x3 window of the fourth scale has no place to lie
EPSILON = 1e-10


def visual_information_fidelity(source: ImageLike, fused: ImageLike, padding: str = "valid") -> float:
    """VIF (vifp): share of the source's information that the fused image carries.

    Pixel-domain form over four scales with Gaussian windows of 17, 9, 5, 3 pixels (sigma = size
    / 5), each scale filtered with its window and halved: ``sum log(1 + g^2 s_s / (v + n)) /
    sum log(1 + s_s / n)`` with local gain g = cov / var_source, v the variance that the gain
    leaves unexplained, n = 2. The fusion score is VIF(A, F) + VIF(B, F).

    Range [0, 1] for images of no more contrast than the source, above 1 where contrast was
    enhanced; higher is better. A constant source carries no information that could be lost: 1,
    so that an image always has fidelity 1 to itself. Images under 41 pixels are mirrored up
    to that size.

    Source: Sheikh, Bovik, "Image information and visual quality", IEEE Trans. Image Process.
    15(2), 2006 (the authors' vifp_mscale). Other definitions in use: the wavelet form of the
    same paper, windows over a zero-padded image (``same``), which reads 1.07 to 1.21 times
    higher, and VIFF, a fusion metric of its own (see ``VIFF``).

    Args:
        source: Source image (the reference).
        fused: Fused image of the same size.
        padding: ``valid`` (windows inside the image) or ``same`` (zeros around it).
    """
    return visual_information_fidelities([source], fused, padding)[0]


def visual_information_fidelities(
    sources: Sequence[ImageLike], fused: ImageLike, padding: str = "valid"
) -> list[float]:
    """VIF of several sources with one fused image; statistics of the latter are made once."""
    kept, available = np.zeros(len(sources)), np.zeros(len(sources))
    scales = zip(*(window_scales(as_gray_image(image), padding) for image in [*sources, fused]))
    for size, pictures in zip(SIZES, scales, strict=True):
        for strip in window_statistics(pictures[:-1], pictures[-1], size, size / 5):
            for index, statistics in enumerate(strip):
                information = _information(statistics)
                kept[index] += information[0]
                available[index] += information[1]
    return list((kept + EPSILON) / (available + EPSILON))


@once_per_picture
def window_scales(image: GrayImage, padding: str = "valid") -> list[Plane]:
    """The image at the four scales, for windows of :data:`SIZES`, padded if ``padding`` is ``same``."""
    picture = pad_to_at_least(image.values, SMALLEST_SIZE)
    if padding == "valid":
        # No statistic changes, and those of a constant image are 0 without a rest from rounding.
        picture = picture - picture.mean()
    planes: list[Plane] = []
    for size in SIZES:
        border = size // 2 if padding == "same" else 0
        if planes:
            kernel = gaussian_kernel(size, size / 5)
            picture = correlate_separable(pad_with_zeros(picture, border), kernel)[::2, ::2].copy()
        planes.append(Plane(pad_with_zeros(picture, border)))
    return planes


def _information(statistics: WindowStatistics) -> tuple[float, float]:
    """Return what the fused image carries of a source, and what the source holds.

    With e = cov^2 / v_s, the variance of F that the source explains, ``g^2 v_s / (v + n)``
    equals ``e / (v_f - e + n)``. A negative covariance (an inverted window) explains nothing.
    """
    explained = np.maximum(statistics.covariance, 0.0)
    explained *= explained
    explained /= statistics.var_s + EPSILON
    np.minimum(explained, statistics.var_f, out=explained)
    residual = statistics.var_f - explained
    residual += NOISE_VARIANCE
    explained /= residual
    return sum_log_1p(explained), sum_log_1p(statistics.var_s / NOISE_VARIANCE)


def sum_log_1p(values: np.ndarray) -> float:
    """Sum of log(1 + v), one logarithm for the product of 16 values; overwrites ``values``.

    Values reach 255^2 / 2 at most, so a product stays below 1e75.
    """
    values += 1.0
    flat = values.ravel()
    whole = flat.size - flat.size % 16
    products = np.multiply.reduce(flat[:whole].reshape(16, -1), axis=0)
    return float(np.log(products).sum() + np.log(flat[whole:]).sum())
