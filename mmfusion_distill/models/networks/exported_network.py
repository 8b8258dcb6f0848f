"""An exported network in the place of a PyTorch one."""

from pathlib import Path

import torch
from mmagic.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor


@MODELS.register_module()
class ExportedNetwork(BaseModule):
    """A file of `tools/deployment/export.py` as the `generator` of an ImageFusor, for testing.

    Args:
        path (str | Path): `.onnx` or `.xml`.
        device (str, optional): What the runtime computes on, as for
            :class:`~mmfusion_distill.deployment.ExportedFusion`. Default: None.
        init_cfg (dict, optional): As in mmengine. Default: None.

    Raises:
        FileNotFoundError: If the file does not exist.
        ImportError: If its runtime is not installed.
        ValueError: If the file is none of ours, or the runtime has no such device.
    """

    #: Memory of inference per pixel, estimated: windows of the whole image are kept.
    pixel_bytes = 2048

    def __init__(self, path: str | Path, device: str | None = None, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        from ...deployment import ExportedFusion

        self.exported = ExportedFusion(path, device=device)
        self.multiple = self.exported.multiple

    def forward(self, img_a: Tensor, img_b: Tensor, text_emb: Tensor | None = None) -> Tensor:
        """Fuse (N, 1 or 3, H, W) and (N, 1, H, W) in [0, 1] to (N, 3, H, W); text is ignored."""
        fused = self.exported(img_a.float().cpu().numpy(), img_b.float().cpu().numpy())
        return torch.from_numpy(fused).to(img_a)
