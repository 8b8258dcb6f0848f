"""The module that is recorded: what a runtime computes, with inputs that a user may leave out."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn


def let_default_to_nan(path: Path, lengths: Mapping[str, int]) -> None:
    """Give inputs a default, (1, length) of NaN; runtimes then need not be given them."""
    import onnx

    if not lengths:
        return
    model = onnx.load(path)
    for name, length in lengths.items():
        nothing = np.full((1, length), np.nan, np.float32)
        model.graph.initializer.append(onnx.numpy_helper.from_array(nothing, name))
    onnx.save(model, path)


SOURCES, TEXT, OUTPUT = ("img_a", "img_b"), "text_emb", "fused"


class ExportedModule(nn.Module):
    """What is exported: sources, for a guided network a text embedding too, zeros for no text.

    Args:
        network (nn.Module): The network.
        is_steerable (bool): Whether it also takes its prior, where NaN stands for its own, and gives its own.
    """

    def __init__(self, network: nn.Module, is_steerable: bool = False) -> None:
        super().__init__()
        self.network, self.is_steerable = network, is_steerable
        length = text_length(network)
        self.lengths = {} if length is None else {TEXT: length}
        #: Lengths of what is NaN where it is not given.
        self.optional = dict(prior=network.prior.num_values) if is_steerable else {}
        #: Whether it names the events that it sees; a prior of a text names those of the text.
        self.names_events = is_steerable and not network.prior.reads_text

    @property
    def inputs(self) -> list[str]:
        return [*SOURCES, *self.lengths, *self.optional]

    @property
    def outputs(self) -> list[str]:
        named = dict(own_prior=self.is_steerable, own_events=self.names_events)
        return [OUTPUT, *(name for name, is_there in named.items() if is_there)]

    def forward(self, img_a: Tensor, img_b: Tensor, *others: Tensor) -> Tensor | tuple[Tensor, ...]:
        given = dict(zip(self.inputs[2:], others))
        text_emb = text_or_none(self.network, given.get(TEXT))
        if not self.is_steerable:
            return self.network(img_a, img_b, text_emb)
        fused, prior = self.network(img_a, img_b, text_emb, prior=given["prior"], return_prior=True)
        events = [self.network.prior.events(prior)] if self.names_events else []
        return fused, prior, *events


def text_or_none(network: nn.Module, text_emb: Tensor | None) -> Tensor | None:
    """Embeddings of which zeros stand for no text, where the network knows what that is."""
    if text_emb is None or network.text_reader.null is None:
        return text_emb
    without = text_emb.abs().amax(dim=1) == 0
    return torch.where(without[:, None], network.text_reader.null, text_emb)


def text_length(network: nn.Module) -> int | None:
    """Length of the text embedding that a network takes; None: it takes none."""
    reader = network.text_reader
    return None if reader is None else reader.text_channels
