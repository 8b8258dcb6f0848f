"""The prior of a teacher."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...registry import MODELS
from ..ops.picture_statistics import PairStatistics
from .prior import Prior
from .text_embeddings import checked_text


@MODELS.register_module()
class TextPrior(Prior):
    """What is wrong with a pair, by a text.

    Args:
        channels (int): Not used; the network fills it in.
        text_channels (int): Length of the text embedding: 512 for CLIP ViT-B/32, 384 for MiniLM-L6.
        num_values (int): Numbers of the prior. Default: 32.
        hidden (int): Hidden values of the perceptron. Default: 128.
        null_embedding (bool): Whether to learn an embedding that stands for "no text". It lets the network run
            without text, and is trained by leaving texts out at random (:class:`RandomDropText`).
            Default: True.
        init_cfg (dict, optional): As in mmengine. Default: None.
    """

    reads_text = True

    def __init__(
        self,
        channels: int,
        text_channels: int,
        num_values: int = 32,
        hidden: int = 128,
        null_embedding: bool = True,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(text_channels, hidden, num_values, init_cfg)
        self.text_channels = text_channels
        self.null = nn.Parameter(torch.zeros(text_channels)) if null_embedding else None

    def embed(self, text_emb: Tensor | None, batch_size: int, dropped: Tensor | None = None) -> Tensor:
        """Check the embeddings of a batch, (N, text_channels); see :func:`checked_text`."""
        return checked_text(text_emb, batch_size, self.text_channels, self.null, dropped)

    def forward(self, text_emb: Tensor, pooled: None, statistics: PairStatistics) -> Tensor:
        """Text embeddings (N, text_channels) to priors (N, num_values) in (-1, 1); the others are not used."""
        # As it comes from the text encoder it is a fifth of what statistics are, and would be learned late.
        return self._made_of(F.layer_norm(text_emb, (self.text_channels,)))
