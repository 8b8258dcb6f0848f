"""Images as the metrics see them: luminance in gray levels, with shared intermediate results."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property, wraps
from itertools import count
from typing import Any, TypeAlias, TypeVar, cast

import cv2
import numpy as np

from ...images.pixels import LUMINANCE_WEIGHTS, without_single_channel
from ...user_errors import UserError

Function = TypeVar("Function", bound=Callable[..., Any])

_INTEGER_RANGES = {np.dtype(np.uint8): 255.0, np.dtype(np.uint16): 65535.0}


_ages = count()


class Plane:
    """Values (H, W), float64, and what :func:`once_per_picture` computed of them; constants, do not write to them."""

    values: np.ndarray

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self._begin()

    def _begin(self) -> None:
        #: How many planes there were before.
        self.age = next(_ages)
        #: Results of :func:`once_per_picture`, by function and further arguments.
        self._kept: dict[Hashable, Any] = {}

    def forget(self) -> None:
        """Free what was computed."""
        self._kept.clear()


class GrayImage(Plane):
    """The luminance of an image in gray levels [0, 255], and what metrics share about it.

    Ten metrics on one triple of images need the same histograms, gradients and local moments
    again and again. They ask for them through :func:`once_per_picture`, so each is computed once for
    each image. The object treats its arrays as constants; do not write to them.

    Luminance is ``0.299 R + 0.587 G + 0.114 B``; for 8-bit and 16-bit images it is rounded to
    an integer, as ``cv2.cvtColor`` does it (that is what published evaluators start from).

    Args:
        image: (H, W), (H, W, 1) or (H, W, 3) RGB array; uint8, uint16 or floating point.
        data_range: The value of white. Default None: 255 for uint8 and 65535 for uint16. Float
            images must state it (1.0 or 255.0, say).

    Raises:
        TypeError: If the array has another type.
        UserError: If shape, range or values do not make an image.
    """

    def __init__(self, image: np.ndarray, data_range: float | None = None) -> None:
        image = without_single_channel(np.asarray(image))
        _check_shape(image)
        self.data_range = _resolve_range(image, data_range)
        self._source = np.ascontiguousarray(image)  # OpenCV misreads some strided views
        self._begin()

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self._source.shape[:2]

    @property
    def is_color(self) -> bool:
        """Whether the image came with three channels."""
        return self._source.ndim == 3

    @cached_property
    def values(self) -> np.ndarray:  # type: ignore[override]
        """(H, W) float64 luminance in [0, 255]."""
        return self._to_gray_levels(self._luminance)

    @cached_property
    def color_values(self) -> np.ndarray:
        """(H, W, C) float64 channels in [0, 255]; C = 1 for a gray image, else 3 (RGB)."""
        return self._to_gray_levels(self._source.reshape(*self.shape, -1))

    @cached_property
    def levels(self) -> np.ndarray:
        """(H, W) uint8: the luminance rounded to the 256 levels that histograms count."""
        if self._luminance.dtype == np.uint8 and self.data_range == 255.0:
            return self._luminance
        return np.rint(self.values).astype(np.uint8)

    @cached_property
    def _luminance(self) -> np.ndarray:
        if not self.is_color:
            return self._source
        if self._source.dtype in _INTEGER_RANGES:
            return cv2.cvtColor(self._source, cv2.COLOR_RGB2GRAY)
        return self._source.astype(np.float64) @ np.array(LUMINANCE_WEIGHTS)

    def channel(self, index: int) -> "GrayImage":
        """One colour channel as an image of its own; a gray image is its only channel."""
        if not self.is_color:
            return self
        return GrayImage(self._source[:, :, index], self.data_range)

    def _to_gray_levels(self, array: np.ndarray) -> np.ndarray:
        array = array.astype(np.float64)
        if self.data_range != 255.0:
            array *= 255.0 / self.data_range
        return array


def once_per_picture(function: Function) -> Function:
    """Decorate ``function(plane, *further)``, whose result the image then keeps for whoever asks again."""

    @wraps(function)
    def kept(image: Plane, *further: Hashable) -> Any:
        key = (function, *further)
        if key not in image._kept:
            image._kept[key] = function(image, *further)
        return image._kept[key]

    return cast(Function, kept)


@dataclass(frozen=True)
class FusionTriple:
    """Source A, source B and their fusion, all of one size."""

    img_a: GrayImage
    img_b: GrayImage
    fused: GrayImage


ImageLike: TypeAlias = np.ndarray | GrayImage


def as_gray_image(image: ImageLike) -> GrayImage:
    """Wrap an array; an image that is wrapped already is returned unchanged."""
    return image if isinstance(image, GrayImage) else GrayImage(image)


def _check_shape(image: np.ndarray) -> None:
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
        raise UserError(f"An image is an array (H, W), (H, W, 1) or (H, W, 3); got shape {image.shape}")
    if image.size == 0:
        raise UserError(f"The image is empty: its shape is {image.shape}")


def _resolve_range(image: np.ndarray, data_range: float | None) -> float:
    if image.dtype == np.uint8:
        return 255.0
    if image.dtype in _INTEGER_RANGES:
        data_range = data_range or _INTEGER_RANGES[image.dtype]
        if image.max() > data_range:
            raise UserError(
                f"Values up to {image.max()} of {image.dtype} lie outside the stated range [0, {data_range:g}]"
            )
        return float(data_range)
    if not np.issubdtype(image.dtype, np.floating):
        raise TypeError(f"An image holds uint8, uint16 or float values; got {image.dtype}")
    if data_range is None:
        raise UserError("A float image does not tell its range: pass data_range (1.0 or 255.0, say)")
    if not np.isfinite(image).all():
        raise UserError("The image holds NaN or infinite values")
    low, high = float(image.min()), float(image.max())
    if low < 0 or high > data_range * (1 + 1e-6):
        raise UserError(
            f"Values from {low:.4g} to {high:.4g} lie outside the stated range [0, {data_range:g}]"
        )
    return float(data_range)
