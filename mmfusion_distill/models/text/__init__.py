"""Text encoders: what a description becomes before it guides the teacher."""

from .text_embedder import TextEmbedder
from .text_encoders import CLIPTextEncoder, SentenceTextEncoder, TransformersTextEncoder

__all__ = ["CLIPTextEncoder", "SentenceTextEncoder", "TextEmbedder", "TransformersTextEncoder"]
