"""Measurements of one image that tell its degradations. Images are (H, W), float, 0 to 255."""

import cv2
import numpy as np

from ...images.pixels import LUMINANCE_WEIGHTS

_ROWS = ("upper", "middle", "lower")
_COLUMNS = ("left", "centre", "right")
# Side of the blocks that noise is estimated in; directions that blur is looked for in.
_BLOCK, _DIRECTIONS = 16, 18


def luminance(image: np.ndarray) -> np.ndarray:
    """Gray image (H, W) of an (H, W), (H, W, 1) or RGB (H, W, 3) image; values that are not finite become 0."""
    image = np.nan_to_num(np.asarray(image, np.float32), posinf=255.0, neginf=0.0)
    if image.ndim == 3:
        image = image @ np.array(LUMINANCE_WEIGHTS, np.float32) if image.shape[2] == 3 else image[..., 0]
    return np.ascontiguousarray(image)


def contrast_range(gray: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Distance of the 2nd and the 98th percentile, of the whole image or of the masked pixels."""
    values = gray if mask is None or not mask.any() else gray[mask]
    low, high = np.percentile(values, (2, 98))
    return float(high - low)


def noise_sigma(gray: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Standard deviation of additive white noise.

    Immerkaer, "Fast Noise Variance Estimation", CVIU 1996: the mask [1 -2 1]^T [1 -2 1] cancels smooth structure and
    straight horizontal or vertical stripes; the mean of |response| is 6 sigma sqrt(2/pi). Texture adds to it, so the
    estimate is taken per block and the lower quartile of the blocks is returned. Blocks that are clipped (constant
    pixels at the ends of the range) or outside the mask carry no noise and are left out.

    Returns:
        float: Sigma in gray values; 0 if no block is usable.
    """
    if min(gray.shape) < 3:
        return 0.0
    kernel = np.outer([1, -2, 1], [1, -2, 1]).astype(np.float32)
    response = np.abs(cv2.filter2D(gray, cv2.CV_32F, kernel))[1:-1, 1:-1]
    usable = ((gray > 2) & (gray < 253))[1:-1, 1:-1]
    if mask is not None:
        usable &= mask[1:-1, 1:-1]
    size = min(_BLOCK, *response.shape)
    estimates = _block_means(response, size) * (np.sqrt(np.pi / 2) / 6)
    estimates = estimates[_block_means(usable.astype(np.float32), size) > 0.9]
    return float(np.percentile(estimates, 25)) if estimates.size else 0.0


def _block_means(values: np.ndarray, size: int) -> np.ndarray:
    rows, columns = values.shape[0] // size, values.shape[1] // size
    blocks = values[: rows * size, : columns * size].reshape(rows, size, columns, size)
    return blocks.mean(axis=(1, 3))


def stripe_strength(gray: np.ndarray, mask: np.ndarray | None = None) -> tuple[float, float]:
    """Strength of row and of column stripes, as the detector of a thermal camera leaves them.

    The median along a line of the second difference across lines is near 0 for a scene, whose edges do not run
    through the whole image, and follows the stripes' offsets otherwise. White offsets of standard deviation s give
    second differences of deviation sqrt(6) s.

    Returns:
        tuple[float, float]: Standard deviations of the offsets of rows and of columns, in gray values.
    """
    return _line_offsets(gray, mask), _line_offsets(gray.T, None if mask is None else mask.T)


def stripes_in_words(gray: np.ndarray, limit: float, mask: np.ndarray | None = None) -> str:
    """The stronger stripes, e.g. 'Vertical stripes of 7.1 gray levels'; '' if they are not above a limit."""
    rows, columns = stripe_strength(gray, mask)
    strength = max(rows, columns)
    kind = "Horizontal" if rows >= columns else "Vertical"
    return f"{kind} stripes of {strength:.1f} gray levels" if strength > limit else ""


def _line_offsets(gray: np.ndarray, mask: np.ndarray | None) -> float:
    if gray.shape[0] < 3:
        return 0.0
    second = gray[:-2] - 2 * gray[1:-1] + gray[2:]
    usable = (gray[1:-1] > 2) & (gray[1:-1] < 253)
    if mask is not None:
        usable &= mask[1:-1]
    # Lines that are mostly clipped or outside the mask say nothing about their offset.
    lines = usable.mean(axis=1) > 0.15
    if lines.sum() < 3:
        return 0.0
    # Medians of the usable pixels: these stand in front once sorted (NumPy's nanmedian takes ten times as long).
    ordered = np.sort(np.where(usable[lines], second[lines], np.inf), axis=1)
    counts = usable[lines].sum(axis=1)
    rows = np.arange(len(ordered))
    medians = (ordered[rows, (counts - 1) // 2] + ordered[rows, counts // 2]) / 2
    # Robust deviation (MAD): one long edge, a horizon or a kerb, must not count as stripes.
    return float(1.4826 * np.median(np.abs(medians)) / np.sqrt(6))


def laplacian_variance(gray: np.ndarray) -> float:
    """Variance of the Laplacian, the sharpness measure of Pech-Pacheco et al., ICPR 2000."""
    return float(cv2.Laplacian(gray, cv2.CV_32F).var())


def directional_blur(gray: np.ndarray) -> tuple[float, float, float]:
    """Loss of fine detail in all directions but one, as motion leaves it.

    Motion over L pixels multiplies the power spectrum by sinc^2(f L cos d), d the angle to the motion: fine detail
    survives only across it. Per direction the power at fine scales (0.1 to 0.3 cycles per pixel) is compared with
    the power at coarse ones (0.02 to 0.06).

    Returns:
        tuple[float, float, float]: How far (dB) the best direction stands out over the median one; the fine-to-coarse
        ratio (dB) of the median direction; the direction of the motion in degrees (0: horizontal, counter-clockwise,
        below 180), across the best direction.
    """
    from scipy.fft import rfft2

    if min(gray.shape) < 64:
        return 0.0, 0.0, 0.0  # too few frequencies to tell directions apart
    window = np.outer(np.hanning(gray.shape[0]), np.hanning(gray.shape[1])).astype(np.float32)
    power = np.abs(rfft2((gray - gray.mean()) * window)) ** 2
    fy = np.fft.fftfreq(gray.shape[0])[:, None]
    fx = np.fft.rfftfreq(gray.shape[1])[None, :]
    radius = np.hypot(fy, fx)
    # Rows count downwards, hence the minus sign.
    turns = np.degrees(np.arctan2(-fy, fx)) % 180 / 180
    sector = np.floor(turns * _DIRECTIONS + 0.5).astype(int) % _DIRECTIONS
    fine = _sector_power(power, sector, (radius > 0.1) & (radius < 0.3))
    coarse = _sector_power(power, sector, (radius > 0.02) & (radius < 0.06))
    decibel = 10 * np.log10((fine + 1e-9) / (coarse + 1e-9))
    best, median = int(decibel.argmax()), float(np.median(decibel))
    return float(decibel[best]) - median, median, (best * 180.0 / _DIRECTIONS + 90) % 180


def _sector_power(power: np.ndarray, sector: np.ndarray, band: np.ndarray) -> np.ndarray:
    total = np.bincount(sector[band], power[band], _DIRECTIONS)
    return total / np.maximum(np.bincount(sector[band], minlength=_DIRECTIONS), 1)


def dark_channel(image: np.ndarray) -> np.ndarray:
    """Smallest value of any channel in the neighbourhood (He et al., CVPR 2009): near 0 in clear air."""
    image = np.nan_to_num(np.asarray(image, np.float32), posinf=255.0, neginf=0.0)
    darkest = image.min(axis=2) if image.ndim == 3 else image
    return cv2.erode(darkest, np.ones((15, 15), np.uint8))


def shadow_level(gray: np.ndarray) -> float:
    """Median of the darkest tone in the neighbourhood: high where a veil lifts the blacks."""
    return float(np.median(cv2.erode(gray, np.ones((31, 31), np.uint8))))


def edge_strength(gray: np.ndarray) -> float:
    """95th percentile of the length of the Sobel gradient: low where even edges are soft or faint."""
    gradient = np.hypot(cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1))
    return float(np.percentile(gradient, 95))


def foreground_mask(gray: np.ndarray) -> np.ndarray:
    """Pixels of the head in a medical slice: brighter than a tenth of the bright tissue, holes closed."""
    bright = np.percentile(gray, 99)
    mask = (cv2.GaussianBlur(gray, (0, 0), 1.5) > max(0.1 * bright, 4)).astype(np.uint8)
    return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)).astype(bool)


def where_strongest(values: np.ndarray) -> str:
    """Part of the image, on a 3 x 3 grid, in which ``values`` (H, W) are largest, e.g. ``upper left``."""
    if min(values.shape) < 3:
        return "whole picture"
    grid = cv2.resize(values.astype(np.float32), (3, 3), interpolation=cv2.INTER_AREA)
    row, column = np.unravel_index(int(grid.argmax()), grid.shape)
    return "centre" if row == column == 1 else f"{_ROWS[row]} {_COLUMNS[column]}"


def edge_sharpness(gray: np.ndarray) -> float:
    """How abrupt the strongest edges are: 1 for a step between two pixels, towards 0 for a blur.

    Marziliano et al., ICIP 2002, judge blur by the width of edges. Here: the largest step between neighbours over
    the range inside the 9 x 9 pixels around, at the 2 % of pixels with the largest range.

    Returns:
        float: Median of this ratio; 1 for an image without edges.
    """
    gray = cv2.GaussianBlur(gray, (0, 0), 0.5)
    kernel = np.ones((9, 9), np.uint8)
    span = cv2.dilate(gray, kernel) - cv2.erode(gray, kernel)
    step = np.maximum(
        np.abs(np.diff(gray, axis=0, append=gray[-1:])), np.abs(np.diff(gray, axis=1, append=gray[:, -1:]))
    )
    strongest = cv2.dilate(step, kernel)
    chosen = span >= max(np.percentile(span, 98), 1.0)
    return float(np.median(strongest[chosen] / span[chosen])) if chosen.any() else 1.0
