"""Mutual information of image features in small windows."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ...user_errors import UserError
from .filters import pad_to_at_least
from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture

_WINDOW = 3
_POSITIONS = _WINDOW**2
#: So many windows at a time keep their joint distributions in the cache.
_WINDOWS_PER_CHUNK = 1 << 11
_CUMULATE = np.tri(_POSITIONS, dtype=np.float32)
#: Sums over cells by the matrix product take half the time.
_ONES = np.ones((_POSITIONS + 1) ** 2, np.float32)
_TINY = np.finfo(np.float32).tiny


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
        raise UserError(f"No feature '{feature}'; choose from {', '.join(FEATURES)}.")
    fused = as_gray_image(fused)
    pictures = [as_gray_image(source) for source in sources]
    # A copy of a source: all windows are equal.
    scores = [1.0 if np.array_equal(picture.values, fused.values) else None for picture in pictures]
    windows = [_windows(picture, feature) for picture, score in zip(pictures, scores) if score is None]
    others = iter(_mean_scores(windows, _windows(fused, feature)) if windows else ())
    return [next(others) if score is None else score for score in scores]


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
    """The feature (H, W), and of its (N,) windows what every comparison needs."""

    values: np.ndarray
    low: np.ndarray
    scale: np.ndarray
    entropy: np.ndarray
    deviation: np.ndarray
    norm: np.ndarray

    def distributions(self, chunk: slice) -> np.ndarray:
        """Return (9, n): windows as probability distributions, column by column."""
        return _above(self.values, self.low[chunk], chunk.start) * self.scale[chunk]


@once_per_picture
def _windows(image: GrayImage, feature: str) -> _Windows:
    values = np.ascontiguousarray(pad_to_at_least(FEATURES[feature](image.values), _WINDOW))
    number = _number_of_windows(values)
    windows = _Windows(values, np.empty(number), *np.empty((4, number), np.float32))
    positions = np.arange(_POSITIONS, dtype=np.float32)
    for start in range(0, number, _WINDOWS_PER_CHUNK):
        chunk = slice(start, start + _WINDOWS_PER_CHUNK)
        low = windows.low[chunk]
        view = _window_view(values, start, low.size)
        view.min(axis=(0, 1), out=low)
        flat = view.max(axis=(0, 1)) == low
        low[flat] -= 1.0  # a flat window is a uniform distribution
        pdf = _above(values, low, start)
        windows.scale[chunk] = 1.0 / pdf.sum(axis=0)
        pdf *= windows.scale[chunk]
        windows.entropy[chunk] = -np.einsum("in,in->n", pdf, np.log2(pdf + _TINY))
        distance = positions[:, None] - positions @ pdf
        variance = np.einsum("in,in,in->n", distance, distance, pdf)
        windows.deviation[chunk] = np.sqrt(np.where(variance > 1e-12, variance, 0.0))
        pdf -= np.float32(1 / _POSITIONS)
        windows.norm[chunk] = np.where(flat, 0.0, np.sqrt(np.einsum("in,in->n", pdf, pdf)))
    return windows


def _number_of_windows(values: np.ndarray) -> int:
    height, width = values.shape
    return (height - _WINDOW + 1) * width - _WINDOW + 1


def _window_view(values: np.ndarray, start: int, number: int) -> np.ndarray:
    """Return (3, 3, number), a view: columns and rows of the windows from a pixel on."""
    step, row = values.itemsize, values.strides[0]
    return as_strided(values.reshape(-1)[start:], (_WINDOW, _WINDOW, number), (step, row, step))


def _above(values: np.ndarray, low: np.ndarray, start: int) -> np.ndarray:
    # In double precision: the spread of a window may be tiny beside its values.
    above = _window_view(values, start, low.size) - low
    return above.reshape(_POSITIONS, -1).astype(np.float32)


def _mean_scores(sources: Sequence[_Windows], fused: _Windows) -> list[float]:
    number = fused.low.size
    scores = np.empty((len(sources), number), np.float32)
    room = _Room.of(min(_WINDOWS_PER_CHUNK, number))
    for start in range(0, number, _WINDOWS_PER_CHUNK):
        chunk = slice(start, min(start + _WINDOWS_PER_CHUNK, number))
        pdf_f = fused.distributions(chunk)
        cdf_f = _CUMULATE @ pdf_f
        for source, row in zip(sources, scores):
            information, entropies = _information(source, fused, chunk, pdf_f, cdf_f, room)
            # Distributions on a single position have no entropy and share no information.
            row[chunk] = 0.0
            np.divide(2 * information, entropies, out=row[chunk], where=entropies > 0)
    height, width = fused.values.shape
    counted = np.arange(number) % width <= width - _WINDOW
    for source, row in zip(sources, scores):
        row[_window_view(source.values == fused.values, 0, number).all(axis=(0, 1))] = 1.0
    return [float(row[counted].mean(dtype=np.float64)) for row in scores]


class _Room(NamedTuple):
    """Memory for cumulative joint distributions (10, 10, n), zeros before the first, and for what is made of them."""

    bound: np.ndarray
    rows: np.ndarray
    joint: np.ndarray

    @classmethod
    def of(cls, number: int) -> "_Room":
        side = _POSITIONS + 1
        shapes = ((side, side), (_POSITIONS, side), (_POSITIONS, _POSITIONS))
        return cls(*(np.zeros((*shape, number), np.float32) for shape in shapes))


def _information(
    source: _Windows, fused: _Windows, chunk: slice, pdf_f: np.ndarray, cdf_f: np.ndarray, room: _Room
) -> tuple[np.ndarray, np.ndarray]:
    """Return (n,) mutual information of windows, and the sum of their entropies."""
    pdf_s = source.distributions(chunk)
    bound, rows, joint = (array[..., : pdf_s.shape[1]] for array in room)
    uniform = np.float32(1 / _POSITIONS)
    covariance = np.einsum("in,in->n", pdf_s - uniform, pdf_f - uniform)
    energy = source.norm[chunk] * fused.norm[chunk]
    correlation = np.divide(covariance, energy, out=np.zeros_like(energy), where=energy > 0)
    # The lower bound for two is the upper one for one of them and the other in reverse.
    pdf_s = np.where(correlation < 0, pdf_s[::-1], pdf_s)
    cdf_s = _CUMULATE @ pdf_s
    np.minimum(cdf_f[:, None], cdf_s, out=bound[1:, 1:])
    # Hoeffding: the covariance of a joint distribution is the sum of its excess over independence.
    excess = _sum_of_cells(bound) - cdf_f.sum(axis=0) * cdf_s.sum(axis=0)
    wanted = np.abs(correlation) * source.deviation[chunk] * fused.deviation[chunk]
    weight = np.divide(wanted, excess, out=np.zeros_like(wanted), where=excess > 0)
    np.subtract(bound[1:], bound[:-1], out=rows)
    np.subtract(rows[:, 1:], rows[:, :-1], out=joint)
    joint *= weight
    cells = rows[:, 1:]
    joint += np.multiply(((1 - weight) * pdf_f)[:, None], pdf_s, out=cells)
    # A mixture weight above 1 makes some cells negative; like the authors' code, which keeps the
    # real part of the logarithm, they enter with their magnitude in it.
    np.abs(joint, out=cells)
    cells += _TINY  # nothing times its logarithm is nothing
    joint *= np.log2(cells, out=cells)
    entropies = source.entropy[chunk] + fused.entropy[chunk]
    return entropies + _sum_of_cells(joint), entropies


def _sum_of_cells(cells: np.ndarray) -> np.ndarray:
    cells = cells.reshape(-1, cells.shape[2])
    return _ONES[: len(cells)] @ cells
