"""The graphs by which large images go through an exported network in tiles that know the whole.

As :func:`~mmfusion_distill.models.tiles.exact_tiles.fuse_in_exact_tiles` does it: down tile by tile to what enters
the deep levels, these once for the whole image, and up tile by tile from what they made of it. The graphs go into the
metadata of the file, so that it stays one.
"""

import base64
import io
import warnings
import zlib
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ..inference.tile_stages import DEEP_A, DEEP_B, OWN_OF_WHOLE, STAGES, TILE_MARGIN, UP_MARGIN
from ..models.networks.fusion_unet import FusionUNet
from ..models.ops.runtime_forms import reflect_pad_to_multiple
from ..models.ops.statistics import NUM_NOISES, NUM_TONES, Measures, PairStatistics, pair_statistics
from ..models.parts.guidance import steered
from ..models.tiles.exact_tiles import deep_maps, levels_in_tiles, local_maps, merged, reach_down, reach_up
from .exported_module import SOURCES, TEXT, text_length, text_or_none
from .joined_convolutions import fit_to_blocks, join_convolutions
from .precision import folded

_STATISTICS = 2 * (NUM_NOISES + NUM_TONES)


class _Stage(nn.Module):
    """A part of a network."""

    def __init__(self, network: FusionUNet) -> None:
        super().__init__()
        self.network = network
        self.local = levels_in_tiles(network)


class _Measure(_Stage):
    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        padded_a, padded_b = (reflect_pad_to_multiple(image, self.network.multiple) for image in (a, b))
        return torch.cat(pair_statistics(padded_a, padded_b, a.shape[-2:]), dim=1)


class _Down(_Stage):
    def forward(self, img_a: Tensor, img_b: Tensor) -> tuple[Tensor, Tensor]:
        a, b = self.network.padded(img_a, img_b)
        last = local_maps(self.network, a, b, self.local)[-1]
        encoders = self.network.encoder_a, self.network.encoder_b
        return tuple(encoder.downs[self.local - 1](x) for encoder, x in zip(encoders, last))


class _Deep(_Stage):
    def forward(
        self,
        deep_a: Tensor,
        deep_b: Tensor,
        statistics: Tensor,
        prior: Tensor,
        text_emb: Tensor | None = None,
    ) -> tuple[Tensor, ...]:
        net = self.network
        maps = [
            deep_maps(encoder, x, self.local)
            for encoder, x in ((net.encoder_a, deep_a), (net.encoder_b, deep_b))
        ]
        skips: list[Tensor | None] = [None] * self.local
        skips += [net.neck.merge(*pair, level) for level, pair in enumerate(zip(*maps), self.local + 1)]
        if net.text_reader is not None:
            text_emb = net.text_reader.embed(text_or_none(net, text_emb), len(text_emb))
        _, own = net.own_prior(Measures(statistics, net.prior.pooled(skips[-1])), text_emb)
        condition = steered(own, prior)
        return condition, own, *net.decode(skips[-1], skips, own, len(skips))


class _Up(_Stage):
    def forward(
        self, img_a: Tensor, img_b: Tensor, statistics: Tensor, prior: Tensor, own: Tensor, *deep: Tensor
    ) -> Tensor:
        net = self.network
        a, b = net.padded(img_a, img_b)
        skips = merged(net, local_maps(net, a, b, self.local))
        features = [*deep, *net.decode(deep[-1], skips, own, self.local)]
        measured = PairStatistics.of_values(statistics)
        fused, toned_a = net.head(features[::-1], a, b, img_a.shape[-2:], prior, measured, own)
        return net.finish(fused, toned_a, img_a)


def tile_stages(network: nn.Module, opset: int) -> dict[str, str]:
    """Graphs for tiles.

    Returns:
        dict[str, str]: ONNX files, packed, by the keys of the metadata that they go into; none if the network has no
        levels that are local, or these look further than tiles do.
    """
    if not getattr(network, "num_local_levels", 0) or network.prior is None:
        return {}
    local = levels_in_tiles(network)
    down = reach_down(network, local)
    if not local or down > TILE_MARGIN or reach_up(network, local) + down > UP_MARGIN:
        return {}
    height, width = 2 * network.multiple, 3 * network.multiple
    sources = torch.rand(1, network.in_channels_a, height, width), torch.rand(1, 1, height, width)
    values = torch.rand(1, _STATISTICS), torch.full((1, network.prior.num_values), torch.nan)
    length = text_length(network)
    text = [] if length is None else [torch.rand(1, length)]
    deepest_first = [f"map_{stride}" for stride in network.strides[local:][::-1]]
    with torch.no_grad():
        deep = _Down(network)(*sources)
        priors_and_maps = _Deep(network)(*deep, *values, *text)
    grays = sources[0][:, :1], sources[1]
    written = {
        "measure": (_Measure, grays, ("a", "b"), ("statistics",)),
        "down": (_Down, sources, SOURCES, (DEEP_A, DEEP_B)),
        "deep": (
            _Deep,
            (*deep, *values, *text),
            (DEEP_A, DEEP_B, "statistics", "prior", *([TEXT] if text else [])),
            ("prior_of_whole", OWN_OF_WHOLE, *deepest_first),
        ),
        "up": (
            _Up,
            (*sources, values[0], *priors_and_maps),
            (*SOURCES, "statistics", "prior", OWN_OF_WHOLE, *deepest_first),
            ("fused",),
        ),
    }
    return {
        STAGES[name]: _packed(stage(network).eval(), example, inputs, outputs, opset)
        for name, (stage, example, inputs, outputs) in written.items()
    }


def _packed(
    stage: nn.Module, example: tuple[Tensor, ...], inputs: Sequence[str], outputs: Sequence[str], opset: int
) -> str:
    buffer = io.BytesIO()
    import onnx

    # What a whole image has one row of is not a map.
    rows = {"statistics", "prior", "prior_of_whole", OWN_OF_WHOLE, TEXT}
    axes = {
        name: {0: f"batch_of_{name}"}
        if name in rows
        else {0: "batch", 2: f"rows_of_{name}", 3: f"columns_of_{name}"}
        for name in (*inputs, *outputs)
    }
    with torch.no_grad(), warnings.catch_warnings():
        # What is traced is compared with the whole image by the tests.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            stage,
            example,
            buffer,
            dynamo=False,
            opset_version=opset,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=axes,
        )
    model = folded(fit_to_blocks(join_convolutions(onnx.load_from_string(buffer.getvalue()))))
    return base64.b64encode(zlib.compress(model.SerializeToString(), 9)).decode()
