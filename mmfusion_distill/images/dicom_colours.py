"""Colour models of DICOM that pydicom leaves as they are: studio-range YBR and HSV, both retired but in archives."""

from copy import copy
from typing import Any

import cv2
import numpy as np

#: The model that pydicom decodes in the same way, without conversion, by the one that a file names.
_DECODED_AS = {"YBR_PARTIAL_422": "YBR_FULL_422", "YBR_PARTIAL_420": "YBR_PARTIAL_420", "HSV": "RGB"}
#: Luminance and chroma of 8 bits in studio range (ITU-R BT.601): offset and extent.
_LUMA, _CHROMA = (16, 219), (128, 224)

#: Models that :func:`retired_rgb` reads.
RETIRED = tuple(_DECODED_AS)


def retired_rgb(dataset: Any, index: int | None) -> np.ndarray:
    """Pixels of a frame of a colour model of :data:`RETIRED`.

    Args:
        dataset (pydicom.Dataset): The file.
        index (int, optional): Frame; None if there is one.

    Returns:
        np.ndarray: (H, W, 3) uint8 RGB.
    """
    from pydicom.pixels import pixel_array

    model = str(dataset.PhotometricInterpretation)
    renamed = copy(dataset)
    renamed.PhotometricInterpretation = _DECODED_AS[model]
    pixels = pixel_array(renamed, index=index, raw=True)
    pixels = (pixels >> max(0, int(dataset.BitsStored) - 8)).astype(np.uint8)
    if model == "HSV":
        return cv2.cvtColor(pixels, cv2.COLOR_HSV2RGB_FULL)
    y, cb, cr = np.moveaxis(pixels.astype(np.float32), 2, 0)
    y = (y - _LUMA[0]) / _LUMA[1]
    cb, cr = (cb - _CHROMA[0]) / _CHROMA[1], (cr - _CHROMA[0]) / _CHROMA[1]
    rgb = np.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], axis=2)
    return np.clip(np.rint(255 * rgb), 0, 255).astype(np.uint8)
