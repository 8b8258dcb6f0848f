"""Reading the images of a pair, and packing what became of it."""

from pathlib import Path

import numpy as np
import torch
from mmagic.structures import DataSample
from mmcv.transforms import BaseTransform

from ...images.pixels import to_uint8
from ...registry import TRANSFORMS
from ...user_errors import UserError
from .geometry import PairTransform, pair_reader


@TRANSFORMS.register_module()
class LoadImagePair(PairTransform):
    """Load both sources of a pair, as every command reads them.

    Unlike MMagic's LoadImageFromFile it keeps 16 bits and names the file that is damaged.

    Required keys: `img_a_path`, `img_b_path`. Added keys: `img_a` (H, W, channels_a), `img_b` (H, W, 1), float32
    in [0, 255], RGB; `ori_img_shape`. Of a data set with targets (`target_a_path`, `target_b_path`) also `target_a`
    and `target_b` alike.

    Args:
        channels_a (int, optional): Channels of source A: 3 repeats gray files, 1 converts colour to luminance,
            None keeps each file's. Default: 3.
        sources (dict, optional): Fields of :class:`SourceOptions`, e.g. `dict(ir_range=(20, 60))`. Default: None.

    Raises:
        ImageReadError: If a file cannot be used, or the sizes differ.
        UserError: If an option is none.
    """

    def __init__(self, channels_a: int | None = 3, sources: dict | None = None) -> None:
        if channels_a not in (None, 1, 3):
            raise UserError(f"channels_a is {channels_a}, wanted 1, 3 or None")
        self.channels_a = channels_a
        self.sources = sources
        self._reader = pair_reader(sources, "LoadImagePair")

    def transform(self, results: dict) -> dict:
        """Load the two images into `results`."""
        for kind in ("img", "target") if "target_a_path" in results else ("img",):
            pair = self._reader.read(results[f"{kind}_a_path"], results[f"{kind}_b_path"], self.channels_a)
            results[f"{kind}_a"], results[f"{kind}_b"] = pair.img_a, pair.img_b
        results["ori_img_shape"] = results["img_a"].shape
        return results


@TRANSFORMS.register_module()
class LoadPairedImage(PairTransform):
    """Load a visible image and the infrared one beside it as one image of four channels: B, G, R, infrared.

    Stands where a pipeline of mmdet, mmseg, mmpretrain or MMagic has `LoadImageFromFile`. Resizing, cropping,
    flipping, rotating and padding then treat both alike; what changes colours of three channels goes into
    :class:`VisibleOnly`. :class:`FusionDataPreprocessor` takes the image apart again.

    Required keys: `img_path` and, if there is such a key, `infrared_path`; otherwise the infrared image has the
    same name in a folder beside. Added keys: `img` (H, W, 4) in [0, 255], `img_shape`, `ori_shape`.

    Args:
        folders (tuple[str, str]): Folder of the visible images and of the infrared ones beside it: the last folder
            of `img_path` with the first name is replaced by the second. Default: ('visible', 'infrared').
        to_float32 (bool): Give float32, which keeps what 16-bit files have beyond 8 bits, instead of uint8.
            Default: False.
        sources (dict, optional): Fields of :class:`SourceOptions`, e.g. `dict(ir_range=(20, 60))`. Default: None.

    Raises:
        ImageReadError: If a file is missing or cannot be used, or the sizes differ.
        UserError: If no folder of a path has the first name.
    """

    def __init__(
        self,
        folders: tuple[str, str] = ("visible", "infrared"),
        to_float32: bool = False,
        sources: dict | None = None,
    ) -> None:
        if len(folders) != 2 or isinstance(folders, str):
            raise UserError(
                f"LoadPairedImage: folders are {folders!r}, wanted two, e.g. ('visible', 'infrared')"
            )
        self.folders = tuple(folders)
        self.to_float32 = to_float32
        self.sources = sources
        self._reader = pair_reader(sources, "LoadPairedImage")

    def transform(self, results: dict) -> dict:
        """Load the two images into `results`."""
        path = results["img_path"]
        infrared_path = results.get("infrared_path") or self.infrared_path(path)
        visible, infrared, _ = self._reader.read(path, infrared_path, 3)
        img = np.concatenate([visible[:, :, ::-1], infrared], axis=2)
        if not self.to_float32:
            img = to_uint8(img)
        results["img"] = np.ascontiguousarray(img)
        results["img_shape"] = results["ori_shape"] = img.shape[:2]
        return results

    def infrared_path(self, path: str) -> str:
        """The infrared image beside a visible one."""
        parts = Path(path).parts
        visible, infrared = self.folders
        if visible not in parts[:-1]:
            raise UserError(
                f"LoadPairedImage: {path} is in no folder '{visible}': set folders=(<folder of the visible ones>, "
                "<folder of the infrared ones>)"
            )
        place = len(parts) - 2 - parts[:-1][::-1].index(visible)
        return str(Path(*parts[:place], infrared, *parts[place + 1 :]))


@TRANSFORMS.register_module()
class VisibleOnly(BaseTransform):
    """Apply a transform that knows three channels, e.g. of brightness and hue, to the visible part of an image.

    Required and modified keys: `img` (H, W, 4) of :class:`LoadPairedImage`.

    Args:
        transform (dict): Config of the transform, e.g. `dict(type='mmdet.PhotoMetricDistortion')`. It must leave the
            size unchanged.

    Raises:
        UserError: If it does not.
    """

    def __init__(self, transform: dict) -> None:
        self.inner = TRANSFORMS.build(transform)

    def transform(self, results: dict) -> dict:
        """Transform the first three channels."""
        visible, infrared = results["img"][:, :, :3], results["img"][:, :, 3:]
        results = self.inner(dict(results, img=np.ascontiguousarray(visible)))
        changed = results["img"]
        if changed.shape != visible.shape:
            raise UserError(
                f"VisibleOnly: {type(self.inner).__name__} made {changed.shape} of {visible.shape}, and the infrared "
                "image would not fit any more: put it outside of VisibleOnly"
            )
        results["img"] = np.concatenate([changed, infrared.astype(changed.dtype)], axis=2)
        return results

    def __repr__(self) -> str:
        return f"{type(self).__name__}(transform={self.inner})"


META_KEYS = (
    *("key", "vis_name", "img_a_path", "img_b_path"),
    *("annotation", "target_annotation", "named_annotation", "obeyed_annotation", "drop_text"),
)
IMAGE_KEYS = ("img_a", "img_b", "target_a", "target_b")


@TRANSFORMS.register_module()
class PackPair(BaseTransform):
    """Put the images of a pair into tensors, and facts about them into MMagic's data sample.

    Args:
        meta_keys (tuple[str, ...]): Facts that go into the data sample; those that a sample lacks become None.
            Default: `META_KEYS`.
    """

    def __init__(self, meta_keys: tuple[str, ...] = META_KEYS) -> None:
        self.meta_keys = tuple(meta_keys)

    def transform(self, results: dict) -> dict:
        """Pack one pair.

        Returns:
            dict: `inputs`, a dict of tensors `img_a` (1 or 3, H, W) and `img_b` (1, H, W) in [0, 255] and, of
            a pair that went through `RandomDegradation`, `target_a` and `target_b` alike; and `data_samples`, which
            also names the order of their channels, as MMagic's preprocessors ask for it.
        """
        images = {key: results.get(key) for key in IMAGE_KEYS}
        metainfo = {key: results.get(key) for key in self.meta_keys}
        for key, image in images.items():
            order = None if image is None else "RGB" if image.shape[2] == 3 else "single"
            metainfo[f"{key}_channel_order"] = order
        return dict(
            inputs={key: _tensor(image) for key, image in images.items() if image is not None},
            data_samples=DataSample(metainfo=metainfo),
        )


def _tensor(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
