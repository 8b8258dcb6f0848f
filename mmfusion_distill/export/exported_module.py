"""What is exported of a network: its inputs, what may be left out, and its outputs."""

import torch
from torch import Tensor, nn

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
    reader = getattr(network, "text_reader", None)
    return None if reader is None else reader.text_channels
