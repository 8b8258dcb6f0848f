"""The published head."""

from collections.abc import Sequence

from torch import Tensor, nn

from ...registry import MODELS
from ...user_errors import UserError
from ..ops.color import rgb_to_gray
from ..ops.picture_statistics import PairStatistics
from .roles import Head


@MODELS.register_module()
class ResidualHead(Head):
    """Refinement blocks and a 3x3 convolution of the finest map, plus source A.

    From "Distilling Textual Priors from LLM to Efficient Image Fusion" (arXiv 2504.07029).

    Args:
        channels (Sequence[int]): Channels of the decoder's maps, the finest first.
        strides (Sequence[int]): Their strides; that of the finest is 1.
        block (dict): Config of the refinement blocks; `channels` is filled in.
        num_blocks (int): Refinement blocks. Published: teacher 4, student 2. Default: 2.
        out_channels (int): Channels of the result, 1 or 3. Default: 3.
        prior_channels (int): Not used. Default: 0.
        init_cfg (dict, optional): As in mmengine. Default: None.

    Raises:
        UserError: If the finest map is smaller than the image.
    """

    def __init__(
        self,
        channels: Sequence[int],
        strides: Sequence[int],
        block: dict,
        num_blocks: int = 2,
        out_channels: int = 3,
        prior_channels: int = 0,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        if strides[0] != 1:
            raise UserError(
                f"ResidualHead needs a map at full resolution, the finest has stride {strides[0]}"
            )
        width = channels[0]
        self.refinement = nn.Sequential(
            *(MODELS.build(dict(channels=width, **block)) for _ in range(num_blocks))
        )
        self.output = nn.Conv2d(width, out_channels, 3, padding=1, bias=False)

    def forward(
        self,
        features: Sequence[Tensor],
        img_a: Tensor,
        img_b: Tensor,
        size: Sequence[int],
        prior: Tensor | None = None,
        statistics: PairStatistics | None = None,
    ) -> tuple[Tensor, None]:
        """Make the fused image.

        Args:
            features (Sequence[Tensor]): The decoder's maps, the finest first, (N, C_l, H / stride, W / stride).
            img_a (Tensor): Source A as the network sees it, (N, 1 or 3, H, W).
            img_b (Tensor): Source B, (N, 1, H, W). Not used.
            size (Sequence[int]): Height and width of the image at the top left, without padding.
            prior (Tensor, optional): Not used. Default: None.
            statistics (PairStatistics, optional): Not used. Default: None.

        Returns:
            tuple[Tensor, None]: `(N, out_channels, *size)`, and that its colours are its own.
        """
        height, width = size
        residual = self.output(self.refinement(features[0]))[..., :height, :width]
        source = img_a[..., :height, :width]
        return residual + (rgb_to_gray(source) if source.shape[1] > residual.shape[1] else source), None
