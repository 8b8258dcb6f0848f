"""A straightforward fusion network, to compare with.

Written for being obviously right (unfold, einsum, LayerNorm over a permuted map), with the parameter names of the
published implementation ("Distilling Textual Priors from LLM to Efficient Image Fusion", arXiv 2504.07029), and
with its limits: three-channel source A, height and width multiples of 64.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmfusion_distill.export.model_files import rename_published_key

WINDOW = 8
KEY_WINDOW = 12


class _LayerNormBody(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, tokens: Tensor) -> Tensor:
        mean = tokens.mean(-1, keepdim=True)
        variance = tokens.var(-1, keepdim=True, unbiased=False)
        return (tokens - mean) / torch.sqrt(variance + 1e-5) * self.weight + self.bias


class _LayerNorm(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = _LayerNormBody(channels)

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        tokens = x.reshape(n, c, h * w).permute(0, 2, 1)
        return self.body(tokens).permute(0, 2, 1).reshape(n, c, h, w)


class _ChannelAttention(nn.Module):
    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.temperature = nn.Parameter(torch.ones(heads, 1, 1))
        self.qkv = nn.Conv2d(channels, channels * 3, 1, bias=False)
        self.qkv_dwconv = nn.Conv2d(channels * 3, channels * 3, 3, padding=1, groups=channels * 3, bias=False)
        self.project_out = nn.Conv2d(channels, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        maps = self.qkv_dwconv(self.qkv(x)).chunk(3, dim=1)
        q, k, v = (m.reshape(n, self.heads, c // self.heads, h * w) for m in maps)
        q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
        attention = (torch.einsum("nhcp,nhdp->nhcd", q, k) * self.temperature).softmax(dim=-1)
        out = torch.einsum("nhcd,nhdp->nhcp", attention, v)
        return self.project_out(out.reshape(n, c, h, w))


class _RelativePosition(nn.Module):
    def __init__(self, head_dim: int) -> None:
        super().__init__()
        self.rel_height = nn.Parameter(torch.randn(2 * KEY_WINDOW - 1, head_dim) * head_dim**-0.5)
        self.rel_width = nn.Parameter(torch.randn(2 * KEY_WINDOW - 1, head_dim) * head_dim**-0.5)

    def forward(self, q: Tensor) -> Tensor:
        """(B, WINDOW^2, d) to (B, WINDOW^2, KEY_WINDOW^2)."""
        logits = q.new_zeros(q.shape[0], WINDOW, WINDOW, KEY_WINDOW, KEY_WINDOW)
        q = q.reshape(-1, WINDOW, WINDOW, q.shape[-1])
        for x in range(WINDOW):
            rows = self.rel_height[11 - x : 11 - x + KEY_WINDOW]
            logits[:, x] += torch.einsum("byd,id->byi", q[:, x], rows)[:, :, :, None]
        for y in range(WINDOW):
            columns = self.rel_width[11 - y : 11 - y + KEY_WINDOW]
            logits[:, :, y] += torch.einsum("bxd,jd->bxj", q[:, :, y], columns)[:, :, None, :]
        return logits.reshape(-1, WINDOW**2, KEY_WINDOW**2)


class _SpatialAttention(nn.Module):
    def __init__(self, channels: int, heads: int, head_dim: int) -> None:
        super().__init__()
        self.heads = heads
        self.head_dim = head_dim
        self.qkv = nn.Conv2d(channels, heads * head_dim * 3, 1, bias=False)
        self.rel_pos_emb = _RelativePosition(head_dim)
        self.project_out = nn.Conv2d(heads * head_dim, channels, 1, bias=False)

    def _windows(self, x: Tensor, size: int) -> Tensor:
        """(N, heads * d, H, W) to (N * windows * heads, size^2, d)."""
        n, c = x.shape[:2]
        columns = F.unfold(x, kernel_size=size, stride=WINDOW, padding=(size - WINDOW) // 2)
        columns = columns.reshape(n, self.heads, self.head_dim, size * size, -1)
        return columns.permute(0, 4, 1, 3, 2).reshape(-1, size * size, self.head_dim)

    def forward(self, x: Tensor) -> Tensor:
        n, _, h, w = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=1)
        q, k, v = self._windows(q, WINDOW), self._windows(k, KEY_WINDOW), self._windows(v, KEY_WINDOW)
        q = q * self.head_dim**-0.5
        logits = torch.einsum("bid,bjd->bij", q, k) + self.rel_pos_emb(q)
        out = torch.einsum("bij,bjd->bid", logits.softmax(dim=-1), v)
        out = out.reshape(n, h // WINDOW, w // WINDOW, self.heads, WINDOW, WINDOW, self.head_dim)
        out = out.permute(0, 3, 6, 1, 4, 2, 5).reshape(n, self.heads * self.head_dim, h, w)
        return self.project_out(out)


class _FeedForward(nn.Module):
    def __init__(self, channels: int, factor: float) -> None:
        super().__init__()
        hidden = int(channels * factor)
        self.project_in = nn.Conv2d(channels, hidden * 2, 1, bias=False)
        self.dwconv = nn.Conv2d(hidden * 2, hidden * 2, 3, padding=1, groups=hidden * 2, bias=False)
        self.project_out = nn.Conv2d(hidden, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        gate, value = self.dwconv(self.project_in(x)).chunk(2, dim=1)
        return self.project_out(F.gelu(gate) * value)


class _Block(nn.Module):
    def __init__(self, channels: int, channel_heads: int, spatial_heads: int, factor: float) -> None:
        super().__init__()
        self.norm1, self.norm2, self.norm3, self.norm4 = (_LayerNorm(channels) for _ in range(4))
        self.channel_attn = _ChannelAttention(channels, channel_heads)
        self.channel_ffn = _FeedForward(channels, factor)
        self.spatial_attn = _SpatialAttention(channels, spatial_heads, 16)
        self.spatial_ffn = _FeedForward(channels, factor)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.channel_attn(self.norm1(x))
        x = x + self.channel_ffn(self.norm2(x))
        x = x + self.spatial_attn(self.norm3(x))
        return x + self.spatial_ffn(self.norm4(x))


class _PatchEmbed(nn.Module):
    def __init__(self, in_channels: int, dim: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(in_channels, dim, 3, padding=1, bias=False)


class _Resample(nn.Module):
    def __init__(self, channels: int, out_channels: int, shuffle: nn.Module) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(channels, out_channels, 3, padding=1, bias=False), shuffle)

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)


def _blocks(count: int, *args: Any) -> nn.Sequential:
    return nn.Sequential(*(_Block(*args) for _ in range(count)))


class _Encoder(nn.Module):
    def __init__(
        self,
        in_channels: int,
        dim: int,
        num_blocks: Sequence[int],
        channel_heads: Sequence[int],
        spatial_heads: Sequence[int],
        factor: float,
    ) -> None:
        super().__init__()
        self.patch_embed = _PatchEmbed(in_channels, dim)
        for level in range(1, 5):
            index, width = level - 1, dim * 2 ** (level - 1)
            args = (num_blocks[index], width, channel_heads[index], spatial_heads[index], factor)
            setattr(self, f"encoder_level{level}", _blocks(*args))
            if level < 4:
                setattr(self, f"down{level}_{level + 1}", _Resample(width, width // 2, nn.PixelUnshuffle(2)))

    def forward(self, image: Tensor) -> list[Tensor]:
        level1 = self.encoder_level1(self.patch_embed.proj(image))
        level2 = self.encoder_level2(self.down1_2(level1))
        level3 = self.encoder_level3(self.down2_3(level2))
        return [level1, level2, level3, self.encoder_level4(self.down3_4(level3))]


class _CrossAttention(nn.Module):
    def __init__(self, channels: int, spatial_heads: int) -> None:
        super().__init__()
        self.spatial_attn_A = _SpatialAttention(channels, spatial_heads, 16)
        self.spatial_attn_B = _SpatialAttention(channels, spatial_heads, 16)
        self.channel_attn_A = _ChannelAttention(channels, 8)
        self.channel_attn_B = _ChannelAttention(channels, 8)
        self.fusion_A = nn.Conv2d(channels * 2, channels, 1, bias=False)
        self.fusion_B = nn.Conv2d(channels * 2, channels, 1, bias=False)

    def forward(self, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        out_a = self.fusion_A(torch.cat([self.spatial_attn_A(a), self.channel_attn_B(b)], dim=1))
        out_b = self.fusion_B(torch.cat([self.spatial_attn_B(b), self.channel_attn_A(a)], dim=1))
        return out_a, out_b


class _FeatureFusion(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channel_attn = _ChannelAttention(channels * 2, 8)
        self.spatial_attn = _SpatialAttention(channels * 2, 4, 32)
        self.conv = nn.Conv2d(channels * 2, channels, 3, padding=1)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        x = torch.cat([a, b], dim=1)
        return self.conv(self.channel_attn(x) + self.spatial_attn(x))


class _PromptGuidance(nn.Module):
    def __init__(self, text_channels: int, channels: int) -> None:
        super().__init__()
        self.fc = nn.Sequential(
            nn.Linear(text_channels, channels), nn.ReLU(), nn.Linear(channels, channels * 2)
        )

    def forward(self, x: Tensor, text: Tensor) -> Tensor:
        gamma, beta = self.fc(text).chunk(2, dim=1)
        return gamma[:, :, None, None] * x + beta[:, :, None, None]


class ReferenceNetwork(nn.Module):
    """Teacher with `text_channels`, student without."""

    def __init__(
        self,
        dim: int,
        num_blocks: Sequence[int] = (2, 2, 2, 2),
        num_refinement_blocks: int = 4,
        channel_heads: Sequence[int] = (1, 2, 4, 8),
        spatial_heads: Sequence[int] = (2, 2, 3, 4),
        factor: float = 2.66,
        text_channels: int | None = None,
    ) -> None:
        super().__init__()
        self.encoder_A = _Encoder(3, dim, num_blocks, channel_heads, spatial_heads, factor)
        self.encoder_B = _Encoder(1, dim, num_blocks, channel_heads, spatial_heads, factor)
        self.cross_attention = _CrossAttention(8 * dim, spatial_heads[3])
        for level in range(1, 5):
            index, width = level - 1, dim * 2 ** (level - 1)
            setattr(self, f"feature_fusion_{level}", _FeatureFusion(width))
            if text_channels:
                setattr(self, f"prompt_guidance_{level}", _PromptGuidance(text_channels, width))
            if level > 1:
                setattr(self, f"up{level}_{level - 1}", _Resample(width, width * 2, nn.PixelShuffle(2)))
            if level in {2, 3}:
                setattr(self, f"reduce_chan_level{level}", nn.Conv2d(2 * width, width, 1, bias=False))
            decoder_width = max(width, 2 * dim)
            args = (num_blocks[index], decoder_width, channel_heads[index], spatial_heads[index], factor)
            setattr(self, f"decoder_level{level}", _blocks(*args))
        self.refinement = _blocks(num_refinement_blocks, 2 * dim, channel_heads[0], spatial_heads[0], factor)
        self.output = nn.Conv2d(2 * dim, 3, 3, padding=1, bias=False)
        self.guided = bool(text_channels)

    def forward(
        self, img_a: Tensor, img_b: Tensor, text: Tensor | None = None
    ) -> tuple[Tensor, list[Tensor]]:
        """Fused image (N, 3, H, W) and the maps of decoder levels 4, 3, 2, 1."""
        a1, a2, a3, a4 = self.encoder_A(img_a)
        b1, b2, b3, b4 = self.encoder_B(img_b)
        x4 = self.decoder_level4(self._guide(4, self.feature_fusion_4(*self.cross_attention(a4, b4)), text))
        x3 = torch.cat([self._guide(3, self.up4_3(x4), text), self.feature_fusion_3(a3, b3)], dim=1)
        x3 = self.decoder_level3(self.reduce_chan_level3(x3))
        x2 = torch.cat([self._guide(2, self.up3_2(x3), text), self.feature_fusion_2(a2, b2)], dim=1)
        x2 = self.decoder_level2(self.reduce_chan_level2(x2))
        x1 = torch.cat([self._guide(1, self.up2_1(x2), text), self.feature_fusion_1(a1, b1)], dim=1)
        x1 = self.decoder_level1(x1)
        return self.output(self.refinement(x1)) + img_a, [x4, x3, x2, x1]

    def _guide(self, level: int, x: Tensor, text: Tensor | None) -> Tensor:
        return getattr(self, f"prompt_guidance_{level}")(x, text) if self.guided else x


def to_our_names(state_dict: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state dict of a `ReferenceNetwork` under the names of `XRestormerFusionNet`."""
    return {rename_published_key(name): value for name, value in state_dict.items()}
