"""The fusion network of teacher and student."""

from collections.abc import Sequence

import torch
from mmagic.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from ..blocks import Upsample, XRestormerBlock
from .padding import reflect_pad_to_multiple


@MODELS.register_module()
class XRestormerFusionNet(BaseModule):
    """U-shaped fusion network: an encoder per source, a neck, a decoder that text may guide.

    The teacher is this network with `guidance=dict(...)`, the student with `guidance=None`.
    From "Distilling Textual Priors from LLM to Efficient Image Fusion" (arXiv 2504.07029).

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
        encoder (dict, optional): Config of the encoders; widths and block arguments are filled in.
            Default: :class:`XRestormerEncoder`.
        neck (dict, optional): Config of the neck; `channels` is filled in, and for the default neck also the
            window and the heads that follow the network. Default: :class:`SpatialChannelCrossFusion`.
        guidance (dict, optional): Config of the guidance; `channels` is filled in. Default: None.
        in_channels_a (int): Channels of source A, 1 or 3. Default: 3.
        in_channels_b (int): Channels of source B. Default: 1.
        out_channels (int): Channels of the result, 1 or 3. Default: 3.
        init_cfg (dict, optional): As in mmengine. Default: None.

    Raises:
        ValueError: If the per-level arguments differ in length.
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
        encoder: dict | None = None,
        neck: dict | None = None,
        guidance: dict | None = None,
        in_channels_a: int = 3,
        in_channels_b: int = 1,
        out_channels: int = 3,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        if not len(num_blocks) == len(channel_heads) == len(spatial_heads):
            raise ValueError(
                f"num_blocks {num_blocks}, channel_heads {channel_heads} and spatial_heads {spatial_heads} "
                "must have one entry per level each"
            )
        self.in_channels_a = in_channels_a
        self.in_channels_b = in_channels_b
        self.out_channels = out_channels
        self.multiple = window_size * 2 ** (len(num_blocks) - 1)
        widths = [dim * 2**level for level in range(len(num_blocks))]
        window_cfg = dict(window_size=window_size, overlap_ratio=overlap_ratio)
        block_cfg = dict(
            spatial_dim_head=spatial_dim_head, ffn_expansion_factor=ffn_expansion_factor, **window_cfg
        )

        encoder_cfg = dict(
            type="XRestormerEncoder",
            dim=dim,
            num_blocks=num_blocks,
            channel_heads=channel_heads,
            spatial_heads=spatial_heads,
            **block_cfg,
        )
        encoder_cfg.update(encoder or {})
        self.encoder_a = MODELS.build(dict(in_channels=in_channels_a, **encoder_cfg))
        self.encoder_b = MODELS.build(dict(in_channels=in_channels_b, **encoder_cfg))

        neck = dict(neck or dict(type="SpatialChannelCrossFusion"))
        if neck["type"] == "SpatialChannelCrossFusion":
            exchange = dict(exchange_spatial_heads=spatial_heads[-1], exchange_dim_head=spatial_dim_head)
            neck = {**exchange, **window_cfg, **neck}
        self.neck = MODELS.build(dict(channels=widths, **neck))
        # Guidance at level 1 meets the upsampled map before the skip doubles its width.
        self.guidance = MODELS.build(dict(channels=widths, **guidance)) if guidance else None

        # Level 1 keeps both halves: upsampled map and skip.
        decoder_widths = [2 * dim, *widths[1:]]
        self.decoder_levels = nn.ModuleList(
            nn.Sequential(*(XRestormerBlock(width, ch, sp, **block_cfg) for _ in range(blocks)))
            for width, blocks, ch, sp in zip(decoder_widths, num_blocks, channel_heads, spatial_heads)
        )
        self.ups = nn.ModuleList(Upsample(width) for width in widths[1:])
        self.reduces = nn.ModuleList(nn.Conv2d(2 * width, width, 1, bias=False) for width in widths[1:-1])
        self.refinement = nn.Sequential(
            *(
                XRestormerBlock(2 * dim, channel_heads[0], spatial_heads[0], **block_cfg)
                for _ in range(num_refinement_blocks)
            )
        )
        self.output = nn.Conv2d(2 * dim, out_channels, 3, padding=1, bias=False)

    @property
    def feature_channels(self) -> list[int]:
        """Channels of the features that `forward` returns: decoder levels 4, 3, 2, 1."""
        return [self.ups[level - 2].body[0].in_channels for level in range(len(self.ups) + 1, 1, -1)] + [
            self.output.in_channels
        ]

    @property
    def pixel_bytes(self) -> int:
        """Memory that inference takes per pixel, for the choice between whole images and tiles."""
        device = self.output.weight.device.type
        # On the CPU, by stripes, measured (1.2 kB at dim 16); elsewhere all windows of level 1 are attended to at
        # once, which is estimated.
        return (40 if device == "cpu" else 640) * self.output.in_channels

    def forward(
        self,
        img_a: Tensor,
        img_b: Tensor,
        text_emb: Tensor | None = None,
        return_features: bool = False,
    ) -> Tensor | tuple[Tensor, list[Tensor]]:
        """Fuse two sources.

        Args:
            img_a (Tensor): Source A, (N, 1 or 3, H, W) in [0, 1], RGB; any H, W >= 1. A gray source A (one
                channel) gives a gray result.
            img_b (Tensor): Source B, (N, in_channels_b, H, W) in [0, 1].
            text_emb (Tensor, optional): Text embeddings, (N, C_text). A network without guidance ignores it.
            return_features (bool): Whether to return the decoder's maps too. Default: False.

        Returns:
            Tensor | tuple[Tensor, list[Tensor]]: The result (N, out_channels, H, W), not clamped; with
            features also the maps of decoder levels 4, 3, 2, 1 at the padded size.

        Raises:
            ValueError: If the sources do not fit each other or the network, or text is missing.
        """
        self._check_sources(img_a, img_b)
        height, width = img_a.shape[-2:]
        text = None if self.guidance is None else self.guidance.embed(text_emb, img_a.shape[0])
        a = img_a if img_a.shape[1] == self.in_channels_a else img_a.expand(-1, self.in_channels_a, -1, -1)
        features_a = self.encoder_a(reflect_pad_to_multiple(a, self.multiple))
        features_b = self.encoder_b(reflect_pad_to_multiple(img_b, self.multiple))
        features = self._decode(self.neck(features_a, features_b), text)
        residual = self.output(self.refinement(features[-1]))[..., :height, :width]
        fused = self._add_source(residual, img_a)
        return (fused, features) if return_features else fused

    def _decode(self, skips: list[Tensor], text: Tensor | None) -> list[Tensor]:
        x = skips[-1]
        features = []
        for level in range(len(skips), 0, -1):
            if level < len(skips):
                x = self.ups[level - 1](x)
            if text is not None:
                x = self.guidance(x, text, level)
            if level < len(skips):
                x = torch.cat([x, skips[level - 1]], dim=1)
                if level > 1:
                    x = self.reduces[level - 2](x)
            x = self.decoder_levels[level - 1](x)
            features.append(x)
        return features

    def _add_source(self, residual: Tensor, img_a: Tensor) -> Tensor:
        if img_a.shape[1] == 1 and self.in_channels_a == 3:
            # A gray source was shown as three equal channels: its result is their mean.
            residual = residual.mean(dim=1, keepdim=True)
            return (residual + img_a).expand(-1, self.out_channels, -1, -1)
        if img_a.shape[1] > self.out_channels:
            weights = img_a.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
            img_a = (img_a * weights).sum(dim=1, keepdim=True)
        return residual + img_a

    def _check_sources(self, img_a: Tensor, img_b: Tensor) -> None:
        if img_a.dim() != 4 or img_a.shape[1] not in (1, self.in_channels_a):
            raise ValueError(
                f"img_a has shape {tuple(img_a.shape)}, wanted (N, {self.in_channels_a} or 1, H, W)"
            )
        if img_b.dim() != 4 or img_b.shape[1] != self.in_channels_b:
            raise ValueError(f"img_b has shape {tuple(img_b.shape)}, wanted (N, {self.in_channels_b}, H, W)")
        if img_a.shape[0] != img_b.shape[0] or img_a.shape[-2:] != img_b.shape[-2:]:
            raise ValueError(
                f"the sources differ in batch or image size: img_a {tuple(img_a.shape)}, "
                f"img_b {tuple(img_b.shape)}"
            )
