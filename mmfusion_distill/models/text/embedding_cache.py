"""Text embeddings on disk."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...user_errors import UserFileError


class EmbeddingCache:
    """One SQLite file of embeddings by key, safe for several processes at once.

    Args:
        path (str | Path): The file; its folder is made if need be.

    Raises:
        RuntimeError: If the file cannot be used, with what to do.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).expanduser()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self.path, timeout=60, check_same_thread=False)
            with self._connection:
                self._connection.execute(
                    "CREATE TABLE IF NOT EXISTS embeddings (key TEXT PRIMARY KEY, vector BLOB NOT NULL)"
                )
        except (OSError, sqlite3.Error) as error:
            raise UserFileError(
                f"the cache of text embeddings {self.path} cannot be used ({error}): delete the file, or set "
                "text_cache to another path or to None"
            ) from error

    def get(self, keys: Sequence[str]) -> dict[str, Tensor]:
        """The embeddings that are there, (C_text,) float32 each, by key."""
        found = {}
        for key in keys:
            row = self._connection.execute("SELECT vector FROM embeddings WHERE key = ?", [key]).fetchone()
            if row is not None:
                found[key] = torch.from_numpy(np.frombuffer(row[0], dtype="<f4").copy())
        return found

    def put(self, embeddings: Mapping[str, Tensor]) -> None:
        """Store embeddings, (C_text,) each, by key."""
        rows = [(key, value.numpy().astype("<f4").tobytes()) for key, value in embeddings.items()]
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?)", rows)
