"""Convolutions that are joined in an exported graph compute what they computed apart."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mmfusion_distill.export.joined_convolutions import fit_to_blocks, join_convolutions

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


class TwoLevels(nn.Module):
    """Stems of two sources, their halvings, a merge, a way up with a skip: as in the fast networks."""

    def __init__(self, stem_reader: nn.Module | None = None) -> None:
        super().__init__()
        self.stems = nn.ModuleList(nn.Conv2d(1, 3, 6, stride=2, padding=2) for _ in range(2))
        self.downs = nn.ModuleList(nn.Conv2d(3, 5, 2, stride=2) for _ in range(2))
        self.merge = nn.Conv2d(6, 4, 3, padding=1)
        self.up = nn.ConvTranspose2d(10, 4, 2, stride=2)
        self.reduce = nn.Conv2d(8, 4, 1, bias=False)
        self.between = nn.Identity() if stem_reader is None else stem_reader

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        maps = [self.between(stem(x)) for stem, x in zip(self.stems, (a, b))]
        deep = torch.cat([torch.relu(down(x)) for down, x in zip(self.downs, maps)], dim=1)
        skip = self.merge(torch.cat(maps, dim=1))
        return self.reduce(torch.cat([self.up(deep), skip], dim=1))


def exported(module: nn.Module, path) -> Any:
    torch.manual_seed(0)
    axes = {name: {2: "height", 3: "width"} for name in ("a", "b", "fused")}
    example = torch.rand(1, 1, 16, 24), torch.rand(1, 1, 16, 24)
    names = dict(input_names=["a", "b"], output_names=["fused"], dynamic_axes=axes)
    torch.onnx.export(module.eval(), example, str(path), dynamo=False, opset_version=17, **names)
    return onnx.load(path)


def run(model: Any, height: int, width: int) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    return session.run(None, {name: rng.random((1, 1, height, width), np.float32) for name in "ab"})[0]


def kinds(model: Any) -> list[str]:
    return sorted(node.op_type for node in model.graph.node)


@pytest.mark.parametrize(
    ("between", "apart", "joined"),
    [
        # Stems, halvings, merge, reduction; and the concatenation of the sources instead of three of maps.
        (None, 6, 4),
        # What changes the maps between two convolutions keeps them apart, but for the reduction.
        (nn.ReLU(), 6, 5),
    ],
)
def test_joined_convolutions_give_the_same(between, apart, joined, tmp_path):
    model = exported(TwoLevels(between), tmp_path / "network.onnx")
    sizes = [(16, 24), (64, 4), (20, 12)]
    expected = [run(model, *size) for size in sizes]
    assert kinds(model).count("Conv") == apart
    model = join_convolutions(model)
    onnx.checker.check_model(model, full_check=True)
    assert kinds(model).count("Conv") == joined
    for size, result in zip(sizes, expected):
        np.testing.assert_allclose(run(model, *size), result, rtol=0, atol=1e-6)


def test_what_is_read_elsewhere_stays(tmp_path):
    class Both(TwoLevels):
        def forward(self, a: Tensor, b: Tensor) -> Tensor:
            maps = [stem(x) for stem, x in zip(self.stems, (a, b))]
            skip = self.merge(torch.cat(maps, dim=1))
            up = self.up(torch.cat([down(x) for down, x in zip(self.downs, maps)], dim=1))
            # The stem's map, the skip and the map from below are part of the result too.
            return torch.cat([self.reduce(torch.cat([up, skip], dim=1)) + skip + up, maps[0]], dim=1)

    model = exported(Both(), tmp_path / "network.onnx")
    before, expected = kinds(model), run(model, 16, 24)
    model = join_convolutions(model)
    assert kinds(model) == before
    np.testing.assert_array_equal(run(model, 16, 24), expected)


def test_convolutions_of_one_channel_and_of_two_maps_of_whole_blocks_give_the_same(tmp_path):
    class Blocks(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.blur, self.spread = nn.Conv2d(1, 1, (5, 1), (2, 1), (2, 0)), nn.Conv2d(1, 4, 3, padding=1)
            self.stems = nn.ModuleList(nn.Conv2d(4, 16, 3, padding=1) for _ in range(2))
            self.merge = nn.Conv2d(32, 16, 3, padding=1)

        def forward(self, a: Tensor, b: Tensor) -> Tensor:
            maps = [stem(self.spread(self.blur(x))) for stem, x in zip(self.stems, (a, b))]
            return self.merge(torch.cat(maps, dim=1))

    model = exported(Blocks(), tmp_path / "network.onnx")
    expected = run(model, 16, 24)
    model = fit_to_blocks(model)
    onnx.checker.check_model(model, full_check=True)
    # Of each source a blur and a spread are deep; the merge is two convolutions and their sum.
    assert kinds(model).count("Unsqueeze") == 4 and "Concat" not in kinds(model)
    np.testing.assert_allclose(run(model, 16, 24), expected, rtol=0, atol=1e-6)
