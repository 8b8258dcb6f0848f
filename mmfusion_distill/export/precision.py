"""ONNX files of lower precision."""

import logging
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

PRECISIONS = ("fp32", "fp16", "int8")

#: Sources (1, 3, H, W) and (1, 1, H, W) in [0, 1], height and width multiples of what the network wants.
SourcePair = tuple[np.ndarray, np.ndarray]


def to_constants(path: Path) -> None:
    """Compute what depends on nothing but the shapes of a graph of fixed shapes, and write it as constants."""
    folded = Path(_with_constants_folded(path, path))
    folded.replace(path)


def folded(model: Any) -> Any:
    """A model with what depends on nothing computed: a runtime opens it in half the time.

    Returns:
        onnx.ModelProto: Another one.
    """
    import onnx

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        onnx.save(model, path)
        model = onnx.load(_with_constants_folded(path, path))
    # ONNX Runtime names all operators that it knows.
    used = {node.domain for node in model.graph.node}
    kept = [entry for entry in model.opset_import if entry.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    return model


def to_half_precision(source: Path, target: Path) -> None:
    """Store weights and compute maps in half precision; sources and result stay in single precision.

    Sums over all pixels overflow: the channel attention stays in single precision but for its convolutions, and so do
    means. The head of bands and what lies around the network stay too: their precision is the image's.
    """
    import onnx
    from onnxruntime.transformers.float16 import convert_float_to_float16
    from onnxruntime.transformers.onnx_model import OnnxModel

    model = onnx.load(_with_constants_folded(source, target))
    kept = [node.name for node in model.graph.node if _wants_single_precision(node)]
    half = OnnxModel(convert_float_to_float16(model, keep_io_types=True, node_block_list=kept))
    _keep_single_between_single(half)
    # The casts of the sources were appended at the end.
    half.topological_sort()
    onnx.save(half.model, target)


def _wants_single_precision(node: Any) -> bool:
    if node.op_type in ("ReduceMean", "ReduceSum", "GlobalAveragePool"):
        return True
    if "channel_attn" in node.name:
        return node.op_type != "Conv"
    return not _in_u_net(node.name)


def _in_u_net(name: str) -> bool:
    """Whether a node is part of the U-net, its refinement included, and not of the bands or around the network."""
    parts = "encoder_[ab]|neck|decoder_levels|ups|reduces|guidance|prior|refinement|output"
    return re.search(rf"/({parts})\b", name) is not None


def _keep_single_between_single(half: Any) -> None:
    """Remove the casts to half and back between two nodes of single precision, in which sums overflow."""
    to_half = {
        node.output[0]: node.input[0]
        for node in half.model.graph.node
        if node.op_type == "Cast" and node.name.endswith("_cast_to_fp16_node")
    }
    for node in half.model.graph.node:
        if node.op_type == "Cast" and node.name.endswith("_cast_to_fp32_node") and node.input[0] in to_half:
            half.replace_input_of_all_nodes(node.output[0], to_half[node.input[0]])
    half.prune_graph()


def to_int8(source: Path, target: Path, calibration: Iterable[SourcePair]) -> None:
    """Static quantization to 8 bits (ONNX Runtime, QDQ form, weights by channel, ranges from the pairs).

    What costs quality stays in single precision: the first and the last convolution, the head of bands, all products
    of two maps, and the products with weights in the upper half of the levels, which hold few weights.
    """
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.calibrate import CalibrationDataReader

    class Reader(CalibrationDataReader):
        def __init__(self) -> None:
            self.pairs = iter(calibration)

        def get_next(self) -> dict[str, np.ndarray] | None:
            pair = next(self.pairs, None)
            if pair is None:
                return None
            arrays = dict(zip(("img_a", "img_b"), pair))
            if "text_emb" in lengths:
                arrays["text_emb"] = np.zeros((len(pair[0]), lengths["text_emb"]), np.float32)
            return arrays

    folded = _with_constants_folded(source, target)
    graph = onnx.load(folded).graph
    names = [node.name for node in graph.node if node.op_type in ("Conv", "MatMul")]
    lengths = {entry.name: entry.type.tensor_type.shape.dim[1].dim_value for entry in graph.input}
    # It recommends a preprocessing that fails on windows of unknown number, and is done above as far as it matters.
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        quantize_static(
            folded,
            target,
            Reader(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv", "MatMul"],
            nodes_to_exclude=list(_sensitive(names)),
            extra_options=dict(MatMulConstBOnly=True),
        )
    finally:
        root.setLevel(level)


def _with_constants_folded(source: Path, target: Path) -> str:
    """Weights as constants: exported, they are still turned and reshaped at run time."""
    import onnxruntime

    folded = target.with_suffix(".folded")
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(folded)
    # It warns of inputs that may be left out.
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
    return str(folded)


def _sensitive(names: list[str]) -> Iterator[str]:
    """Convolutions and products that are not quantized."""
    levels = {name: _level(name) for name in names}
    half = (max(level for level in levels.values() if level is not None) + 1) / 2
    for name, level in levels.items():
        fine_product = "MatMul" in name and "exchange" not in name and (level is None or level < half)
        first_or_last = "/stem/" in name or name.endswith(("patch_embed/Conv", "/output/Conv"))
        if fine_product or first_or_last or not _in_u_net(name):
            yield name


def _level(name: str) -> int | None:
    """Level of a node, 0 the finest; None outside of the levels."""
    found = re.search(r"(?:levels|merges)\.(\d+)/", name)
    return None if found is None else int(found[1])


def set_metadata(path: Path, metadata: dict[str, Any]) -> None:
    """Replace the metadata of an ONNX file, and drop sizes of intermediate maps, which are those of the example."""
    import onnx

    model = onnx.load(path)
    onnx.helper.set_model_props(model, metadata)
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, path)
