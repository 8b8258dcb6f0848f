"""Mutual information of image features in small windows."""

from collections.abc import Sequence
from threading import local
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ...user_errors import UserError
from .filters import pad_to_at_least
from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture
from .mixture_information import POSITIONS, Distributions, MixtureInformation

_WINDOW = 3
#: Windows, or comparisons of two, at a time: more leave the cache, and with fewer the calls cost more than the work.
_PER_CHUNK = 1 << 13
_MEMORY = local()


def feature_mutual_information(source: ImageLike, fused: ImageLike, feature: str = "pixel") -> float:
    """FMI: normalised mutual information of features in all 3x3 windows, averaged.

    The values of a window, stretched to [0, 1] and divided by their sum, are read as a
    probability distribution over its nine positions. The joint distribution of source and fused
    window is taken from Nelsen's family: with c the correlation of the two, a mixture of the
    Frechet bound (upper for c >= 0, lower else) and independence with the weight that gives the
    joint distribution correlation c. A window scores ``2 I / (H_S + H_F)``, two equal ones 1. The
    fusion score is the mean over the two sources.

    Range about [0, 1]; higher is better. A flat window against a structured one scores 0.

    Source: Haghighat, Aghagolzadeh, Seyedarabi, "A non-reference image fusion metric based on
    mutual information of image features", Comput. Electr. Eng. 37(5), 2011, in the fast form of
    Haghighat, Razian, "Fast-FMI", AICT 2014. Other definitions in use: a Canny or Sobel edge map
    as feature, other windows. A DCT or a wavelet transform of the whole image is what the
    authors' code does; its windows hold neighbouring coefficients.

    Args:
        source: Source image.
        fused: Fused image of the same size.
        feature: ``pixel``, ``gradient`` (horizontal), ``dct`` or ``wavelet`` (discrete Meyer).

    Raises:
        UserError: If there is no such feature.
    """
    return feature_mutual_informations([source], fused, feature)[0]


def feature_mutual_informations(
    sources: Sequence[ImageLike], fused: ImageLike, feature: str = "pixel"
) -> list[float]:
    """FMI of several sources with one fused image; what is made of the latter's windows is made once."""
    if feature not in FEATURES:
        raise UserError(f"No feature '{feature}'; choose from {', '.join(FEATURES)}")
    fused = as_gray_image(fused)
    pictures = [as_gray_image(source) for source in sources]
    # A copy of a source: all windows are equal.
    scores = [1.0 if np.array_equal(picture.values, fused.values) else None for picture in pictures]
    others = [picture for picture, score in zip(pictures, scores) if score is None]
    found: list[float] = []
    if len(others) == 1:
        # Both ways round it is the same: A towards B, B towards A.
        younger, older = sorted([*others, fused], key=lambda picture: -picture.age)
        found = [_score_of_two(younger, older, feature)]
    elif others:
        found = _mean_scores([_windows(picture, feature) for picture in others], _windows(fused, feature))
    return [found.pop(0) if score is None else score for score in scores]


@once_per_picture
def _score_of_two(younger: GrayImage, older: GrayImage, feature: str) -> float:
    return _mean_scores([_windows(younger, feature)], _windows(older, feature))[0]


def _gradient(values: np.ndarray) -> np.ndarray:
    return np.gradient(values, axis=1) if values.shape[1] > 1 else np.zeros_like(values)


def _cosines(values: np.ndarray) -> np.ndarray:
    from scipy.fft import dctn

    return dctn(values, norm="ortho")


def _wavelet(values: np.ndarray) -> np.ndarray:
    import pywt

    approximation, (horizontal, vertical, diagonal) = pywt.dwt2(values, "dmey")
    return np.block([[approximation, horizontal], [vertical, diagonal]])


FEATURES = {
    "pixel": lambda values: values,
    "gradient": _gradient,
    "dct": _cosines,
    "wavelet": _wavelet,
}


# Windows are the last axis of everything below: NumPy is slow along axes of nine. They begin at every pixel of the
# rows laid end to end, up to the last window; the two at the end of a row, which reach into the next, do not count.
# Single precision takes half the time where there are 81 cells, and changes the eighth digit.


class _Windows(NamedTuple):
    """The feature (H, W) and its (N,) windows as distributions, read column by column."""

    values: np.ndarray
    distributions: Distributions


@once_per_picture
def _windows(image: GrayImage, feature: str) -> _Windows:
    values = np.ascontiguousarray(pad_to_at_least(FEATURES[feature](image.values), _WINDOW))
    number = _number_of_windows(values)
    distributions = Distributions.empty(number)
    for start in range(0, number, _PER_CHUNK):
        part = distributions.part(slice(start, start + _PER_CHUNK))
        view = _window_view(values, start, part.entropy.size)
        low = view.min(axis=(0, 1))
        flat = view.max(axis=(0, 1)) == low
        low[flat] -= 1.0  # a flat window is a uniform distribution
        pdf = np.empty((POSITIONS, part.entropy.size), np.float32)
        # In double precision: the spread of a window may be tiny beside its values.
        np.subtract(view, low, out=pdf.reshape(view.shape), casting="same_kind")
        pdf *= 1 / pdf.sum(axis=0)
        part.fill(pdf, flat)
    return _Windows(values, distributions)


def _number_of_windows(values: np.ndarray) -> int:
    height, width = values.shape
    return (height - _WINDOW + 1) * width - _WINDOW + 1


def _window_view(values: np.ndarray, start: int, number: int) -> np.ndarray:
    """Return (3, 3, number), a view: columns and rows of the windows from a pixel on."""
    step, row = values.itemsize, values.strides[0]
    return as_strided(values.reshape(-1)[start:], (_WINDOW, _WINDOW, number), (step, row, step))


def _mean_scores(sources: Sequence[_Windows], fused: _Windows) -> list[float]:
    number = fused.distributions.entropy.size
    per_chunk = min(number, _PER_CHUNK // len(sources))
    height, width = fused.values.shape
    scores = np.empty((len(sources), (height - _WINDOW + 1) * width), np.float32)
    mixture = _mixture(len(sources), per_chunk)
    for start in range(0, number, per_chunk):
        start = min(start, number - per_chunk)
        chunk = slice(start, start + per_chunk)
        parts = [windows.distributions.part(chunk) for windows in (*sources, fused)]
        mixture.scores(parts[:-1], parts[-1], scores[:, chunk])
    for source, row in zip(sources, scores):
        row[:number][_window_view(source.values == fused.values, 0, number).all(axis=(0, 1))] = 1.0
    counted = scores.reshape(len(sources), -1, width)[:, :, : width - _WINDOW + 1]
    return [float(row.mean(dtype=np.float64)) for row in counted]


def _mixture(sources: int, per_chunk: int) -> MixtureInformation:
    """Memory that this thread uses again: to have it anew costs a tenth of the time."""
    wanted = (sources, per_chunk)
    if getattr(_MEMORY, "shape", None) != wanted:
        _MEMORY.mixture, _MEMORY.shape = MixtureInformation(*wanted), wanted
    return _MEMORY.mixture
