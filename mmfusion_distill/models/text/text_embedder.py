"""Embeddings of annotations, each computed once."""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...system.regular_file import cache_folder
from ...user_errors import UserFileError
from .text_encoders import TransformersTextEncoder


class EmbeddingCache:
    """One SQLite file of embeddings by key, safe for several processes at once.

    Args:
        path (str | Path): The file; its folder is made if need be.

    Raises:
        UserFileError: If the file cannot be used, now or later, with what to do.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).expanduser()
        with self._told_by_name():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self.path, timeout=60, check_same_thread=False)
            with self._connection:
                self._connection.execute(
                    "CREATE TABLE IF NOT EXISTS embeddings (key TEXT PRIMARY KEY, vector BLOB NOT NULL)"
                )

    def get(self, keys: Sequence[str]) -> dict[str, Tensor]:
        """The embeddings that are there, (C_text,) float32 each, by key."""
        found = {}
        with self._told_by_name():
            for key in keys:
                row = self._connection.execute(
                    "SELECT vector FROM embeddings WHERE key = ?", [key]
                ).fetchone()
                if row is not None:
                    found[key] = torch.from_numpy(np.frombuffer(row[0], dtype="<f4").copy())
        return found

    def put(self, embeddings: Mapping[str, Tensor]) -> None:
        """Store embeddings, (C_text,) each, by key."""
        rows = [(key, value.numpy().astype("<f4").tobytes()) for key, value in embeddings.items()]
        with self._told_by_name(), self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?)", rows)

    @contextmanager
    def _told_by_name(self) -> Iterator[None]:
        """A disk may be full or read-only, and a file damaged, first where something is written or read."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise UserFileError(
                f"the cache of text embeddings {self.path} cannot be used ({error}): delete the file, or set "
                "text_cache to another path or to None"
            ) from error


def default_cache_path() -> Path:
    """`$MMFUSION_CACHE/text_embeddings.sqlite`, by default under `~/.cache/mmfusion_distill`."""
    return cache_folder() / "text_embeddings.sqlite"


class TextEmbedder:
    """A text encoder behind a memory and a file, so that no text is ever encoded twice.

    Args:
        encoder (TransformersTextEncoder): The encoder.
        cache_path (str | Path, optional): File of embeddings, shared by all encoders and runs. None keeps them
            in memory only. Default: None.
    """

    def __init__(self, encoder: TransformersTextEncoder, cache_path: str | Path | None = None) -> None:
        self.encoder = encoder
        self._memory: dict[str, Tensor] = {}
        self._disk = None if cache_path is None else EmbeddingCache(cache_path)

    def __call__(self, texts: Sequence[Sequence[str]], device: torch.device | str = "cpu") -> Tensor:
        """Embed pairs.

        Args:
            texts (Sequence[Sequence[str]]): The events of every pair, each as one text.
            device (torch.device | str): Where to compute what is new, and of the result. Default: 'cpu'.

        Returns:
            Tensor: (N, C_text) float32.
        """
        if self.encoder.pool == "events":
            # By event, as they are averaged anyway: few events make very many combinations.
            flat = self._embed([[event] for events in texts for event in events], device)
            groups = flat.split([len(events) for events in texts])
            return torch.stack([group.mean(dim=0) for group in groups]).to(device, non_blocking=True)
        return self._embed(texts, device).to(device, non_blocking=True)

    def _embed(self, texts: Sequence[Sequence[str]], device: torch.device | str) -> Tensor:
        keys = [self._key(events) for events in texts]
        missing = {key: events for key, events in zip(keys, texts) if key not in self._memory}
        if missing and self._disk is not None:
            found = self._disk.get(list(missing))
            self._memory.update(found)
            missing = {key: events for key, events in missing.items() if key not in found}
        if missing:
            embeddings = self.encoder.encode(list(missing.values()), device)
            new = dict(zip(missing, embeddings))
            self._memory.update(new)
            if self._disk is not None:
                self._disk.put(new)
        return torch.stack([self._memory[key] for key in keys])

    def __deepcopy__(self, memo: dict) -> "TextEmbedder":
        # A copy of a model (moving averages make one) shares the embedder: it is frozen, and files cannot be copied.
        return self

    def _key(self, events: Sequence[str]) -> str:
        # The separator cannot occur in a text: ("a", "b") and ("a b",) differ.
        text = "\x00".join([self.encoder.fingerprint, *events])
        return hashlib.sha256(text.encode()).hexdigest()
