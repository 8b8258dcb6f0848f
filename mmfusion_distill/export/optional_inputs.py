"""Inputs of an ONNX graph that may be left out."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np


def let_default_to_nan(path: Path, lengths: Mapping[str, int]) -> None:
    """Give inputs a default, (1, length) of NaN; runtimes then need not be given them.

    Args:
        path (Path): ONNX file, which is rewritten.
        lengths (Mapping[str, int]): Lengths of these inputs by their names.
    """
    import onnx

    if not lengths:
        return
    model = onnx.load(path)
    for name, length in lengths.items():
        nothing = np.full((1, length), np.nan, np.float32)
        model.graph.initializer.append(onnx.numpy_helper.from_array(nothing, name))
    onnx.save(model, path)
