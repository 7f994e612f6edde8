"""The shares of a batch that processes compute, and their sums, always of the same numbers in the same order."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.distributed as dist
from torch import Tensor

FEWEST = 4  # shards of a batch: 1, 2 and 4 processes then make the very same sums


class Shards:
    """A batch cut into shards by its size alone, shared out to the processes of a group.

    Attributes:
        rank: of this process, from 0.
        size: how many processes there are.
    """

    def __init__(self, rank: int, size: int) -> None:
        """Cut each batch in ``FEWEST`` shards, or one for each process where there are more."""
        self.rank, self.size = rank, size
        self.count = max(FEWEST, size)
        self.most = -(-self.count // size)  # that a process has

    def sums(self, patterns: Tensor, compute: Callable[[Tensor], Tensor], none: Tensor) -> Tensor:
        """Return the sum over all patterns of what ``compute`` sums over some of them, added shard by shard.

        Args:
            patterns: (runs, n), the same in every process.
            compute: sums over some of them, of any number from 1.
            none: the sum over none.
        """
        count = patterns.shape[1]
        cuts = [count * shard // self.count for shard in range(self.count + 1)]
        parts = [none] * self.most
        for place, shard in enumerate(range(*self._bounds(self.rank))):
            if cuts[shard] < cuts[shard + 1]:
                parts[place] = compute(patterns[:, cuts[shard] : cuts[shard + 1]])
        ours = torch.stack(parts)
        theirs = [ours]
        if self.size > 1:
            theirs = [torch.empty_like(ours) for _ in range(self.size)]
            dist.all_gather(theirs, ours)
        total = none
        for rank, there in enumerate(theirs):
            first, last = self._bounds(rank)
            for part in there[: last - first]:
                total = total + part
        return total

    def _bounds(self, rank: int) -> tuple[int, int]:
        return self.count * rank // self.size, self.count * (rank + 1) // self.size
