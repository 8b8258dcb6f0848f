"""An exported network instead of a PyTorch one."""

from pathlib import Path

import torch
from torch import Tensor, nn

from ..models.networks import FusionNetwork
from ..models.parts import FeatureWiseAffine
from ..registry import MODELS
from .exported_fusion import ExportedFusion


@MODELS.register_module()
class ExportedNetwork(FusionNetwork):
    """A file of `mmfusion export` as the `generator` of an ImageFusor, for testing.

    Args:
        path (str | Path): `.onnx`, `.xml`, or TorchScript (`.pt`).
        device (str, optional): What the runtime computes on, as for
            :class:`~mmfusion_distill.inference.exported_fusion.ExportedFusion`. Default: None.
        mode (str): 'auto', 'whole' or 'tile', likewise. Default: 'auto'.
        max_memory (float, optional): GiB that an image or a tile may take, likewise. Default: None.
        init_cfg (dict, optional): As in mmengine. Default: None.

    Raises:
        MissingFileError: If the file does not exist.
        MissingPackageError: If its runtime is not installed.
        UserError: If the file is none of ours, or the runtime has no such device.
    """

    def __init__(
        self,
        path: str | Path,
        device: str | None = None,
        mode: str = "auto",
        max_memory: float | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        self.exported = ExportedFusion(path, device=device, mode=mode, max_memory=max_memory)
        self.multiple = self.exported.multiple
        length = self.exported.text_channels
        # Zeros stand for no text: the graph itself knows the learned embedding.
        self._reader = None if length is None else FeatureWiseAffine(length, (), null_embedding=True)

    @property
    def pixel_bytes(self) -> int:
        """Memory that the runtime takes per pixel."""
        return self.exported.pixel_bytes

    @property
    def text_reader(self) -> nn.Module | None:
        """What checks text embeddings; None: the file takes no text."""
        return self._reader

    def forward(self, img_a: Tensor, img_b: Tensor, text_emb: Tensor | None = None) -> Tensor:
        """Fuse (N, 1 or 3, H, W) and (N, 1, H, W) in [0, 1] to (N, 3, H, W); a file that takes no text ignores it."""
        tensors = [img_a, img_b]
        if self.text_reader is not None and text_emb is not None:
            tensors.append(text_emb)
        fused = self.exported(*(tensor.detach().float().cpu().numpy() for tensor in tensors))
        return torch.from_numpy(fused).to(img_a)
