"""The shares of a batch that processes compute, and their sums, always of the same numbers in the same order."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from itertools import pairwise

import torch
import torch.distributed as dist
from torch import Tensor

from ...errors import LenetError

FEWEST = 4  # shards of a batch: 1, 2 and 4 processes then make the very same sums


class Shards:
    """A batch cut into shards by its size alone, shared out to the processes of a group.

    Attributes:
        rank: of this process, from 0.
        size: how many processes there are.
    """

    def __init__(self, rank: int, size: int, device: torch.device) -> None:
        """Cut each batch in ``FEWEST`` shards, or one for each process where there are more."""
        self.rank, self.size, self._device = rank, size, device
        self.count = max(FEWEST, size)
        self.most = -(-self.count // size)  # that a process has

    @classmethod
    def joined(cls, device: torch.device) -> Shards:
        """Return the shards of the processes that ``torchrun`` started, once all of them are here.

        They speak over NCCL where each has a GPU of its own, else over Gloo.
        """
        if device.type == "mps":
            raise LenetError("several processes can't share a Mac's GPU; take --device cpu, or one process")
        if not dist.is_initialized():
            if device.type == "cuda":
                torch.cuda.set_device(device)
            store, rank, size = next(dist.rendezvous("env://"))  # type: ignore[attr-defined]
            # torchrun keeps its store from one start of the workers to the next, and in it where the dead ones listened
            start = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
            own = dist.PrefixStore(start, store)  # type: ignore[attr-defined]
            backend = "nccl" if device.type == "cuda" else "gloo"
            dist.init_process_group(backend, store=own, rank=rank, world_size=size)
            atexit.register(dist.destroy_process_group)
        return cls(dist.get_rank(), dist.get_world_size(), device)

    def sums(self, patterns: Tensor, compute: Callable[[Tensor], Tensor], none: Tensor) -> Tensor:
        """Return the sum over all patterns of what ``compute`` sums over some of them, added shard by shard.

        Args:
            patterns: (runs, n), the same in every process.
            compute: sums over some of them, of any number from 1.
            none: the sum over none.
        """
        cuts = self._cuts(patterns.shape[1])
        parts = [none] * self.most
        for place, shard in enumerate(range(*self._bounds(self.rank))):
            if cuts[shard] < cuts[shard + 1]:
                parts[place] = compute(patterns[:, cuts[shard] : cuts[shard + 1]])
        total = none
        for rank, there in enumerate(self._gathered(torch.stack(parts))):
            for part in self._real(rank, there):
                total = total + part
        return total

    def rows(self, count: int, compute: Callable[[slice], Tensor]) -> Tensor:
        """Return what ``compute`` makes of ``count`` rows, a row for each: of the same shards, in their order."""
        cuts = self._cuts(count)
        parts = [compute(slice(cuts[shard], cuts[shard + 1])) for shard in range(*self._bounds(self.rank))]
        room = parts[0].new_zeros(self.most, -(-count // self.count), *parts[0].shape[1:])
        for place, part in enumerate(parts):
            room[place, : len(part)] = part
        there = [part for rank, parts in enumerate(self._gathered(room)) for part in self._real(rank, parts)]
        return torch.cat([part[: last - first] for part, (first, last) in zip(there, pairwise(cuts), strict=True)])

    def anywhere(self, asked: bool) -> bool:
        """Whether it is so in any of the processes; all of them must ask."""
        flag = torch.tensor([int(asked)], device=self._device)
        dist.all_reduce(flag, dist.ReduceOp.MAX)
        return bool(flag.item())

    def first(self, values: Tensor) -> Tensor:
        """Return what the first process has."""
        there = values.to(self._device)
        dist.broadcast(there, 0)
        return there.cpu()

    def _gathered(self, ours: Tensor) -> list[Tensor]:
        """Return what each process has, all of one shape."""
        theirs = [torch.empty_like(ours) for _ in range(self.size)]
        dist.all_gather(theirs, ours)
        return theirs

    def _cuts(self, count: int) -> list[int]:
        """Return where each shard of so many begins, and where the last one ends."""
        return [count * shard // self.count for shard in range(self.count + 1)]

    def _real(self, rank: int, parts: Tensor) -> Tensor:
        """Return a process's parts without what only makes them as many as another's."""
        first, last = self._bounds(rank)
        return parts[: last - first]

    def _bounds(self, rank: int) -> tuple[int, int]:
        return self.count * rank // self.size, self.count * (rank + 1) // self.size
