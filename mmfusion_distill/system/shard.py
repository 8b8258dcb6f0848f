"""The part of a list of pairs that one machine or process works on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..user_errors import UserError

Item = TypeVar("Item")


@dataclass(frozen=True)
class Shard:
    """Part `index` of `count` parts: every `count`-th pair, so that all parts together are each pair once.

    Args:
        index (int): From 1. Default: 1.
        count (int): Default: 1, all.

    Raises:
        UserError: If there is no such part.
    """

    index: int = 1
    count: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.index <= self.count:
            raise UserError(
                f"there is no shard {self}: number them from 1/{self.count} to {self.count}/{self.count}"
            )

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        """This part of a sequence."""
        return items[self.index - 1 :: self.count]

    def split(self, part: int, parts: int) -> "Shard":
        """Part `part` (from 0) of this one."""
        return Shard(self.index + part * self.count, self.count * parts)
