"""Arrays of pixels in the forms that images have."""

import base64
from typing import Any

import cv2
import numpy as np

#: Luminance (ITU-R BT.601, full range) as `cv2.cvtColor` has it: weights of red, green and blue.
LUMINANCE_WEIGHTS = (0.299, 0.587, 0.114)
_JPEG_QUALITY = 92


def to_uint8(image: np.ndarray) -> np.ndarray:
    """Values in [0, 255] to the nearest 8-bit ones; what lies outside is clipped. Those of 8 bits are not copied."""
    if image.dtype == np.uint8:
        return image
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def in_few_bytes(image: np.ndarray) -> np.ndarray:
    """An image in [0, 255] as uint8 where that loses nothing."""
    short = image.astype(np.uint8)
    return short if (short == image).all() else image


def to_planes(image: np.ndarray) -> np.ndarray:
    """An image (H, W, C) in [0, 255] as contiguous planes (C, H, W), float32 in [0, 1]."""
    planes = np.stack(cv2.split(image)).astype(np.float32, copy=False)
    planes /= np.float32(255)
    return planes


def from_planes(planes: np.ndarray) -> np.ndarray:
    """Planes (C, H, W), float32, as an image (H, W, C) uint8; [0, 1] becomes 0 to 255, what lies outside is clipped.

    As ``np.rint(planes.clip(0, 1) * 255)``, in a tenth of the time.
    """
    image = cv2.merge(list(planes))
    # What is scaled next loses its sign.
    cv2.threshold(image, 0, 0, cv2.THRESH_TOZERO, dst=image)
    image = cv2.convertScaleAbs(image, alpha=255)
    return image if image.ndim == 3 else image[:, :, None]


def without_single_channel(image: np.ndarray) -> np.ndarray:
    """(H, W) of an image (H, W, 1), any other unchanged."""
    return image[:, :, 0] if image.ndim == 3 and image.shape[2] == 1 else image


def shrink(image: np.ndarray, longest: int) -> np.ndarray:
    """An image whose longer side has at most so many pixels."""
    scale = longest / max(image.shape[:2])
    if scale >= 1:
        return image
    size = tuple(max(1, round(side * scale)) for side in image.shape[1::-1])
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def data_url(picture: np.ndarray) -> str:
    """An image, (H, W) or (H, W, 3) RGB in [0, 255], as an address that holds it as JPEG."""
    pixels = to_uint8(picture)
    # OpenCV wants BGR.
    pixels = pixels[:, :, ::-1] if pixels.ndim == 3 else pixels
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return f"data:image/jpeg;base64,{base64.b64encode(data.tobytes()).decode()}"


def without_alpha(pixels: np.ndarray) -> np.ndarray:
    """An image (H, W), or (H, W, 1 to 4) without its second or fourth channel, which is alpha."""
    return pixels if pixels.ndim == 2 else pixels[:, :, : 3 if pixels.shape[2] >= 3 else 1]


def arrange_channels(pixels: np.ndarray, channels: int | None) -> np.ndarray:
    """Drop alpha, and make gray of colour or three channels of gray.

    Args:
        pixels (np.ndarray): (H, W), or (H, W, 1 to 4) RGB(A).
        channels (int, optional): 1 converts to luminance (0.299 R + 0.587 G + 0.114 B), 3 repeats a gray image,
            None keeps what is stored.

    Returns:
        np.ndarray: (H, W, 1 or 3), contiguous.
    """
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    pixels = without_alpha(pixels)
    if channels == 3 and pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    elif channels == 1 and pixels.shape[2] == 3:
        pixels = pixels @ np.array(LUMINANCE_WEIGHTS, np.float32)[:, None]
    return np.ascontiguousarray(pixels)


def reflected(positions: Any, length: Any) -> Any:
    """Where positions behind an axis lie in it: 0 1 2 1 0 1 2 ..., the edge is not repeated.

    Args:
        positions (np.ndarray | Tensor): Integers from 0 on.
        length (int | Tensor): Length of the axis, at least 1; in a traced graph it need not be known.

    Returns:
        np.ndarray | Tensor: Positions below `length`.
    """
    last = length - 1
    # By one pixel there is only that.
    return last - abs(positions % (2 * last + (last == 0)) - last)


def reflected_index(length: int, multiple: int) -> np.ndarray:
    """Indices that extend an axis to the next multiple by reflection."""
    return reflected(np.arange(-(-length // multiple) * multiple), length)


def padded_to_multiple(image: np.ndarray, multiple: int) -> np.ndarray:
    """Images (N, C, H, W), mirrored at the bottom and the right up to multiples of a number."""
    height, width = image.shape[-2:]
    if height % multiple == width % multiple == 0:
        return image
    rows, columns = (reflected_index(length, multiple) for length in (height, width))
    return image[:, :, rows][..., columns]
