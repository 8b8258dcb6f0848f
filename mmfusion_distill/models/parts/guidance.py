"""What guides a decoder: a text, or a prior that says what is wrong with a pair, by a text or by the pair itself."""

from collections.abc import Sequence

import torch
from mmengine.model import BaseModule, constant_init
from torch import Tensor, nn
from torch.nn import functional as F

from ...annotation.event_types import READ_EVENTS
from ...registry import MODELS
from ...user_errors import UserError
from ..ops.statistics import NUM_NOISES, NUM_TONES, PairStatistics
from .roles import Guidance


class TextReader(nn.Module):
    """What reads text embeddings of `text_channels` values, and stands for no text by `null`, if that was learned."""

    text_channels: int
    null: nn.Parameter | None

    def embed(self, text_emb: Tensor | None, batch_size: int, dropped: Tensor | None = None) -> Tensor:
        """Check the embeddings of a batch and put the null embedding where there is no text.

        Args:
            text_emb (Tensor, optional): (N, text_channels), or None for no text at all.
            batch_size (int): N.
            dropped (Tensor, optional): (N,) bool, True for the samples that go without their text. Default: None.

        Returns:
            Tensor: (N, text_channels).

        Raises:
            UserError: If text is missing and there is no null embedding, or the shape is wrong.
        """
        if text_emb is None or dropped is not None:
            if self.null is None:
                raise UserError(
                    "this network is guided by text and has no null embedding: pass text_emb of shape "
                    f"({batch_size}, {self.text_channels}), or build it with null_embedding=True"
                )
            nothing = self.null.expand(batch_size, -1)
            return (
                nothing if text_emb is None else torch.where(dropped[:, None], nothing, text_emb.to(nothing))
            )
        if text_emb.shape != (batch_size, self.text_channels):
            raise UserError(
                f"text_emb has shape {tuple(text_emb.shape)}, wanted ({batch_size}, {self.text_channels}): "
                "the network's text_channels must be the text encoder's"
            )
        return text_emb


class Prior(BaseModule):
    """A few dozen numbers in (-1, 1) that say what is wrong with a pair.

    All that a network decides for the whole image by more than statistics reads them: guidance, noise filter, tone
    curves. A teacher makes them from a text (:class:`TextPrior`), a student from the pair (:class:`PicturePrior`), so
    that filter and curves of a student can be given its teacher's. A linear read-out names the events.
    """

    #: Whether it is made of a text embedding. All priors take text, deepest map and statistics, and read their own.
    reads_text = False

    def __init__(self, num_inputs: int, hidden: int, num_values: int, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        self.num_values = num_values
        self.layers = nn.Sequential(nn.Linear(num_inputs, hidden), nn.GELU(), nn.Linear(hidden, num_values))
        self.read_out = nn.Linear(num_values, len(READ_EVENTS))

    def pooled(self, feature: Tensor) -> Tensor | None:
        """What it pools of the deepest merged map, (N, channels, h, w), to (N, length); None: nothing."""
        return None

    def events(self, prior: Tensor) -> Tensor:
        """Logits of :data:`READ_EVENTS`, (N, len(READ_EVENTS)), of priors (N, num_values)."""
        return self.read_out(prior)

    def _made_of(self, values: Tensor) -> Tensor:
        return torch.tanh(self.layers(values))


def steered(own: Tensor | None, given: Tensor | None) -> Tensor | None:
    """A network's own prior, (N, num_values), with what is given, (N or 1, num_values), where that is not NaN."""
    return own if own is None or given is None else torch.where(torch.isnan(given), own, given)


@MODELS.register_module()
class TextPrior(Prior, TextReader):
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

    def forward(self, text_emb: Tensor, pooled: None, statistics: PairStatistics) -> Tensor:
        """Text embeddings (N, text_channels) to priors (N, num_values) in (-1, 1); the others are not used."""
        # As it comes from the text encoder it is a fifth of what statistics are, and would be learned late.
        return self._made_of(F.layer_norm(text_emb, (self.text_channels,)))


@MODELS.register_module()
class PicturePrior(Prior):
    """What is wrong with a pair, by the pair itself: its deepest map, pooled, and statistics of noise and tones.

    Args:
        channels (int): Channels of the deepest merged map; the network fills it in.
        num_values (int): Numbers of the prior. Default: 32.
        hidden (int): Hidden values of the perceptron. Default: 64.
        init_cfg (dict, optional): As in mmengine. Default: None.
    """

    def __init__(
        self, channels: int, num_values: int = 32, hidden: int = 64, init_cfg: dict | None = None
    ) -> None:
        super().__init__(2 * channels + 2 * (NUM_NOISES + NUM_TONES), hidden, num_values, init_cfg)

    def pooled(self, feature: Tensor) -> Tensor:
        """Mean and largest value of each channel of the deepest merged map: (N, 2 channels)."""
        return torch.cat([feature.mean(dim=(2, 3)), feature.amax(dim=(2, 3))], dim=1)

    def forward(self, text_emb: Tensor | None, pooled: Tensor, statistics: PairStatistics) -> Tensor:
        """Make the prior.

        Args:
            text_emb (Tensor, optional): Not used.
            pooled (Tensor): Of :meth:`pooled`, (N, 2 channels).
            statistics (PairStatistics): Of the pair.

        Returns:
            Tensor: (N, num_values) in (-1, 1).
        """
        (noise_a, noise_b), (tones_a, tones_b) = (values.chunk(2, dim=1) for values in statistics)
        return self._made_of(torch.cat([pooled, noise_a, tones_a, noise_b, tones_b], dim=1))


@MODELS.register_module()
class FeatureWiseAffine(Guidance, TextReader):
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
