"""Loading of both sources as one image, for pipelines that know one image."""

from pathlib import Path

import numpy as np

from ...registry import TRANSFORMS
from ...images.pixels import to_uint8
from ...user_errors import UserError
from .pair_transform import PairTransform, pair_reader


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
