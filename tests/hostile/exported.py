"""Exported networks that are not as `mmfusion export` writes them, for ONNX Runtime and for OpenVINO."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from hostile.weights import Case

Sizes = Sequence[int | None]

#: What our export writes; None is any size.
OPEN: Mapping[str, Sizes] = dict(img_a=(None, 3, None, None), img_b=(None, 1, None, None))


def write_onnx(
    path: Path,
    inputs: Mapping[str, Sizes] = OPEN,
    metadata: Mapping[str, str] | None = None,
    given: Sequence[str] = ("img_a",),
) -> None:
    """A network that gives back some of its inputs."""
    import onnx

    def entry(name: str, like: str) -> object:
        return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, list(inputs[like]))

    outputs = {f"output_{index}": name for index, name in enumerate(given)}
    nodes = [onnx.helper.make_node("Identity", [name], [output]) for output, name in outputs.items()]
    graph = onnx.helper.make_graph(
        nodes, "graph", [entry(name, name) for name in inputs], [entry(*pair) for pair in outputs.items()]
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    onnx.helper.set_model_props(model, dict(metadata or {}))
    path.write_bytes(model.SerializeToString())


def write_openvino(
    path: Path,
    inputs: Mapping[str, Sizes] = OPEN,
    metadata: Mapping[str, str] | None = None,
    given: Sequence[str] = ("img_a",),
) -> None:
    """The same as :func:`write_onnx`."""
    import openvino
    from openvino import opset13

    parameters = {}
    for name, sizes in inputs.items():
        shape = openvino.PartialShape([-1 if size is None else size for size in sizes])
        parameters[name] = opset13.parameter(shape, openvino.Type.f32, name)
        parameters[name].output(0).set_names({name})
    results = [opset13.result(opset13.abs(parameters[name])) for name in given]
    model = openvino.Model(results, list(parameters.values()), "graph")
    for key, value in (metadata or {}).items():
        model.set_rt_info(value, [key])
    openvino.save_model(model, path, compress_to_fp16=False)


WRITERS = {".onnx": write_onnx, ".xml": write_openvino}


def changed(**inputs: Sizes) -> dict:
    return dict(inputs={**OPEN, **inputs})


NO_NUMBER = "says that .* is no whole number between 1 and"
FIXED = "only: export the network again, with open sizes"

#: Name, what is unlike ours, what is said.
UNLIKE_OURS = (
    *(
        (f"{key} of {value[:9]!r}", dict(metadata={key: value}), NO_NUMBER)
        for key in ("multiple", "tile_multiple", "pixel_bytes")
        for value in ("0", "-8", "10000000", "9" * 400, "many", "", "8.0", "٤", "8\n\x1b[2J8")
    ),
    (
        "one channel of colour",
        changed(img_a=(None, 1, None, None)),
        r"img_a is of shape \? x 1 x \? x \? instead",
    ),
    (
        "colour in infrared",
        changed(img_b=(None, 3, None, None)),
        r"img_b is of shape \? x 3 x \? x \? instead",
    ),
    ("one channel of result", dict(given=["img_b"]), r"output is of shape \? x 1 x \? x \? instead of N x 3"),
    ("rank of three", changed(img_b=(None, None, None)), r"img_b is of shape \? x \? x \? instead"),
    (
        "rank of five",
        changed(img_a=(None, 3, None, None, None)),
        r"img_a is of shape \? x 3 x \? x \? x \? inst",
    ),
    ("rank of a thousand", changed(img_a=[None] * 1000), r"img_a is of shape (\? x ){6}\.\.\. instead"),
    ("fixed batch", changed(img_b=(4, 1, None, None)), rf"takes img_b of shape 4 x 1 x \? x \? {FIXED}"),
    ("fixed sizes", changed(img_a=(None, 3, 64, 64)), rf"takes img_a of shape \? x 3 x 64 x 64 {FIXED}"),
    ("two results", dict(given=["img_a", "img_a"]), "2 outputs instead of one"),
    ("without infrared", dict(inputs=dict(img_a=OPEN["img_a"])), "instead of img_a and img_b"),
    ("third source", changed(img_c=(None, 1, None, None)), "img_a, img_b, img_c instead of img_a and img_b"),
    ("source of many letters", changed(**{"c" * 5000: (None, 1, None, None)}), "instead of img_a and img_b"),
    (
        "source of control letters",
        changed(**{"\x1b[2J\n": (None, 1, None, None)}),
        "instead of img_a and img_b",
    ),
    ("hundred sources", changed(**{f"c{i}": (None,) for i in range(99)}), "instead of img_a and img_b"),
    ("text of open length", changed(text_emb=(None, None)), "text_emb of shape"),
    ("text of a fixed batch", changed(text_emb=(2, 8)), "text_emb of shape"),
    ("text of wrong rank", changed(text_emb=(None, 8, 8)), "text_emb of shape"),
    ("text of 10^9 values", changed(text_emb=(None, 10**9)), "text_emb of shape"),
    ("text of no value", changed(text_emb=(None, 0)), "text_emb of shape"),
)


def _make(extension: str, unlike: dict) -> Callable[[Path], object]:
    return partial(WRITERS[extension], **unlike)


EXPORTED = tuple(
    Case(name, extension, _make(extension, unlike), says)
    for extension in WRITERS
    for name, unlike, says in UNLIKE_OURS
)
