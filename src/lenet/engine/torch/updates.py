"""Updates of one or several runs at once, with all that they need on the device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...recipe import Recipe
from ..given import Images
from ..state import State
from . import optimisers
from .compiling import compiled
from .gradients import Gradients
from .module import LeNet
from .patterns import Patterns
from .replaying import replayed
from .shards import Shards

MOST = 512  # updates that are handed to the device at once

Update = Callable[[], None]


class Updates:
    """Updates of runs of one recipe, but for their seeds.

    An update reads all that changes from the device itself, such as which patterns are its own, and counts itself
    there: so it can be recorded once and be replayed, and the host waits for nothing until it asks for the losses.

    Attributes:
        recipe: its batch, loss, optimiser and distortion count.
        count: pictures in the data set.
        source: the array that its maker took the data set from.
    """

    def __init__(
        self,
        module: LeNet,
        recipe: Recipe,
        images: Images,
        labels: NDArray[np.int64],
        *,
        device: torch.device,
        runs: int,
        shards: Shards | None,
    ) -> None:
        """Take the data to the device and make room for the weights.

        Args:
            module: the network, on the device.
            recipe: what the runs have in common.
            images: the data set (N, C, H, W).
            labels: its right classes.
            device: where to compute.
            runs: how many at once.
            shards: the share of each batch that this process computes; None: all of it.
        """
        self.recipe, self.count, self.runs = recipe, len(images), runs
        self.source: NDArray[Any] = images
        self._device = device
        self._patterns = Patterns(module, recipe, images, labels, device=device, runs=runs)
        self._input = compiled(self._patterns, device)
        self._gradients, self._shards = Gradients(module, recipe.loss, device), shards
        size = self._gradients.layout.size
        slots = len(State.fresh(np.empty(0, np.float32), recipe.optimiser).slots)
        self._flat = torch.zeros(runs, size, device=device)
        self._slots = tuple(torch.zeros(runs, size, device=device) for _ in range(slots))
        factor = getattr(recipe.optimiser, "bias_factor", 1.0)
        biases = np.where(self._gradients.layout.biases, np.float32(factor), np.float32(1))
        self._biases = None if factor == 1 else torch.from_numpy(biases).to(device)
        self._at = torch.zeros(1, dtype=torch.int64, device=device)
        self._factors = torch.zeros(MOST, runs, 3, device=device)
        self._told = torch.zeros(MOST, runs, 2, device=device)  # of each update the sum of losses, and the wrong ones
        self._none = torch.zeros(runs, size + 2, device=device)
        self._orders: dict[int, Tensor] = {}  # of batches of so many patterns, (MOST, runs, patterns)
        self._ready: dict[int, Update] = {}

    def train(
        self,
        states: Sequence[State],
        orders: NDArray[np.int64],
        seeds: Sequence[int],
        passes: Sequence[int],
        rates: NDArray[np.float32],
    ) -> NDArray[np.float64]:
        """Make an update for each batch of ``orders`` and change the states in place.

        Args:
            states: of each run.
            orders: patterns of each run (runs, n).
            seeds: of each run.
            passes: the pass that each run is in.
            rates: of each run and update, (runs, updates).

        Returns:
            The sum of the losses of each run, and how many it read wrong, (runs, 2).
        """
        factors = [
            optimisers.factors(self.recipe.optimiser, rate, s.updates) for rate, s in zip(rates, states, strict=True)
        ]
        self._take(states, seeds, passes)
        whole, rest = divmod(orders.shape[1], self.recipe.batch)
        told = np.zeros((self.runs, 2))
        for first in range(0, whole, MOST):
            last = min(first + MOST, whole)
            part = orders[:, first * self.recipe.batch : last * self.recipe.batch]
            told += self._stretch(part, np.stack(factors, axis=1)[first:last], self.recipe.batch)
        if rest:
            told += self._stretch(orders[:, -rest:], np.stack(factors, axis=1)[-1:], rest)
        self._give(states, rates.shape[1])
        return told

    def _take(self, states: Sequence[State], seeds: Sequence[int], passes: Sequence[int]) -> None:
        """Copy the states to the device."""
        for run, state in enumerate(states):
            self._flat[run].copy_(torch.from_numpy(state.flat))
            for slot, kept in zip(self._slots, state.slots, strict=True):
                slot[run].copy_(torch.from_numpy(kept))
        self._patterns.begin(seeds, passes)

    def _give(self, states: Sequence[State], updates: int) -> None:
        """Copy them back."""
        for run, state in enumerate(states):
            torch.from_numpy(state.flat).copy_(self._flat[run])
            for slot, kept in zip(self._slots, state.slots, strict=True):
                torch.from_numpy(kept).copy_(slot[run])
            state.updates += updates

    def _stretch(self, orders: NDArray[np.int64], factors: NDArray[np.float32], batch: int) -> NDArray[np.float64]:
        """Make up to ``MOST`` updates of ``batch`` patterns each."""
        count = len(factors)
        if batch not in self._orders:
            self._orders[batch] = torch.zeros(MOST, self.runs, batch, dtype=torch.int64, device=self._device)
        shown = np.ascontiguousarray(orders.reshape(self.runs, count, batch).swapaxes(0, 1))
        self._orders[batch][:count].copy_(torch.from_numpy(shown))
        self._factors[:count].copy_(torch.from_numpy(np.ascontiguousarray(factors)))
        self._at.zero_()
        if batch not in self._ready:
            self._ready[batch] = replayed(
                lambda: self._update(batch), (self._flat, *self._slots, self._at), self._shards is None
            )
        update = self._ready[batch]
        for _ in range(count):
            update()
        told: NDArray[np.float64] = self._told[:count].cpu().numpy().astype(np.float64).sum(0)
        return told

    def _update(self, batch: int) -> None:
        """Make the update that ``_at`` says."""
        patterns, factor = (table.index_select(0, self._at)[0] for table in (self._orders[batch], self._factors))
        sums = self._sums(patterns) if self._shards is None else self._shards.sums(patterns, self._sums, self._none)
        gradient, told = sums[:, :-2] / batch, sums[:, -2:]
        optimisers.update(
            self.recipe.optimiser, self._flat, self._slots, g=gradient, factor=factor, biases=self._biases
        )
        self._told.index_copy_(0, self._at, told[None])
        self._at += 1

    def _sums(self, patterns: Tensor) -> Tensor:
        """Return (runs, size + 2): the sum of the gradients, that of the losses, and the wrong ones."""
        return self._gradients.sums(self._flat, *self._input(patterns))
