"""Multi-scale structural similarity."""

from collections.abc import Sequence

import numpy as np

from .filters import padded_plane, window_statistics
from .gray_image import GrayImage, ImageLike, Plane, as_gray_image, once_per_picture

_WEIGHTS = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_SMALLEST_SIZE = 11 * 2 ** (len(_WEIGHTS) - 1)


def multiscale_structural_similarity(source: ImageLike, fused: ImageLike) -> float:
    """MS-SSIM: contrast and structure over five scales, luminance at the coarsest.

    ``l_5^w5 prod_j cs_j^wj`` with the means over the image of SSIM's luminance term l and
    contrast-structure term cs, each scale the 2x2 means of the one before. The fusion score is
    MS-SSIM(A, F) + MS-SSIM(B, F).

    Range [0, 1]; higher is better. A negative mean (inverted structure) counts as 0. Images
    under 176 pixels are mirrored up to that size.

    Source: Wang, Simoncelli, Bovik, "Multi-scale structural similarity for image quality
    assessment", Asilomar 2003. Other definitions in use: the mean of the two sources; a
    patch-wise fusion form (Ma et al. 2015) under the same name.
    """
    return multiscale_structural_similarities([source], fused)[0]


def multiscale_structural_similarities(sources: Sequence[ImageLike], fused: ImageLike) -> list[float]:
    """MS-SSIM of several sources with one fused image."""
    scores = np.ones(len(sources))
    scales = zip(*(_scales(as_gray_image(image)) for image in [*sources, fused]))
    for scale, (weight, pictures) in enumerate(zip(_WEIGHTS, scales)):
        luminance, structure = _mean_terms(pictures[:-1], pictures[-1])
        terms = structure if scale < len(_WEIGHTS) - 1 else luminance
        scores *= np.maximum(terms, 0.0) ** weight
    return list(scores)


def _scales(image: GrayImage) -> list[Plane]:
    return [padded_plane(image, _SMALLEST_SIZE), *_coarser_scales(image)]


@once_per_picture
def _coarser_scales(image: GrayImage) -> list[Plane]:
    picture, planes = padded_plane(image, _SMALLEST_SIZE).values, []
    for _ in _WEIGHTS[1:]:
        picture = _halve(picture)
        planes.append(Plane(picture))
    return planes


def _mean_terms(sources: Sequence[Plane], fused: Plane) -> tuple[np.ndarray, np.ndarray]:
    """Return for each source the mean of the full SSIM map and of its contrast-structure part."""
    full, structure = np.zeros(len(sources)), np.zeros(len(sources))
    count = 0
    for strip in window_statistics(sources, fused, 11, 1.5):
        for index, (mean_s, mean_f, var_s, var_f, covariance) in enumerate(strip):
            contrast = (2 * covariance + _C2) / (var_s + var_f + _C2)
            structure[index] += contrast.sum()
            luminance = (2 * mean_s * mean_f + _C1) / (mean_s**2 + mean_f**2 + _C1)
            full[index] += (luminance * contrast).sum()
        count += strip[0].covariance.size
    return full / count, structure / count


def _halve(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape
    even = np.pad(picture, ((0, height % 2), (0, width % 2)), mode="edge")
    return (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4
