"""Text encoders: what a description becomes before it guides the teacher."""

from .clip_text_encoder import CLIPTextEncoder
from .sentence_text_encoder import SentenceTextEncoder
from .text_embedder import TextEmbedder
from .transformers_text_encoder import TransformersTextEncoder

__all__ = ["CLIPTextEncoder", "SentenceTextEncoder", "TextEmbedder", "TransformersTextEncoder"]
