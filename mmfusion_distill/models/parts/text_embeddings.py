"""Text embeddings of a batch, and what stands for no text."""

import torch
from torch import Tensor

from ...user_errors import UserError


def checked_text(
    text_emb: Tensor | None,
    batch_size: int,
    text_channels: int,
    null: Tensor | None,
    dropped: Tensor | None = None,
) -> Tensor:
    """Check the embeddings of a batch and put the null embedding where there is no text.

    Args:
        text_emb (Tensor, optional): (N, text_channels), or None for no text at all.
        batch_size (int): N.
        text_channels (int): Length of an embedding.
        null (Tensor, optional): The learned embedding of no text, (text_channels,).
        dropped (Tensor, optional): (N,) bool, True for the samples that go without their text.

    Returns:
        Tensor: (N, text_channels).

    Raises:
        UserError: If text is missing and there is no null embedding, or the shape is wrong.
    """
    if text_emb is None or dropped is not None:
        if null is None:
            raise UserError(
                "this network is guided by text and has no null embedding: pass text_emb of shape "
                f"({batch_size}, {text_channels}), or build it with null_embedding=True"
            )
        nothing = null.expand(batch_size, -1)
        return nothing if text_emb is None else torch.where(dropped[:, None], nothing, text_emb.to(nothing))
    if text_emb.shape != (batch_size, text_channels):
        raise UserError(
            f"text_emb has shape {tuple(text_emb.shape)}, wanted ({batch_size}, {text_channels}): "
            "the network's text_channels must be the text encoder's"
        )
    return text_emb
