"""The text half of a CLIP model."""

from typing import Any

from torch import Tensor

from ...registry import MODELS
from .transformers_text_encoder import TransformersTextEncoder


@MODELS.register_module()
class CLIPTextEncoder(TransformersTextEncoder):
    """Projected text embedding of a CLIP model (Radford et al., ICML 2021).

    Args:
        name (str): Folder or hub name of any transformers CLIP model. Default: 'openai/clip-vit-base-patch32'
            (512 values, 77 tokens), which the published teacher uses.
        **kwargs: See :class:`TransformersTextEncoder`.
    """

    _model_class = "CLIPTextModelWithProjection"
    _size_name = "projection_dim"

    def __init__(self, name: str = "openai/clip-vit-base-patch32", **kwargs: Any) -> None:
        super().__init__(name, **kwargs)

    def _embed_tokens(self, tokens: dict[str, Tensor]) -> Tensor:
        return self._model(input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]).text_embeds
