"""The published fusion network."""

from collections.abc import Sequence
from typing import Any

from ...registry import MODELS
from ...user_errors import UserError
from .fusion_unet import FusionUNet


@MODELS.register_module()
class XRestormerFusionNet(FusionUNet):
    """The U-shape with the published parts: X-Restormer blocks everywhere, all colours fused, a residual head.

    From "Distilling Textual Priors from LLM to Efficient Image Fusion" (arXiv 2504.07029). It only spells out the
    parts of :class:`FusionUNet` from the published sizes.

    Args:
        dim (int): Channels of level 1; level l has `dim * 2**(l-1)`. Published: teacher 48, student 16.
        num_blocks (Sequence[int]): Blocks per level, in encoders and decoder. Default: (2, 2, 2, 2).
        num_refinement_blocks (int): Blocks behind the decoder. Published: teacher 4, student 2.
        channel_heads (Sequence[int]): Channel-attention heads per level. Default: (1, 2, 4, 8).
        spatial_heads (Sequence[int]): Spatial-attention heads per level; a level with 0 has channel attention only.
            Default: (2, 2, 3, 4).
        spatial_dim_head (int): Channels of a spatial head. Default: 16.
        window_size (int): Side of the query windows. Default: 8.
        overlap_ratio (float): How far key windows extend. Default: 0.5.
        ffn_expansion_factor (float): Published: teacher 2.66, student 2.
        neck (dict, optional): Config of the neck. Default: None, :class:`SpatialChannelCrossFusion` with the window
            and the heads of the network.
        guidance (dict, optional): Config of the guidance. Default: None.
        **kwargs: Further arguments of :class:`FusionUNet`: channels of the images, `init_cfg`.

    Raises:
        UserError: If the per-level arguments differ in length.
    """

    def __init__(
        self,
        dim: int = 48,
        num_blocks: Sequence[int] = (2, 2, 2, 2),
        num_refinement_blocks: int = 4,
        channel_heads: Sequence[int] = (1, 2, 4, 8),
        spatial_heads: Sequence[int] = (2, 2, 3, 4),
        spatial_dim_head: int = 16,
        window_size: int = 8,
        overlap_ratio: float = 0.5,
        ffn_expansion_factor: float = 2.66,
        neck: dict | None = None,
        guidance: dict | None = None,
        **kwargs: Any,
    ) -> None:
        if not len(num_blocks) == len(channel_heads) == len(spatial_heads):
            raise UserError(
                f"num_blocks {num_blocks}, channel_heads {channel_heads} and spatial_heads {spatial_heads} "
                "must have one entry per level each"
            )
        window = dict(window_size=window_size, overlap_ratio=overlap_ratio)
        blocks = [
            dict(
                type="XRestormerBlock",
                channel_heads=channel,
                spatial_heads=spatial,
                spatial_dim_head=spatial_dim_head,
                ffn_expansion_factor=ffn_expansion_factor,
                **window,
            )
            for channel, spatial in zip(channel_heads, spatial_heads)
        ]
        default_neck = dict(
            type="SpatialChannelCrossFusion",
            exchange_spatial_heads=spatial_heads[-1],
            exchange_dim_head=spatial_dim_head,
            **window,
        )
        super().__init__(
            widths=[dim * 2**level for level in range(len(num_blocks))],
            blocks=blocks,
            num_blocks=num_blocks,
            neck=_completed(neck, default_neck),
            guidance=guidance,
            head=dict(
                type="ResidualHead",
                block=blocks[0],
                num_blocks=num_refinement_blocks,
                out_channels=kwargs.get("out_channels", 3),
            ),
            resample="shuffle",
            color="rgb",
            reduce_finest=False,
            **kwargs,
        )


def _completed(neck: dict | None, default: dict) -> dict:
    """The neck of the config, with the network's window and heads if it is of the default's type."""
    if neck is None:
        return default
    return {**default, **neck} if neck.get("type", default["type"]) == default["type"] else neck
