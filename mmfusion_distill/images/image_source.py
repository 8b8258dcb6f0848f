"""Inputs that count as an image: paths, arrays, PIL images, PyTorch tensors; and their largest size."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from ..user_errors import UserError, reason_of
from .pillow_decoding import pixels_of_pil

if TYPE_CHECKING:
    import torch
    from PIL import Image

#: An image, or where one is.
PictureSource = Union[str, Path, np.ndarray, "Image.Image", "torch.Tensor"]

#: Largest image that is read; `MMFUSION_MAX_PIXELS` in the environment changes it.
MAX_PIXELS = 200_000_000


class ImageReadError(UserError):
    """An image that cannot be used; the message names it and says what to do."""


def is_path(image: object) -> bool:
    """Whether an image is given by its file."""
    return isinstance(image, (str, os.PathLike))


def describe(image: object) -> str:
    """A name for messages: the path, or what it is."""
    if is_path(image):
        return str(image)
    if _is_pil(image):
        return "a PIL image"
    return "a tensor" if _is_tensor(image) else "an array"


def to_array(image: Any) -> np.ndarray:
    """Pixels of an image in memory.

    Args:
        image (np.ndarray | PIL.Image.Image | torch.Tensor): An array (H, W) or (H, W, 1 to 4); an image of any mode,
            turned as its camera noted; or a tensor (H, W), (1 to 4, H, W) or, where the first axis is longer than
            that, (H, W, 1 to 4), on any device.

    Returns:
        np.ndarray: (H, W) or (H, W, 1 to 4), RGB, of the type that was given.

    Raises:
        ImageReadError: If it is none of these, or has another shape.
    """
    if _is_pil(image):
        pixels = _of_pil(image)
    elif _is_tensor(image):
        pixels = _of_tensor(image)
    elif isinstance(image, np.ndarray):
        pixels = image
    else:
        raise ImageReadError(
            f"{_kind(image)} is no image: give a path, a NumPy array, a PIL image or a PyTorch tensor"
        )
    if not (pixels.ndim in (2, 3) and pixels.size and (pixels.ndim == 2 or pixels.shape[2] <= 4)):
        wanted = (
            "(H, W), (C, H, W) or (H, W, C), C from 1 to 4"
            if _is_tensor(image)
            else "(H, W) or (H, W, 1 to 4)"
        )
        raise ImageReadError(f"{describe(image)} of shape {tuple(image.shape)} is no image: give {wanted}")
    return pixels


def max_pixels() -> int:
    """Largest image that is read, in pixels."""
    return int(float(os.environ.get("MMFUSION_MAX_PIXELS", MAX_PIXELS)))


def check_pixels(name: object, height: int, width: int, kind: type[UserError] = ImageReadError) -> None:
    """Refuse what is too large before it is decoded.

    Args:
        name (object): What it is, for the message.
        height (int): In pixels.
        width (int): In pixels.
        kind (type[UserError]): What is raised. Default: ImageReadError.
    """
    if height * width > max_pixels():
        raise kind(
            f"{name} has {width}x{height} pixels, more than {max_pixels():,}: shrink it, or set "
            "MMFUSION_MAX_PIXELS to allow more"
        )


def check_pairs(inputs: object, batch_size: int = 1) -> list[dict]:
    """Check what an inferencer is called with, before anything is read.

    Returns:
        list[dict]: The pairs.

    Raises:
        UserError: If a pair is no dict, or lacks a source, or the batch size is no positive number.
    """
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise UserError(f"batch_size is {batch_size!r}: give 1 or more")
    pairs = [inputs] if isinstance(inputs, dict) else inputs
    if not isinstance(pairs, Sequence) or isinstance(pairs, (str, bytes)):
        raise UserError(f"{_kind(inputs)} is no pair: give dict(img_a=..., img_b=...), or a list of these")
    for pair in pairs:
        if not isinstance(pair, dict):
            raise UserError(f"{_kind(pair)} is no pair: give dict(img_a=..., img_b=...)")
        missing = [name for name in ("img_a", "img_b") if name not in pair]
        if missing:
            raise UserError(
                f"a pair lacks {' and '.join(missing)} (it has {', '.join(map(str, pair)) or 'nothing'}): give "
                "dict(img_a=..., img_b=...)"
            )
    return list(pairs)


def _kind(value: object) -> str:
    return "None" if value is None else f"a value of type {type(value).__name__}"


# Neither library is imported for this: who hands over its images has imported it.
def _is_pil(image: object) -> bool:
    module = sys.modules.get("PIL.Image")
    # Another thread may be importing it just now.
    return module is not None and isinstance(image, getattr(module, "Image", ()))


def _is_tensor(image: object) -> bool:
    module = sys.modules.get("torch")
    return module is not None and isinstance(image, getattr(module, "Tensor", ()))


def _of_pil(image: "Image.Image") -> np.ndarray:
    try:
        return pixels_of_pil(image)
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        # Pixels are read when they are wanted, from a file that may be cut off or closed.
        name = getattr(image, "filename", "") or "a PIL image"
        raise ImageReadError(f"{name} cannot be decoded ({error}): replace the file") from error


def _of_tensor(image: "torch.Tensor") -> np.ndarray:
    try:
        image = image.detach().cpu()
        # NumPy has no bfloat16, and half precision does not resolve 8 bits.
        pixels = (image.float() if image.is_floating_point() else image).numpy()
    except (RuntimeError, TypeError, NotImplementedError) as error:  # without data, sparse, quantised
        raise ImageReadError(
            f"a tensor of {image.dtype} cannot be used ({reason_of(error, 120)}): give a plain one"
        ) from error
    if pixels.ndim == 3 and pixels.shape[0] <= 4:
        pixels = pixels.transpose(1, 2, 0)
    return pixels
