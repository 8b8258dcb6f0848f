"""Fusion by a Laplacian pyramid: the cheapest useful baseline, and hard to beat."""

import cv2
import numpy as np

from ...images.pixels import without_single_channel
from ...user_errors import UserError

_KERNEL = np.array([1, 4, 6, 4, 1], np.float32) / 16
# Gray levels below which energies of a band do not count: noise of rounding.
_FLOOR = np.float32(0.2)
# Luminance, in gray levels, below which chroma is noise.
_CHROMA_FLOOR = np.float32(0.04 * 255)
# Level of the pyramid at which glare and coldness are judged.
_COARSE = 3
# Gray levels from which on A counts as bright, as clipped, and as too bright to show B, and at which it does in full.
_BRIGHT, _CLIPPED, _ROOM_FROM = (130, 190), (236, 250), (215, 240)
# Share of its coldness that B loses where A is bright.
_LIFT = 0.8
# Largest headroom in gray levels, and the local contrast of B from which on it is given in full.
_ROOM, _ROOM_CONTRAST = 60, 6


def laplacian_pyramid_fusion(
    img_a: np.ndarray, img_b: np.ndarray, num_bands: int = 6, data_range: float | None = None
) -> np.ndarray:
    """Fuse a pair by the stronger Laplacian band, without training.

    Luminance of A and B are taken apart into bands (Burt and Adelson, IEEE Trans. Communications 1983).
    A's share of a band is ``1 / (1 + exp(-8 (ln(e_A + 0.2) - ln(e_B + 0.2))))``, e being the band's magnitude in gray
    levels blurred by the binomial kernel; the base is ``A + max(B - mean(B) - std(B) / 2, 0)``, so that what is hot
    shows. Where A is bright, B rises by 0.8 of its distance below its mean, so that a cold sky leaves no mark; where
    A is nearly white over more than an edge and B has local contrast, A makes room by up to 60 gray levels. The
    chroma of A is kept, and scaled down where the result is darker. Equal, up to rounding, to
    :func:`mmfusion_distill.models.ops.laplacian_bands.laplacian_fusion` with
    :func:`mmfusion_distill.models.ops.color.recolor`, which networks are built on.

    Args:
        img_a: (H, W) or (H, W, 3) RGB; uint8, uint16 or float.
        img_b: (H, W), or (H, W, 3) of which the luminance is taken, of the same size.
        num_bands: Bands above the base.
        data_range: Value of white of float images. Default None: 255. Integers have that of their type.

    Returns:
        Image of the shape and type of ``img_a``, clipped to its range; integers are rounded.

    Raises:
        UserError: If the sizes differ.
    """
    if img_a.shape[:2] != img_b.shape[:2]:
        raise UserError(
            f"laplacian_pyramid_fusion: source A is {img_a.shape[0]}x{img_a.shape[1]} but source B "
            f"{img_b.shape[0]}x{img_b.shape[1]}; resize one of them"
        )
    a, b = _gray_levels(img_a, data_range), _gray_levels(img_b, data_range)
    luminance_a, luminance_b = _luminance(a), _luminance(b)
    fused = _fuse(luminance_a, luminance_b, num_bands)
    if a.ndim == 3:
        fused = _recolor(a, luminance_a, fused)
    np.clip(fused, 0, 255, out=fused)
    fused *= np.float32(_white(img_a, data_range) / 255)
    if np.issubdtype(img_a.dtype, np.integer):
        np.rint(fused, out=fused)
    return fused.astype(img_a.dtype)


def _white(image: np.ndarray, data_range: float | None) -> float:
    if np.issubdtype(image.dtype, np.integer):
        return float(np.iinfo(image.dtype).max)
    return 255.0 if data_range is None else float(data_range)


def _gray_levels(image: np.ndarray, data_range: float | None) -> np.ndarray:
    """float32 in [0, 255], contiguous; a single channel loses its axis."""
    levels = np.ascontiguousarray(without_single_channel(image), np.float32)
    white = _white(image, data_range)
    return levels if white == 255 else levels * np.float32(255 / white)


def _luminance(image: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image


def _fuse(a: np.ndarray, b: np.ndarray, num_bands: int) -> np.ndarray:
    mean, deviation = (float(value[0, 0]) for value in cv2.meanStdDev(b))
    sources = a, _lift_cold(a, b, mean)
    levels = [_levels(source, num_bands) for source in sources]
    bands = [[_band(*pair) for pair in zip(level, level[1:])] for level in levels]
    if num_bands > _COARSE:
        lowered = _levels(
            levels[0][_COARSE] - _headroom(*(level[_COARSE] for level in levels)), num_bands - _COARSE
        )
        bands[0][_COARSE:] = [_band(*pair) for pair in zip(lowered, lowered[1:])]
        levels[0][_COARSE:] = lowered
    fused = levels[0][-1] + np.maximum(levels[1][-1] - np.float32(mean + deviation / 2), 0)
    for band_a, band_b in zip(*(band[::-1] for band in bands)):
        fused = _expand(fused, band_a.shape)
        fused += band_b
        fused += _share(band_a, band_b) * (band_a - band_b)
    return fused


def _band(fine: np.ndarray, coarse: np.ndarray) -> np.ndarray:
    return fine - _expand(coarse, fine.shape)


def _ramp(x: np.ndarray, ends: tuple[float, float], top: float) -> np.ndarray:
    """0 up to the first end, `top` from the second on."""
    return np.clip((x - np.float32(ends[0])) * np.float32(top / (ends[1] - ends[0])), 0, np.float32(top))


def _lift_cold(a: np.ndarray, b: np.ndarray, level: float) -> np.ndarray:
    """B raised where it is below a level and A is bright; by its low band where A is clipped."""
    levels = _levels(b, _COARSE)
    low = levels[-1]
    for finer in levels[-2::-1]:
        low = _expand(low, finer.shape)
    smooth_a = _blur(a)
    cold = np.float32(level) - b - _ramp(smooth_a, _CLIPPED, 1) * (low - b)
    return b + _ramp(smooth_a, _BRIGHT, _LIFT) * np.maximum(cold, 0)


def _headroom(coarse_a: np.ndarray, coarse_b: np.ndarray) -> np.ndarray:
    """How far A is lowered where it is nearly white over more than an edge and B has local contrast."""
    contrast = _blur(np.abs(_band(coarse_b, _levels(coarse_b, 1)[1])))
    return _blur(_ramp(coarse_a, _ROOM_FROM, _ROOM) * _ramp(contrast, (0, _ROOM_CONTRAST), 1))


def _share(band_a: np.ndarray, band_b: np.ndarray) -> np.ndarray:
    """A's share of a band: the logistic function of 8 (ln e_A - ln e_B) is e_A^8 / (e_A^8 + e_B^8)."""
    powers = []
    for band in (band_a, band_b):
        energy = _blur(np.abs(band))
        energy += _FLOOR
        for _ in range(3):
            np.multiply(energy, energy, out=energy)
        powers.append(energy)
    power_a, power_b = powers
    power_b += power_a
    return np.divide(power_a, power_b, out=power_a)


def _levels(x: np.ndarray, num_bands: int) -> list[np.ndarray]:
    """Blurred, every second row and column taken, again and again; borders are replicated, odd lengths rounded up."""
    levels = [x]
    for _ in range(num_bands):
        levels.append(cv2.pyrDown(levels[-1], borderType=cv2.BORDER_REPLICATE))
    return levels


def _blur(x: np.ndarray) -> np.ndarray:
    return cv2.sepFilter2D(x, cv2.CV_32F, _KERNEL, _KERNEL, borderType=cv2.BORDER_REPLICATE)


def _expand(x: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Twice the size by binomial interpolation, cut to a shape; borders are replicated."""
    # pyrUp mirrors at the top and left, which would bend the border.
    expanded = cv2.pyrUp(cv2.copyMakeBorder(x, 1, 1, 1, 1, cv2.BORDER_REPLICATE))
    return expanded[2 : 2 + shape[0], 2 : 2 + shape[1]]


def _recolor(img_a: np.ndarray, luminance_a: np.ndarray, fused: np.ndarray) -> np.ndarray:
    """Fused luminance with A's chroma, less where it is darker or a channel would leave [0, 255]."""
    # Planes: NumPy is slow along an axis of three.
    red, green, blue = (plane - luminance_a for plane in cv2.split(img_a))
    gain = (np.minimum(fused, luminance_a) + _CHROMA_FLOOR) / (luminance_a + _CHROMA_FLOOR)
    smallest = np.float32(255e-6)
    up = np.maximum(np.maximum(np.maximum(red, green), blue), smallest)
    down = np.maximum(-np.minimum(np.minimum(red, green), blue), smallest)
    room = np.minimum((255 - fused) / up, fused / down)
    gain = np.maximum(np.minimum(gain, room), 0)
    return cv2.merge([fused + gain * plane for plane in (red, green, blue)])
