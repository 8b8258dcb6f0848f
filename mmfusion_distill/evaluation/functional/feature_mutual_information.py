"""Mutual information of image features in small windows."""

import numpy as np

from ...user_errors import UserError
from .filters import pad_to_at_least
from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture

_WINDOW = 3
_WINDOWS_PER_CHUNK = 1 << 10


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
    if feature not in FEATURES:
        raise UserError(f"No feature '{feature}'; choose from {', '.join(FEATURES)}.")
    source, fused = as_gray_image(source), as_gray_image(fused)
    if np.array_equal(source.values, fused.values):
        # A copy of a source: all windows are equal.
        return 1.0
    windows_s, windows_f = _windows(source, feature), _windows(fused, feature)
    number, total = windows_s.shape[1], 0.0
    for start in range(0, number, _WINDOWS_PER_CHUNK):
        chunk = slice(start, start + _WINDOWS_PER_CHUNK)
        total += float(_score_windows(windows_s[:, chunk], windows_f[:, chunk]).sum())
    return total / number


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


@once_per_picture
def _windows(image: GrayImage, feature: str) -> np.ndarray:
    """Return (9, N): every 3x3 window of the feature, column by column."""
    values = pad_to_at_least(FEATURES[feature](image.values), _WINDOW)
    height, width = (length - _WINDOW + 1 for length in values.shape)
    parts = [
        values[row : row + height, column : column + width].ravel()
        for column in range(_WINDOW)
        for row in range(_WINDOW)
    ]
    return np.stack(parts)


# Windows are the last axis of everything below: NumPy is slow along axes of nine.


def _score_windows(source: np.ndarray, fused: np.ndarray) -> np.ndarray:
    """Return the (N,) normalised mutual information of (9, N) windows."""
    pdf_s, pdf_f = _distribution(source), _distribution(fused)
    joint = _joint_distribution(pdf_s, pdf_f)
    entropies = _entropy(pdf_s) + _entropy(pdf_f)
    information = entropies - _entropy(joint.reshape(-1, joint.shape[-1]))
    # Distributions on a single position have no entropy and share no information.
    scores = np.divide(2 * information, entropies, out=np.zeros_like(information), where=entropies > 0)
    scores[(source == fused).all(axis=0)] = 1.0
    return scores


def _distribution(windows: np.ndarray) -> np.ndarray:
    low = windows.min(axis=0)
    spread = windows.max(axis=0) - low
    stretched = np.divide(windows - low, spread, out=np.ones_like(windows), where=spread > 0)
    return stretched / stretched.sum(axis=0)


def _joint_distribution(pdf_s: np.ndarray, pdf_f: np.ndarray) -> np.ndarray:
    """Return (9, 9, N) joint distributions; axis 0 is the fused window, axis 1 the source."""
    correlation = _correlation(pdf_s, pdf_f)
    # The lower bound for two is the upper one for one of them and the other in reverse.
    is_lower = correlation < 0
    turned_s = np.where(is_lower, pdf_s[::-1], pdf_s)
    cdf_s, cdf_f = np.cumsum(turned_s, axis=0), np.cumsum(pdf_f, axis=0)
    bound_cdf = np.zeros((len(cdf_f) + 1, len(cdf_s) + 1, cdf_s.shape[1]))
    np.minimum(cdf_f[:, None], cdf_s, out=bound_cdf[1:, 1:])
    # Hoeffding: the covariance of a joint distribution is the sum of its excess over independence.
    excess = bound_cdf[1:, 1:].sum(axis=(0, 1)) - cdf_f.sum(axis=0) * cdf_s.sum(axis=0)
    bound_covariance = np.where(is_lower, -excess, excess)
    deviations = _position_deviation(pdf_s) * _position_deviation(pdf_f)
    weight = np.divide(
        correlation * deviations,
        bound_covariance,
        out=np.zeros_like(correlation),
        where=(deviations > 0) & (bound_covariance != 0),
    )
    rows = bound_cdf[1:, :] - bound_cdf[:-1, :]
    joint = rows[:, 1:] - rows[:, :-1]
    joint = np.where(is_lower, joint[:, ::-1], joint)
    joint *= weight
    joint += ((1 - weight) * pdf_f)[:, None] * pdf_s
    return joint


def _correlation(pdf_s: np.ndarray, pdf_f: np.ndarray) -> np.ndarray:
    centred_s, centred_f = pdf_s - pdf_s.mean(axis=0), pdf_f - pdf_f.mean(axis=0)
    covariance = (centred_s * centred_f).sum(axis=0)
    energy = (centred_s**2).sum(axis=0) * (centred_f**2).sum(axis=0)
    return np.divide(covariance, np.sqrt(energy), out=np.zeros_like(covariance), where=energy > 1e-24)


def _position_deviation(pdf: np.ndarray) -> np.ndarray:
    positions = np.arange(len(pdf))
    variance = positions**2 @ pdf - (positions @ pdf) ** 2
    return np.sqrt(np.where(variance > 1e-12, variance, 0.0))


def _entropy(probabilities: np.ndarray) -> np.ndarray:
    # A mixture weight above 1 makes some cells negative; like the authors' code, which keeps the
    # real part of the logarithm, they enter with their magnitude in it.
    logarithms = np.abs(probabilities)
    # Nothing times its logarithm is nothing; a condition at every cell would take longer than the logarithms.
    np.maximum(logarithms, np.finfo(float).tiny, out=logarithms)
    np.log2(logarithms, out=logarithms)
    logarithms *= probabilities
    return -logarithms.sum(axis=0)
