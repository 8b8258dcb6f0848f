"""Where source B shows nothing, the result is source A."""

import cv2
import numpy as np

from .pixels import to_uint8

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
