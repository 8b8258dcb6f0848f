"""Parts of a source that show nothing (fill values, transparent pixels, no number, borders): found, filled, shown."""

from functools import reduce

import cv2
import numpy as np

from .black_borders import find_black_borders
from .pixels import to_uint8

#: Least number and largest share of the pixels that may have a fill value; more of one value is a background.
_LEAST_FILL, _LARGEST_FILL = 16, 0.45
#: A fill value lies so many times the range of the rest away from it.
_FAR = 2.0
#: Values from here on stand for no data, as do the largest of 16 and 32 bits: nothing real can have them.
_ABSURD = 1e5
#: Share of the pixels around something hot that blur puts between it and the rest; a fill value has fewer.
_BLURRED = 0.1
#: Pixels from which the range of an image is taken.
_SAMPLES = 20_000


def find_no_data(
    pixels: np.ndarray, no_data: float | None = None, by_looks: bool = True
) -> np.ndarray | None:
    """Find the pixels of an infrared image that show nothing.

    These are: what is no finite number, or transparent; the value that a file names; runs of the lowest value, or of
    one that nothing real can have, far from all others; black borders with smooth edges, as rectification and
    registration leave them.

    Args:
        pixels (np.ndarray): (H, W), or (H, W, 1 to 4) whose second or fourth channel is alpha; numbers of any type.
        no_data (float, optional): The value that the file names. Default: None.
        by_looks (bool): Look for fill values and borders, and not only for what says itself that it is no data.
            Default: True.

    Returns:
        np.ndarray | None: (H, W) bool, True where nothing is shown; None if everything is, or nothing at all.
    """
    colors = pixels[:, :, None] if pixels.ndim == 2 else pixels
    has_alpha = colors.shape[2] in (2, 4)
    colors = colors[:, :, : 3 if colors.shape[2] >= 3 else 1]
    missing = np.zeros(colors.shape[:2], bool)
    if colors.dtype.kind == "f":
        missing |= ~np.isfinite(colors).all(axis=2)
    if has_alpha:
        missing |= pixels[:, :, -1] == 0
    if no_data is not None and _holds(colors.dtype, no_data):
        missing |= (colors == colors.dtype.type(no_data)).all(axis=2)
    # Plane by plane, in a tenth of the time of a maximum along the last axis.
    plane = reduce(np.maximum, np.moveaxis(colors, 2, 0))
    # What is but black and white has no range to be far away from.
    by_looks = by_looks and colors.dtype.kind != "b"
    looks = (_lowest_far_away, _lowest_far_away, _highest_far_away, find_black_borders) if by_looks else ()
    for find in looks:
        if missing.all():
            return None
        found = find(plane, missing)
        if found is not None:
            missing |= found
    return missing if missing.any() and not missing.all() else None


def _holds(kind: np.dtype, value: float) -> bool:
    """Whether a type of number has a value: files of counts may name NaN or -9999, which would become a count."""
    if kind.kind not in "ui":
        return True
    limits = np.iinfo(kind)
    return bool(np.isfinite(value) and value == int(value) and limits.min <= value <= limits.max)


def _range_of(values: np.ndarray) -> tuple[float, float]:
    """Percentiles 1 and 99 of values (N,), from a sample of them that is the same each time."""
    sample = values[:: max(1, values.size // _SAMPLES)]
    low, high = np.quantile(sample, (0.01, 0.99))
    return float(low), float(high)


def _lowest_far_away(plane: np.ndarray, missing: np.ndarray) -> np.ndarray | None:
    return _far_run(plane, missing, plane[~missing].min(), is_low=True)


def _highest_far_away(plane: np.ndarray, missing: np.ndarray) -> np.ndarray | None:
    highest = plane[~missing].max()
    is_largest = plane.dtype.kind in "ui" and plane.itemsize > 1 and highest == np.iinfo(plane.dtype).max
    if not is_largest and float(highest) < _ABSURD:
        return None
    run = _far_run(plane, missing, highest, is_low=False)
    if run is None or float(highest) >= 1e30:
        return run
    # Something hot that saturates is blurred at its edge; it must not vanish.
    exact = plane == highest
    around = _grown(exact, 1) & ~exact
    return None if (run & ~exact).sum() > _BLURRED * around.sum() else exact


def _far_run(plane: np.ndarray, missing: np.ndarray, value: np.generic, is_low: bool) -> np.ndarray | None:
    """Pixels of an extreme value far from the rest, with what interpolation made between both."""
    run = (plane == value) & ~missing
    if not _LEAST_FILL <= run.sum() <= _LARGEST_FILL * run.size:
        return None
    near = _grown(run, 2)
    rest = plane[~near & ~missing]
    if not rest.size:
        return None
    low, high = _range_of(rest)
    spread = high - low
    distance = low - float(value) if is_low else float(value) - high
    if not spread > 0 or distance < _FAR * spread:
        return None
    between = plane < low - spread if is_low else plane > high + spread
    return run | (near & between & ~missing)


def _grown(mask: np.ndarray, pixels: int) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * pixels + 1,) * 2, np.uint8)).astype(bool)


def fill_smoothly(image: np.ndarray, missing: np.ndarray) -> np.ndarray:
    """Fill pixels by averages of those around, the wider the farther these are.

    Args:
        image (np.ndarray): (H, W) or (H, W, C) float32; what is missing is not looked at.
        missing (np.ndarray): (H, W) bool, not all True.

    Returns:
        np.ndarray: As `image`, a copy.
    """
    known = np.where(missing, np.float32(0), np.float32(1))
    filled = np.where(missing if image.ndim == 2 else missing[:, :, None], np.float32(0), image)
    return _filled(filled.reshape(*missing.shape, -1), known).reshape(image.shape)


def _filled(weighted: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Known pixels unchanged, the others from the image of half the size.

    Args:
        weighted (np.ndarray): (H, W, C) float32, values times `known`.
        known (np.ndarray): (H, W) float32, share of each pixel that is known.
    """
    values = weighted / np.maximum(known, 1e-6)[:, :, None]
    if known.min() > 0:
        return values
    height, width = known.shape
    size = max(1, (width + 1) // 2), max(1, (height + 1) // 2)
    smaller = [cv2.resize(part, size, interpolation=cv2.INTER_AREA) for part in (weighted, known)]
    coarse = _filled(smaller[0].reshape(size[1], size[0], -1), smaller[1])
    coarse = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(values.shape)
    return np.where((known > 0)[:, :, None], values, coarse)


#: Pixels over which the result goes over into source A.
_SOFT = 8


def show_a_in_gaps(fused: np.ndarray, img_a: np.ndarray, missing: np.ndarray | None) -> np.ndarray:
    """Show source A where source B has no data, with a soft transition beside.

    Single pixels without data (dead ones) stay as they were fused, from what surrounds them: A would be a speck.

    Args:
        fused (np.ndarray): (H, W) or (H, W, 3) uint8.
        img_a (np.ndarray): Source A, (H, W, 1 or 3) in [0, 255].
        missing (np.ndarray, optional): (H, W) bool, where B has no data; None: nowhere.

    Returns:
        np.ndarray: As `fused`.
    """
    gaps = None if missing is None else _regions(missing)
    if gaps is None or not gaps.any():
        return fused
    distance = cv2.distanceTransform((~gaps).astype(np.uint8), cv2.DIST_L2, 3)
    share = np.clip(1 - distance / _SOFT, 0, 1).astype(np.float32)[:, :, None]
    result = fused.reshape(*gaps.shape, -1).astype(np.float32)
    return to_uint8(result + share * (img_a.astype(np.float32) - result)).reshape(fused.shape)


def _regions(missing: np.ndarray) -> np.ndarray:
    """Without parts narrower than three pixels, unless they are at a side."""
    padded = cv2.copyMakeBorder(missing.astype(np.uint8), 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=1)
    opened = cv2.morphologyEx(padded, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return opened[2:-2, 2:-2].astype(bool) & missing
