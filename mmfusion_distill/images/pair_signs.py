"""Signs that the sources of a pair are not what they should be, seen at a glance."""

import cv2
import numpy as np

from . import source_notes as notes
from .pixels import arrange_channels, without_alpha
from .stored_image import StoredImage

#: Mean difference of the channels, in gray levels of 255: real infrared has 0, pale visible images 5.
_COLORED, _GRAY = 4.0, 1.0
#: Correlation of brightness and of detail: real pairs reach .86 and .30, two visible images have .86 and .68.
_SAME, _SAME_DETAIL = 0.75, 0.55
#: Side of the part in the middle that is looked at, and shortest side of which correlations tell anything.
_PART, _LEAST_SIDE = 512, 64


def signs_of_pair(
    stored_a: StoredImage, stored_b: StoredImage, img_a: np.ndarray, img_b: np.ndarray
) -> tuple[tuple[str, str], ...]:
    """Look for colour in source B, for sources that were exchanged, and for pairs that show the same twice.

    Args:
        stored_a (StoredImage): Source A as stored.
        stored_b (StoredImage): Source B as stored.
        img_a (np.ndarray): Source A, (H, W, 1 or 3) in [0, 255].
        img_b (np.ndarray): Source B, likewise, in the view of A.

    Returns:
        tuple[tuple[str, str], ...]: Sentences of `source_notes`, each with what is to be said behind the name.
    """
    color = _color(stored_b.pixels)
    if stored_b.kind == "image" and color > _COLORED:
        return ((notes.SWAPPED if _color(stored_a.pixels) < _GRAY else notes.COLORED, ""),)
    return ((notes.SAME_PICTURE, ""),) if _is_same(img_a, img_b) else ()


def _color(pixels: np.ndarray) -> float:
    """Mean difference of the channels, of a sample of the pixels; in gray levels of 255."""
    pixels = without_alpha(pixels)
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return 0.0
    step = max(1, round((pixels.shape[0] * pixels.shape[1] / 20_000) ** 0.5))
    sample = pixels[::step, ::step].astype(np.float32)
    full = 255.0 if pixels.dtype == np.uint8 else max(float(sample.max()), 1e-6)
    return float((sample.max(axis=2) - sample.min(axis=2)).mean()) * 255 / full


def _is_same(img_a: np.ndarray, img_b: np.ndarray) -> bool:
    if img_a.shape[:2] != img_b.shape[:2] or min(img_a.shape[:2]) < _LEAST_SIDE:
        return False
    top, left = (max(0, (side - _PART) // 2) for side in img_a.shape[:2])
    part = slice(top, top + _PART), slice(left, left + _PART)
    sources = [arrange_channels(image[part], 1)[:, :, 0] for image in (img_a, img_b)]
    if abs(_correlation(*sources)) < _SAME:
        return False
    return abs(_correlation(*[source - cv2.blur(source, (9, 9)) for source in sources])) > _SAME_DETAIL


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    first, second = first - first.mean(), second - second.mean()
    energy = float((first * first).sum()) * float((second * second).sum())
    return float((first * second).sum()) / energy**0.5 if energy > 1e-6 else 0.0
