"""Whether sources fit each other and a network."""

from torch import Tensor

from ...user_errors import UserError


def check_sources(img_a: Tensor, img_b: Tensor, channels_a: int, channels_b: int) -> None:
    """Check a batch of both sources.

    Args:
        img_a (Tensor): Source A, (N, 1 or channels_a, H, W).
        img_b (Tensor): Source B, (N, channels_b, H, W).
        channels_a (int): Channels that the network takes of A.
        channels_b (int): Channels that it takes of B.

    Raises:
        UserError: If they have other shapes, or differ in batch or image size.
    """
    if img_a.dim() != 4 or img_a.shape[1] not in (1, channels_a):
        raise UserError(f"img_a has shape {tuple(img_a.shape)}, wanted (N, {channels_a} or 1, H, W)")
    if img_b.dim() != 4 or img_b.shape[1] != channels_b:
        raise UserError(f"img_b has shape {tuple(img_b.shape)}, wanted (N, {channels_b}, H, W)")
    if img_a.shape[0] != img_b.shape[0] or img_a.shape[-2:] != img_b.shape[-2:]:
        raise UserError(
            f"the sources differ in batch or image size: img_a {tuple(img_a.shape)}, img_b {tuple(img_b.shape)}"
        )
