"""Convolutions of an ONNX graph in the forms that ONNX Runtime computes fastest.

It keeps maps in blocks of channels. A map of fewer is brought to plain order for every convolution that reads it, and
so is what is concatenated of such maps; a whole block is computed all the same. Weights are multiplied here, once, so
that these maps do not come about; convolutions of two maps of whole blocks are added instead; and those of an image
of one channel get a dimension more, with which they are not put into blocks. The values are the same but for
rounding.
"""

from typing import Any

import numpy as np

#: Channels of a block, where the processor has vectors of 16 numbers; with 8 less is gained.
BLOCK = 16

#: Channels of the sources together up to which convolutions of them are joined: the zeros between them cost little.
FEW_CHANNELS = 4

_Kernel = tuple[np.ndarray, np.ndarray]


def join_convolutions(model: Any) -> Any:
    """Rewrite a graph.

    * What both stems give, concatenated, becomes one convolution of the concatenated sources; the 2x2 convolutions of
      stride 2 that follow a stem become one with it.
    * A 1x1 convolution of an upsampled map and a skip becomes part of the transposed convolution and of the
      convolution that made them, whose results are added.

    Returns:
        onnx.ModelProto: The model.
    """
    graph = _Graph(model.graph)
    for node in list(model.graph.node):
        if node.op_type == "Concat":
            _join_stems(graph, node)
        elif node.op_type == "Conv" and graph.sizes(node, "kernel_shape") == [1, 1]:
            _join_with_sources(graph, node)
    graph.remove_unused()
    return model


def fit_to_blocks(model: Any) -> Any:
    """Rewrite a graph that ONNX Runtime alone will run.

    * A convolution of two concatenated maps of whole blocks becomes the sum of a convolution of each.
    * A convolution of one channel to few becomes one with a depth of 1.

    Returns:
        onnx.ModelProto: The model.
    """
    graph = _Graph(model.graph)
    for node in list(model.graph.node):
        if node.op_type == "Conv" and (weight := graph.weight(node)) is not None:
            if weight.shape[1] == 1 and len(weight) <= FEW_CHANNELS:
                _deepen(graph, node, weight)
            else:
                _add_halves(graph, node, weight)
    graph.remove_unused()
    return model


def _deepen(graph: "_Graph", conv: Any, weight: np.ndarray) -> None:
    top, left, bottom, right = graph.sizes(conv, "pads") or [0] * 4
    layout = dict(kernel_shape=[1, *weight.shape[2:]], pads=[0, top, left, 0, bottom, right])
    layout["strides"] = [1, *(graph.sizes(conv, "strides") or [1, 1])]
    axis, kernel = graph.store(f"{conv.name}.axis", np.array([2])), graph.store(conv.name, weight[:, :, None])
    deep = graph.new("Unsqueeze", f"{conv.name}_deep", [conv.input[0], axis])
    made = graph.new("Conv", f"{conv.name}_made", [deep.output[0], kernel, *conv.input[2:]], None, **layout)
    graph.replace(conv, deep, made, graph.new("Squeeze", conv.name, [made.output[0], axis], conv.output[0]))


def _add_halves(graph: "_Graph", conv: Any, weight: np.ndarray) -> None:
    concat = graph.maker(conv.input[0])
    if concat is None or concat.op_type != "Concat" or len(concat.input) != 2:
        return
    # Both maps are of the same width in every network of ours.
    if len(weight) % BLOCK or weight.shape[1] % (2 * BLOCK) or len(graph.readers(concat.output[0])) > 1:
        return
    halves = []
    for index, (source, part) in enumerate(zip(concat.input, np.split(weight, 2, axis=1))):
        name = f"{conv.name}_half_{index}"
        inputs = [source, graph.store(f"{name}.weight", part), *([] if index else conv.input[2:])]
        halves.append(graph.new("Conv", name, inputs, None, **graph.layout(conv)))
    total = graph.new("Add", f"{conv.name}_sum", [half.output[0] for half in halves], conv.output[0])
    graph.replace(conv, *halves, total)


def _join_stems(graph: "_Graph", concat: Any) -> None:
    stems = [graph.maker(name) for name in concat.input]
    kernels = [graph.kernel(stem, "Conv") for stem in stems]
    if None in kernels:
        return
    layouts = {str(graph.layout(stem)) for stem in stems}
    sources = sum(weight.shape[1] for weight, _ in kernels)
    narrow = sources <= FEW_CHANNELS and all(len(weight) < BLOCK for weight, _ in kernels)
    if len(layouts) > 1 or not narrow:
        return
    readers = [[node for node in graph.readers(stem.output[0]) if node != concat] for stem in stems]
    # A stem's map that is wanted otherwise would be made twice.
    if not all(graph.halves(node) and graph.kernel(node, "Conv") for nodes in readers for node in nodes):
        return
    for stem, kernel, nodes in zip(stems, kernels, readers):
        for node in nodes:
            step = graph.sizes(stem, "strides")[0]
            joined = _followed_by(kernel, graph.kernel(node, "Conv"), step)
            layout = dict(graph.layout(stem), kernel_shape=joined[0].shape[2:], strides=[2 * step] * 2)
            graph.replace(node, graph.conv(node, stem.input[0], joined, layout))
    pair = graph.new("Concat", f"{concat.name}_sources", [stem.input[0] for stem in stems], axis=1)
    made = graph.conv(concat, pair.output[0], _side_by_side(kernels), graph.layout(stems[0]))
    graph.replace(concat, pair, made)


def _join_with_sources(graph: "_Graph", reduce: Any) -> None:
    concat = graph.maker(reduce.input[0])
    if concat is None or concat.op_type != "Concat" or len(graph.readers(concat.output[0])) > 1:
        return
    made = [graph.maker(name) for name in concat.input]
    if len(made) != 2:
        return
    kernels = [
        graph.kernel(node, kind) for node, kind in zip((*made, reduce), ("ConvTranspose", "Conv", "Conv"))
    ]
    if None in kernels or any(len(graph.readers(node.output[0])) > 1 for node in made):
        return
    (up, up_bias), (skip, skip_bias), (weight, bias) = kernels
    of_up, of_skip = np.split(weight[:, :, 0, 0], [up.shape[1]], axis=1)
    # The biases of both go into the second.
    joined_up = np.einsum("om,imyx->ioyx", of_up, up), np.zeros(len(weight))
    joined_skip = np.einsum("om,miyx->oiyx", of_skip, skip), bias + of_up @ up_bias + of_skip @ skip_bias
    nodes = [
        graph.conv(node, node.input[0], kernel, graph.layout(node))
        for node, kernel in zip(made, (joined_up, joined_skip))
    ]
    total = graph.new("Add", f"{reduce.name}_sum", [node.output[0] for node in nodes], reduce.output[0])
    graph.replace(reduce, *nodes, total)


def _followed_by(first: _Kernel, second: _Kernel, step: int) -> _Kernel:
    """A convolution of stride `step` and the 2x2 convolution of stride 2 behind it as one."""
    (weight, bias), (halving, halving_bias) = first, second
    side = weight.shape[2]
    joined = np.zeros((len(halving), weight.shape[1], side + step, side + step))
    for row in range(2):
        for column in range(2):
            rows, columns = (slice(place * step, place * step + side) for place in (row, column))
            joined[:, :, rows, columns] += np.einsum("om,miyx->oiyx", halving[:, :, row, column], weight)
    return joined, halving_bias + halving.sum(axis=(2, 3)) @ bias


def _side_by_side(kernels: list[_Kernel]) -> _Kernel:
    """Convolutions of several maps as one of the concatenated maps: zeros where a result does not read a map."""
    outs, ins = (sum(weight.shape[axis] for weight, _ in kernels) for axis in (0, 1))
    joined = np.zeros((outs, ins, *kernels[0][0].shape[2:]))
    out, into = 0, 0
    for weight, _ in kernels:
        joined[out : out + weight.shape[0], into : into + weight.shape[1]] = weight
        out, into = out + weight.shape[0], into + weight.shape[1]
    return joined, np.concatenate([bias for _, bias in kernels])


class _Graph:
    """An ONNX graph that is asked for weights and neighbours."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph
        self.stored = {entry.name: entry for entry in graph.initializer}

    def maker(self, name: str) -> Any | None:
        return next((node for node in self.graph.node if name in node.output), None)

    def readers(self, name: str) -> list[Any]:
        return [node for node in self.graph.node if name in node.input]

    def sizes(self, node: Any, name: str) -> list[int]:
        return next((list(entry.ints) for entry in node.attribute if entry.name == name), [])

    def layout(self, node: Any) -> dict[str, list[int]]:
        return {name: self.sizes(node, name) for name in ("kernel_shape", "strides", "pads")}

    def halves(self, node: Any) -> bool:
        """Whether it is a convolution of 2x2 pixels to one."""
        halving = dict(kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0])
        return node.op_type == "Conv" and self.layout(node) == halving

    def kernel(self, node: Any | None, kind: str) -> _Kernel | None:
        """Weight and bias, in double precision, of a convolution of a kind that has one group and no dilation.

        None: it is none, or they are computed, or its strides or sides differ.
        """
        from onnx import numpy_helper

        if node is None or node.op_type != kind:
            return None
        groups = next((entry.i for entry in node.attribute if entry.name == "group"), 1)
        known = all(name in self.stored for name in node.input[1:])
        plain = groups == 1 and self.sizes(node, "dilations") in ([], [1, 1])
        square = all(len(set(self.sizes(node, name))) == 1 for name in ("kernel_shape", "strides"))
        if not (known and plain and square):
            return None
        weight, *bias = (
            numpy_helper.to_array(self.stored[name]).astype(np.float64) for name in node.input[1:]
        )
        return weight, bias[0] if bias else np.zeros(weight.shape[kind == "ConvTranspose"])

    def weight(self, conv: Any) -> np.ndarray | None:
        """Weight of a convolution of one group without dilation; None: it has several, or its weight is computed."""
        from onnx import numpy_helper

        groups = next((entry.i for entry in conv.attribute if entry.name == "group"), 1)
        stored = self.stored.get(conv.input[1])
        if (
            stored is None
            and (maker := self.maker(conv.input[1])) is not None
            and maker.op_type == "Constant"
        ):
            stored = maker.attribute[0].t
        if stored is None or groups > 1 or set(self.sizes(conv, "dilations")) - {1}:
            return None
        return numpy_helper.to_array(stored)

    def store(self, name: str, values: np.ndarray) -> str:
        """Values as a new weight; its name."""
        from onnx import numpy_helper

        name = f"{name}.stored"
        self.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def conv(self, old: Any, source: str, kernel: _Kernel, layout: dict[str, list[int]]) -> Any:
        """A convolution instead of a node, with its name and result; not yet in the graph."""
        from onnx import numpy_helper

        names = [f"{old.name}.{part}" for part in ("joined_weight", "joined_bias")]
        for name, values in zip(names, kernel):
            self.graph.initializer.append(numpy_helper.from_array(values.astype(np.float32), name))
        kind = "Conv" if old.op_type == "Concat" else old.op_type
        return self.new(kind, old.name, [source, *names], old.output[0], **layout)

    def new(
        self, kind: str, name: str, inputs: list[str], output: str | None = None, **attributes: Any
    ) -> Any:
        from onnx import helper

        return helper.make_node(kind, inputs, [output or name], name=name, **attributes)

    def replace(self, old: Any, *nodes: Any) -> None:
        """Put nodes instead of one; those that make what they make again are removed too."""
        outputs = {name for node in nodes for name in node.output}
        place = next(index for index, node in enumerate(self.graph.node) if node == old)
        kept = list(self.graph.node)
        kept[place : place + 1] = nodes
        kept = [node for node in kept if not outputs & set(node.output) or any(node is new for new in nodes)]
        del self.graph.node[:]
        self.graph.node.extend(kept)

    def remove_unused(self) -> None:
        """Remove nodes and weights that nothing reads any more."""
        while True:
            read = {name for node in self.graph.node for name in node.input}
            read |= {entry.name for entry in self.graph.output}
            unused = [node for node in self.graph.node if not read & set(node.output)]
            if not unused:
                break
            for node in unused:
                self.graph.node.remove(node)
        for entry in [entry for entry in self.graph.initializer if entry.name not in read]:
            self.graph.initializer.remove(entry)
