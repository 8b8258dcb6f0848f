"""What is exported of a network: its inputs, what may be left out, and its outputs."""

import torch
from torch import Tensor, nn

from ..models.layers.whole_map_value import WholeMapValue
from ..models.ops.picture_statistics import NUM_NOISES, NUM_TONES, Measures

SOURCES, TEXT, OUTPUT = ("img_a", "img_b"), "text_emb", "fused"


class ExportedModule(nn.Module):
    """What is exported: sources, for a guided network a text embedding too, zeros for no text.

    Args:
        network (nn.Module): The network.
        is_steerable (bool): Whether it also takes the prior and what a network measures of a whole image, where
            NaN stands for its own, and gives its own.
    """

    def __init__(self, network: nn.Module, is_steerable: bool = False) -> None:
        super().__init__()
        self.network, self.is_steerable = network, is_steerable
        length = text_length(network)
        self.lengths = {} if length is None else {TEXT: length}
        #: Lengths of what is NaN where it is not given.
        self.optional: dict[str, int] = {}
        self.values: list[WholeMapValue] = []
        #: Whether it names the events that it sees; a prior of a text names those of the text.
        self.names_events = is_steerable and not network.prior.reads_text
        if is_steerable:
            pooled = network.prior.pooled(torch.zeros(1, network.decoder_widths[-1], 1, 1))
            self.optional = dict(prior=network.prior.num_values, statistics=2 * (NUM_NOISES + NUM_TONES))
            self.optional |= {} if pooled is None else dict(pooled=pooled.shape[1])
            self.values = [part for part in network.modules() if isinstance(part, WholeMapValue)]
            self.optional |= self._attention_length() if self.values else {}

    def _attention_length(self) -> dict[str, int]:
        # Given anything they keep their own.
        for value in self.values:
            value.given = torch.full((1, 1), torch.nan)
        side = self.network.multiple
        self.network(torch.zeros(1, 3, side, side), torch.zeros(1, 1, side, side))
        self.value_lengths = [value.own[0].numel() for value in self.values]
        return dict(attention=sum(self.value_lengths))

    @property
    def inputs(self) -> list[str]:
        return [*SOURCES, *self.lengths, *self.optional]

    @property
    def outputs(self) -> list[str]:
        named = dict(own_prior=True, own_events=self.names_events, own_statistics=True)
        named["own_attention"] = "attention" in self.optional
        own = [name for name, is_there in named.items() if is_there]
        return [OUTPUT, *own, "deepest_map"] if self.is_steerable else [OUTPUT]

    def forward(self, img_a: Tensor, img_b: Tensor, *others: Tensor) -> Tensor | tuple[Tensor, ...]:
        given = dict(zip(self.inputs[2:], others))
        text_emb = given.get(TEXT)
        if text_emb is not None and self.network.text_reader.null is not None:
            without = text_emb.abs().amax(dim=1) == 0
            text_emb = torch.where(without[:, None], self.network.text_reader.null, text_emb)
        if not self.is_steerable:
            return self.network(img_a, img_b, text_emb)
        if self.values:
            for value, part in zip(self.values, given["attention"].split(self.value_lengths, dim=1)):
                value.given = part
        measures = Measures(given["statistics"], given.get("pooled"))
        asked = dict(return_prior=True, return_measures=True)
        fused, prior, own = self.network(
            img_a, img_b, text_emb, prior=given["prior"], measures=measures, **asked
        )
        statistics, deepest = own
        events = [self.network.prior.events(prior)] if self.names_events else []
        attention = [torch.cat([value.own.flatten(1) for value in self.values], dim=1)] if self.values else []
        return fused, prior, *events, statistics, *attention, deepest


def text_length(network: nn.Module) -> int | None:
    """Length of the text embedding that a network takes; None: it takes none."""
    reader = getattr(network, "text_reader", None)
    return None if reader is None else reader.text_channels
