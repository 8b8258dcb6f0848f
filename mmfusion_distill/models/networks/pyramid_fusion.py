"""The fusion without training, as a network."""

from torch import Tensor

from ...registry import MODELS
from ..ops.color import recolor, rgb_to_gray
from ..ops.laplacian_bands import laplacian_fusion
from .fusion_network import FusionNetwork


@MODELS.register_module()
class PyramidFusion(FusionNetwork):
    """Fuse luminance by the stronger Laplacian band and keep A's chroma; nothing in it is trained.

    What a trained network in the same place is compared with; see :func:`laplacian_fusion`.

    Args:
        num_bands (int): Bands above the base. Default: 6.
    """

    def __init__(self, num_bands: int = 6) -> None:
        super().__init__()
        self.num_bands = num_bands

    def forward(self, img_a: Tensor, img_b: Tensor, text_emb: Tensor | None = None) -> Tensor:
        """Fuse two sources.

        Args:
            img_a (Tensor): Source A, (N, 3, H, W) in [0, 1], RGB.
            img_b (Tensor): Source B, (N, 1, H, W) in [0, 1].
            text_emb (Tensor, optional): Not heeded. Default: None.

        Returns:
            Tensor: (N, 3, H, W), not clamped.
        """
        luminance = rgb_to_gray(img_a)
        return recolor(img_a, luminance, laplacian_fusion(luminance, img_b, self.num_bands))
