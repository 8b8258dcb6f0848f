"""Text guidance by a scale and a shift for every channel."""

from collections.abc import Sequence

import torch
from mmengine.model import constant_init
from torch import Tensor, nn

from ...registry import MODELS
from .priors import checked_text
from .roles import Guidance


@MODELS.register_module()
class FeatureWiseAffine(Guidance):
    """Feature-wise affine modulation (FiLM; Perez et al., AAAI 2018, Eq. 2): x -> gamma * x + beta.

    A perceptron per level makes gamma and beta from the text embedding, or from the network's prior if it has one.

    Args:
        text_channels (int): Length of the text embedding: 512 for CLIP ViT-B/32, 384 for MiniLM-L6. A network with a
            prior fills in the length of that.
        channels (Sequence[int]): Channels of the modulated maps, level 1 first.
        null_embedding (bool): Whether to learn an embedding that stands for "no text". It lets the network run
            without text, and is trained by leaving texts out at random (:class:`RandomDropText`).
            Default: False.
        identity_start (bool): Whether gamma is learned as a difference to 1 and everything starts at 0, so that the
            text changes nothing before it is learned. Published: False. Default: False.
        init_cfg (dict, optional): As in mmengine. Default: None.
    """

    def __init__(
        self,
        text_channels: int,
        channels: Sequence[int],
        null_embedding: bool = False,
        identity_start: bool = False,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        self.text_channels = text_channels
        self.levels = nn.ModuleList(
            nn.Sequential(nn.Linear(text_channels, width), nn.ReLU(), nn.Linear(width, 2 * width))
            for width in channels
        )
        self.identity_start = identity_start
        if identity_start:
            for level in self.levels:
                constant_init(level[-1], 0)
        self.null = nn.Parameter(torch.zeros(text_channels)) if null_embedding else None

    def embed(self, text_emb: Tensor | None, batch_size: int, dropped: Tensor | None = None) -> Tensor:
        """Check the embeddings of a batch, (N, text_channels); see :func:`checked_text`."""
        return checked_text(text_emb, batch_size, self.text_channels, self.null, dropped)

    def forward(self, x: Tensor, text_emb: Tensor, level: int) -> Tensor:
        """Modulate the map of one level.

        Args:
            x (Tensor): (N, C_level, H, W).
            text_emb (Tensor): Text embeddings or priors, (N, text_channels).
            level (int): 1 to the number of levels.

        Returns:
            Tensor: The shape of `x`.
        """
        gamma, beta = self.levels[level - 1](text_emb)[:, :, None, None].chunk(2, dim=1)
        if self.identity_start:
            gamma = gamma + 1
        return torch.addcmul(beta, gamma, x)
