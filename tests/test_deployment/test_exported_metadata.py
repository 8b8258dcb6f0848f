"""Exported files that are not as ours are refused before a picture is fused."""

import numpy as np
import pytest

from mmfusion_distill.deployment import ExportedInferencer

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")


@pytest.fixture
def written(tmp_path):
    """A function that writes a model whose output is its first input, scaled."""

    def write(img_a=(3,), img_b=(1,), out=(3,), metadata=None, source="img_a"):
        shapes = [shape if len(shape) != 1 else ["n", shape[0], "h", "w"] for shape in (img_a, img_b, out)]
        names = ("img_a", "img_b", "fused")
        entries = [
            onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
            for name, shape in zip(names, shapes)
        ]
        node = onnx.helper.make_node("Identity", [source], ["fused"])
        graph = onnx.helper.make_graph([node], "graph", entries[:2], entries[2:])
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
        onnx.helper.set_model_props(model, metadata or {})
        onnx.save(model, tmp_path / "network.onnx")
        return tmp_path / "network.onnx"

    return write


def test_the_smallest_file_is_taken(written):
    fused = ExportedInferencer(written(metadata=dict(multiple="8"))).fuse(
        np.full((5, 7, 3), 100, np.uint8), np.zeros((5, 7), np.uint8)
    )
    assert fused.shape == (5, 7, 3) and (fused == 100).all()


@pytest.mark.parametrize("multiple", ["0", "-8", "1000000", "9" * 400, "many", "", "8.0", "\u0664"])
def test_a_multiple_that_is_none_is_refused(written, multiple):
    with pytest.raises(ValueError, match="network.onnx says .* between 1 and 1024"):
        ExportedInferencer(written(metadata=dict(multiple=multiple)))


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (dict(img_a=(1,), out=(1,)), "img_a is of shape \\? x 1 x \\? x \\? instead of N x 3"),
        (dict(img_b=(3,)), "img_b is of shape \\? x 3 x \\? x \\? instead of N x 1"),
        (dict(out=(1,), source="img_b"), "output is of shape \\? x 1 x \\? x \\? instead of N x 3"),
        (dict(img_b=("n", "h", "w")), "img_b is of shape \\? x \\? x \\? instead"),
        (dict(img_b=(4, 1, "h", "w")), "takes img_b of shape 4 x 1 x \\? x \\? only"),
        (dict(img_a=("n", 3, 64, 64), out=("n", 3, 64, 64)), "takes img_a of shape \\? x 3 x 64 x 64 only"),
    ],
)
def test_another_interface_is_refused(written, shapes, message):
    with pytest.raises(ValueError, match=f"network.onnx.*{message}"):
        ExportedInferencer(written(**shapes))
