"""Arrays of pixels in the forms that pictures have."""

import base64

import cv2
import numpy as np

_JPEG_QUALITY = 92


def to_uint8(image: np.ndarray) -> np.ndarray:
    """Values in [0, 255] to the nearest 8-bit ones; what lies outside is clipped."""
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def without_single_channel(image: np.ndarray) -> np.ndarray:
    """(H, W) of an image (H, W, 1), any other as it is."""
    return image[:, :, 0] if image.ndim == 3 and image.shape[2] == 1 else image


def shrink(image: np.ndarray, longest: int) -> np.ndarray:
    """An image whose longer side has at most so many pixels."""
    scale = longest / max(image.shape[:2])
    if scale >= 1:
        return image
    size = tuple(max(1, round(side * scale)) for side in image.shape[1::-1])
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def data_url(picture: np.ndarray, kind: str = "jpeg") -> str:
    """A picture as an address that holds it.

    Args:
        picture (np.ndarray): (H, W) or (H, W, 3) RGB in [0, 255].
        kind (str): 'jpeg' or 'png'. Default: 'jpeg'.
    """
    pixels = to_uint8(picture)
    # OpenCV wants BGR.
    pixels = pixels[:, :, ::-1] if pixels.ndim == 3 else pixels
    _, data = cv2.imencode(f".{kind}", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return f"data:image/{kind};base64,{base64.b64encode(data.tobytes()).decode()}"
