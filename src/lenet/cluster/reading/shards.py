"""Files of many pictures each, taken as one row of pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, TypeVar

from .source import Pictures

Shard = TypeVar("Shard")


@dataclass(frozen=True)
class Shards(Generic[Shard]):
    """Several such files.

    Attributes:
        names: their paths.
        facts: their sizes and times.
        shards: what is known of each.
        counts: how many pictures each has.
        part: returns ``count`` of a shard's pictures from ``first`` on.
    """

    names: tuple[str, ...]
    facts: tuple[str, ...]
    shards: Sequence[Shard]
    counts: Sequence[int]
    part: Callable[[Shard, int, int], Pictures]

    def __len__(self) -> int:
        return sum(self.counts)

    def cut(self, first: int, count: int) -> list[Pictures]:
        """Return some pictures, which may be of several of the files."""
        found: list[Pictures] = []
        for shard, has, end in zip(self.shards, self.counts, accumulate(self.counts), strict=True):
            begin = max(first, end - has)
            if (many := min(first + count, end) - begin) > 0:
                found.append(self.part(shard, begin - (end - has), many))
        return found
