"""Phase congruency of images and the fusion metric Qp made of it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from .filters import gaussian_kernel, pad_to_at_least
from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture

_SCALES, _ORIENTATIONS = 4, 6
_SHORTEST_WAVELENGTH, _WAVELENGTH_FACTOR, _BANDWIDTH = 3.0, 2.1, 0.55
_ANGULAR_SPREAD = np.pi / _ORIENTATIONS / 1.2
_EPSILON = 1e-4
_FEATURE_THRESHOLD = 0.1
_SMALLEST_SIZE = 16
_PIXELS_PER_STRIP = 1 << 14


class PhaseCongruency(NamedTuple):
    """Feature strength, and largest and smallest moment (edge and corner strength), (H, W)."""

    congruency: np.ndarray
    largest_moment: np.ndarray
    smallest_moment: np.ndarray


def phase_congruency_preservation(sources: Sequence[ImageLike], fused: ImageLike) -> float:
    """Qp: correlation of phase congruency features of sources and fused image.

    For the congruency and its largest and smallest moment, P each: local correlations (Gaussian
    11x11, sigma 1.5, constant 1e-4) of F's map with A's, with B's and with the map that takes the
    source of larger congruency; at every pixel the largest of the three counts, the mean is over
    the pixels where the larger congruency exceeds 0.1. Qp is the product of the three means.
    With a single source it is the per-source score.

    Range about [0, 1]; higher is better. Sources without any feature give 1 (nothing could be
    lost).

    Source: Zhao, Laganiere, Liu, "Performance assessment of combinative pixel-level image fusion
    based on an absolute feature measurement", Int. J. Innov. Comput. Inf. Control 3(6A), 2007,
    with Kovesi's phase congruency (4 scales, 6 orientations, noise threshold k = 2).

    Args:
        sources: Source images.
        fused: Fused image of the same size.
    """
    first, *others = (as_gray_image(image) for image in sources)
    strongest = _strongest(first, *others)
    count = int(strongest.mask.sum())
    if count == 0:
        return 1.0
    compared = [_own_features(image) for image in (first, *others)] + ([strongest] if others else [])
    score = 1.0
    for index, fused_map in enumerate(_all_features(as_gray_image(fused)).maps):
        correlations = [
            _local_correlation(features.maps[index], fused_map, features.mask) for features in compared
        ]
        score *= float(np.max(correlations, axis=0).sum(dtype=np.float64)) / count
    return score


class _Map(NamedTuple):
    """A map of features, and its means and variances in windows, (H, W) float32."""

    values: np.ndarray
    mean: np.ndarray
    variance: np.ndarray


class _Features(NamedTuple):
    """The three maps of an image or of two, and where they count."""

    mask: np.ndarray
    maps: list[_Map]


def _features(maps: Sequence[np.ndarray], mask: np.ndarray) -> _Features:
    kept = []
    for values in maps:
        values = values * mask
        mean = _local_mean(values)
        kept.append(_Map(values, mean, _local_mean(values * values) - mean * mean))
    return _Features(mask, kept)


@once_per_picture
def _all_features(image: GrayImage) -> _Features:
    features = phase_congruency(image)
    return _features(features, np.ones_like(features.congruency, dtype=bool))


@once_per_picture
def _own_features(image: GrayImage) -> _Features:
    features = phase_congruency(image)
    return _features(features, features.congruency > _FEATURE_THRESHOLD)


@once_per_picture
def _strongest(image: GrayImage, *others: GrayImage) -> _Features:
    """The features of the image that has the larger congruency, at every pixel."""
    if not others:
        return _own_features(image)
    features = [phase_congruency(one) for one in (image, *others)]
    congruencies = np.stack([feature.congruency for feature in features])
    strongest = len(features) - 1 - np.argmax(congruencies[::-1], axis=0)[None]
    maps = [np.take_along_axis(np.stack(maps), strongest, 0)[0] for maps in zip(*features)]
    return _features(maps, congruencies.max(axis=0) > _FEATURE_THRESHOLD)


@once_per_picture
def phase_congruency(image: GrayImage) -> PhaseCongruency:
    """Kovesi's phase congruency over log-Gabor filters.

    Source: Kovesi, "Image features from phase congruency", Videre 1(3), 1999, and "Phase
    congruency detects corners and edges", DICTA 2003.

    Args:
        image: The image; smaller ones than 16 pixels are mirrored up to that size.
    """
    values = pad_to_at_least(image.values, _SMALLEST_SIZE).astype(np.float32)
    spectrum = _transform(values.astype(np.complex64))
    energies, amplitudes = np.zeros_like(values), np.zeros_like(values)
    congruencies = np.empty((_ORIENTATIONS, *values.shape), np.float32)
    responses = np.empty((_SCALES, *values.shape), np.complex64)
    for orientation, congruency in enumerate(congruencies):
        _oriented_congruency(spectrum, orientation, responses, (energies, amplitudes, congruency))
    # The covariance xy is halved twice against Kovesi's later code; published Qp values are so.
    angles = np.arange(_ORIENTATIONS) * np.pi / _ORIENTATIONS
    factors = np.array([2 * np.cos(angles) ** 2, 2 * np.sin(angles) ** 2, np.cos(angles) * np.sin(angles)])
    factors = (factors / _ORIENTATIONS).astype(np.float32)
    xx, yy, xy = (factors @ congruencies.reshape(_ORIENTATIONS, -1)).reshape(3, *values.shape)
    spread = np.sqrt(xy * xy + (xx - yy) * (xx - yy)) + _EPSILON
    energies /= amplitudes + _EPSILON
    return PhaseCongruency(energies, (xx + yy + spread) / 2, (xx + yy - spread) / 2)


def _transform(values: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Fourier transform (H, W) complex64, the inverse one if there is an output, into it."""
    if cv2.getOptimalDFTSize(values.shape[0]) + cv2.getOptimalDFTSize(values.shape[1]) > sum(values.shape):
        # OpenCV's is twice as fast, but only for sides of small factors.
        from scipy import fft

        if out is None:
            return fft.fft2(values)
        out[...] = fft.ifft2(values, overwrite_x=True)
        return out
    flags = 0 if out is None else cv2.DFT_INVERSE | cv2.DFT_SCALE
    out = np.empty_like(values) if out is None else out
    cv2.dft(*(array.view(np.float32).reshape(*array.shape, 2) for array in (values, out)), flags=flags)
    return out


def _oriented_congruency(
    spectrum: np.ndarray, orientation: int, responses: np.ndarray, out: tuple[np.ndarray, ...]
) -> None:
    """Phase congruency of one orientation.

    Args:
        spectrum: Of the image.
        orientation: Which one.
        responses: (scales, H, W) room for the responses of the filters.
        out: (H, W) each: noise-compensated energy and total amplitude are added to the first two, their ratio,
            squared, is written to the third.
    """
    filters = _filters(spectrum.shape, orientation)
    filtered = np.empty_like(spectrum)
    for transfer, response in zip(filters.transfers, responses):
        np.multiply(spectrum.view(np.float32), transfer, out=filtered.view(np.float32))
        _transform(filtered, out=response)
    finest = _median_of_positive(np.abs(responses[0]))
    threshold = _noise_threshold(-(finest**2) / np.log(0.5) / filters.finest_power * filters.total_power)
    step = max(1, _PIXELS_PER_STRIP // spectrum.shape[1])
    for start in range(0, len(spectrum), step):
        rows = slice(start, start + step)
        energy, amplitude = _energy_and_amplitude(responses[:, rows], threshold)
        energies, amplitudes, congruency = (array[rows] for array in out)
        energies += energy
        amplitudes += amplitude
        congruency[...] = 0.0
        np.divide(energy, amplitude, out=congruency, where=amplitude > 0)
        congruency *= congruency


def _energy_and_amplitude(responses: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Energy above that of noise, and total amplitude, of the responses (scales, H, W) of one orientation."""
    amplitudes = np.abs(responses)
    total = responses.sum(axis=0)
    across = np.abs((responses * total.conj()).imag).sum(axis=0)
    strength = np.abs(total)
    # Of the responses, turned by the mean phase: the real parts less the magnitudes of the imaginary ones.
    energy = (strength * strength - across) / (strength + _EPSILON)
    energy = np.maximum(energy - np.float32(threshold), 0.0)
    amplitude = amplitudes.sum(axis=0)
    width = amplitude / (amplitudes.max(axis=0) + _EPSILON) / _SCALES
    return energy / (1 + np.exp((0.5 - width) * 10)), amplitude


def _median_of_positive(values: np.ndarray) -> float:
    """``np.median`` of values that are not negative, in a fifth of its time: a sample says where to look."""
    values = values.ravel()
    sample = np.sort(values[:: max(1, values.size // 4096)])
    low, high = sample[int(0.47 * sample.size)], sample[min(int(0.53 * sample.size), sample.size - 1)]
    below = np.count_nonzero(values < low)
    near = np.sort(values[(values >= low) & (values <= high)])
    first, last = ((values.size - 1) // 2 - below, values.size // 2 - below)
    if first < 0 or last >= near.size:
        return float(np.median(values))
    return (float(near[first]) + float(near[last])) / 2


def _noise_threshold(noise_energy: float) -> float:
    """Energy that noise reaches: mean plus two deviations of Rayleigh's law."""
    tau = np.sqrt(noise_energy)
    threshold = tau * np.sqrt(np.pi / 2) + 2.0 * np.sqrt((2 - np.pi / 2) * tau**2)
    return float(threshold) / 1.7  # Kovesi's empirical correction for this measure


class _Filters(NamedTuple):
    """Transfer functions, smallest scale first, and the power of the finest, and of the sum of their kernels.

    Float32, each value twice: for the real part of a spectrum and for the imaginary one.
    """

    transfers: list[np.ndarray]
    finest_power: float
    total_power: float


@lru_cache(maxsize=2 * _ORIENTATIONS)
def _filters(shape: tuple[int, int], orientation: int) -> _Filters:
    """The log-Gabor filters of one orientation."""
    from scipy import fft

    y, x = np.meshgrid(*(_frequency_range(side) for side in shape), indexing="ij")
    radius, theta = np.hypot(x, y), np.arctan2(-y, x)
    radius[0, 0] = 1.0
    angle = orientation * np.pi / _ORIENTATIONS
    distance = np.abs(np.angle(np.exp(1j * (theta - angle))))
    angular = np.exp(-(distance**2) / (2 * _ANGULAR_SPREAD**2))
    low_pass = 1.0 / (1.0 + (_true_radius(shape) / 0.45) ** 30)
    filters = []
    for scale in range(_SCALES):
        centre = 1.0 / (_SHORTEST_WAVELENGTH * _WAVELENGTH_FACTOR**scale)
        radial = np.exp(-(np.log(radius / centre) ** 2) / (2 * np.log(_BANDWIDTH) ** 2)) * low_pass
        radial[0, 0] = 0.0
        filters.append(radial * angular)
    kernel = sum(fft.ifft2(transfer).real * np.sqrt(transfer.size) for transfer in filters)
    return _Filters(
        [transfer.astype(np.float32).repeat(2, axis=1) for transfer in filters],
        float(np.square(filters[0]).sum()),
        float(np.square(kernel).sum()),
    )


def _frequency_range(side: int) -> np.ndarray:
    # Kovesi divides by side - 1 for odd sides, so that the range reaches +-0.5 there as well.
    return np.fft.fftfreq(side) * side / (side - side % 2)


def _true_radius(shape: tuple[int, int]) -> np.ndarray:
    vertical, horizontal = (np.fft.fftfreq(side) for side in shape)
    return np.hypot(vertical[:, None], horizontal[None, :])


def _local_mean(values: np.ndarray) -> np.ndarray:
    kernel = gaussian_kernel(11, 1.5)
    return cv2.sepFilter2D(values, -1, kernel, kernel, borderType=cv2.BORDER_CONSTANT)


def _local_correlation(source: _Map, fused: _Map, mask: np.ndarray) -> np.ndarray:
    correlation = _local_mean(source.values * fused.values)
    work = source.mean * fused.mean
    correlation -= work
    correlation += _EPSILON
    np.multiply(source.variance, fused.variance, out=work)
    np.sqrt(np.abs(work, out=work), out=work)
    work += _EPSILON
    correlation /= work
    correlation *= mask
    return correlation
