"""What the models ask of a network, and the fusion without training as one."""

from mmengine.model import BaseModule
from torch import Tensor, nn

from ...registry import MODELS
from ...user_errors import UserError
from ..ops.color import recolor, rgb_to_gray
from ..ops.laplacian_bands import laplacian_fusion


def check_sources(img_a: Tensor, img_b: Tensor, channels_a: int, channels_b: int) -> None:
    """Check a batch of both sources.

    Args:
        img_a (Tensor): Source A, (N, 1 or channels_a, H, W).
        img_b (Tensor): Source B, (N, channels_b, H, W).
        channels_a (int): Channels that the network takes of A.
        channels_b (int): Channels that it takes of B.

    Raises:
        UserError: If they have other shapes, or differ in batch or image size.
    """
    if img_a.dim() != 4 or img_a.shape[1] not in (1, channels_a):
        raise UserError(f"img_a has shape {tuple(img_a.shape)}, wanted (N, {channels_a} or 1, H, W)")
    if img_b.dim() != 4 or img_b.shape[1] != channels_b:
        raise UserError(f"img_b has shape {tuple(img_b.shape)}, wanted (N, {channels_b}, H, W)")
    if img_a.shape[0] != img_b.shape[0] or img_a.shape[-2:] != img_b.shape[-2:]:
        raise UserError(
            f"the sources differ in batch or image size: img_a {tuple(img_a.shape)}, img_b {tuple(img_b.shape)}"
        )


class FusionNetwork(BaseModule):
    """The base of all networks: called with A, B and a text embedding or None, it gives the fused image.

    The attributes say how it wants to be called; the defaults are cautious guesses.
    """

    #: What it pads heights and widths to: tiles start at multiples of it.
    multiple: int = 64

    @property
    def num_local_levels(self) -> int:
        """How many of its finest levels pass tiles of a large image; 0: tiles are fused by themselves and blended."""
        return 0

    @property
    def pixel_bytes(self) -> int:
        """Memory that inference takes per pixel, for the choice between whole images and tiles."""
        return 8192

    @property
    def text_reader(self) -> nn.Module | None:
        """The part that reads text embeddings; None: the network takes no text."""
        return None


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
