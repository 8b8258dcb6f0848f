"""Crops and sizes of pairs."""

import logging
from dataclasses import fields

import cv2
import numpy as np
from mmcv.transforms import BaseTransform
from mmengine.logging import print_log

from ...images.source_options import SourceOptions
from ...registration.pair_reader import PairReader
from ...registry import TRANSFORMS
from ...user_errors import UserError

#: Pairs of a data set that each process looks at closely.
_FIRST_PAIRS = 4


class PairTransform(BaseTransform):
    """A transform that keeps its arguments under their names, and shows them as its `repr`."""

    def __repr__(self) -> str:
        shown = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        arguments = ", ".join(f"{name}={value!r}" for name, value in shown.items())
        return f"{type(self).__name__}({arguments})"


def sample_generator() -> np.random.Generator:
    """A generator for one sample: one draw of NumPy's global one, which the data set seeds, carries all others."""
    return np.random.default_rng(np.random.randint(0, 2**32, dtype=np.uint32))


def pair_reader(sources: dict | SourceOptions | None, who: str) -> PairReader:
    """The reader of a transform; what it notes goes to the log, once of each kind.

    Args:
        sources (dict | SourceOptions, optional): Options, or their fields.
        who (str): Whose they are, for messages.

    Raises:
        UserError: If there is no such option, or it has no such value.
    """
    if sources is None or isinstance(sources, dict):
        known = [field.name for field in fields(SourceOptions)]
        unknown = [name for name in sources or () if name not in known]
        if unknown:
            raise UserError(f"{who}: sources has no option '{unknown[0]}': take {', '.join(known)}")
        sources = SourceOptions(**(sources or {}))
    return PairReader(sources, _announce, looked_at=_FIRST_PAIRS, in_python=True)


def _announce(note: str) -> None:
    print_log(f"{note} (said once of each kind)", logger="current", level=logging.WARNING)


@TRANSFORMS.register_module()
class RandomPairCrop(PairTransform):
    """Crop images alike at a random place.

    Args:
        crop_size (tuple[int, int]): Height and width.
        keys (tuple[str, ...]): What is cropped alike. Default: ('img_a', 'img_b').

    Raises:
        UserError: If an image is smaller than the crop.
    """

    def __init__(self, crop_size: tuple[int, int], keys: tuple[str, ...] = ("img_a", "img_b")) -> None:
        self.crop_size = tuple(crop_size)
        self.keys = tuple(keys)

    def transform(self, results: dict) -> dict:
        """Crop the images of `results`, (H, W, C) each."""
        height, width = results[self.keys[0]].shape[:2]
        crop_height, crop_width = self.crop_size
        if height < crop_height or width < crop_width:
            raise UserError(
                f"{results.get('img_a_path', 'an image')} is {width}x{height}, smaller than the training crop of "
                f"{crop_width}x{crop_height}: use a smaller crop_size, or leave the pair out"
            )
        left = np.random.randint(0, width - crop_width + 1)
        top = np.random.randint(0, height - crop_height + 1)
        for key in self.keys:
            results[key] = results[key][top : top + crop_height, left : left + crop_width]
        return results


@TRANSFORMS.register_module()
class RandomPairResize(PairTransform):
    """Resize both sources alike, since sharpness and noise at a pixel's scale differ from camera to camera.

    Required and modified keys: `img_a`, `img_b` (H, W, C), float32 in [0, 255].

    Args:
        scale (tuple[float, float]): Range of the factor, drawn evenly in its logarithm.
        min_size (tuple[int, int]): Height and width that are kept, that of the crop to come: a smaller factor is
            raised as far as needed. Default: (1, 1).
        keys (tuple[str, ...]): What is resized alike. Default: ('img_a', 'img_b').

    Raises:
        UserError: If the range is not positive and ascending.
    """

    def __init__(
        self,
        scale: tuple[float, float],
        min_size: tuple[int, int] = (1, 1),
        keys: tuple[str, ...] = ("img_a", "img_b"),
    ) -> None:
        if not 0 < scale[0] <= scale[1]:
            raise UserError(f"RandomPairResize: scale is {scale}, wanted a range above 0")
        self.scale = tuple(scale)
        self.min_size = tuple(min_size)
        self.keys = tuple(keys)

    def transform(self, results: dict) -> dict:
        """Resize one pair."""
        height, width = results["img_a"].shape[:2]
        factor = np.exp(np.random.uniform(*np.log(self.scale)))
        factor = max(factor, self.min_size[0] / height, self.min_size[1] / width)
        size = (max(round(width * factor), self.min_size[1]), max(round(height * factor), self.min_size[0]))
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        for key in self.keys:
            channels = results[key].shape[2]
            resized = cv2.resize(results[key], size, interpolation=method).reshape(size[1], size[0], channels)
            results[key] = np.rint(np.clip(resized, 0, 255)).astype(np.float32)
        return results
