"""Transforms of colours, which leave the infrared image alone."""

import numpy as np
from mmcv.transforms import BaseTransform

from ...registry import TRANSFORMS
from ...user_errors import UserError


@TRANSFORMS.register_module()
class VisibleOnly(BaseTransform):
    """Apply a transform that knows three channels, e.g. of brightness and hue, to the visible part of an image.

    Required and modified keys: `img` (H, W, 4) of :class:`LoadPairedImage`.

    Args:
        transform (dict): Config of the transform, e.g. `dict(type='mmdet.PhotoMetricDistortion')`. It must leave the
            size as it is.

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
