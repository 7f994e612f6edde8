"""What training carries from update to update, and what it asks of an engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..recipe import SGD, Adam, Optimiser, Recipe


@dataclass
class State:
    """The weights and what the optimiser remembers; an engine's ``train`` changes them in place.

    Attributes:
        flat: the weights, float32 (size,), as ``Layout`` lays them out.
        slots: SGD with momentum: (velocity,); Adam: (mean, square); DiagonalLM: (h,), the second derivatives, which
            the training loop sets; else none; float32 (size,) each.
        updates: updates made so far.
    """

    flat: NDArray[np.float32]
    slots: tuple[NDArray[np.float32], ...]
    updates: int = 0

    @classmethod
    def fresh(cls, flat: NDArray[np.float32], optimiser: Optimiser) -> State:
        """Return the state before the first update, with a copy of ``flat``."""
        count = 2 if isinstance(optimiser, Adam) else 0 if isinstance(optimiser, SGD) and not optimiser.momentum else 1
        return cls(flat.copy(), tuple(np.zeros_like(flat) for _ in range(count)))


class Stretch(NamedTuple):
    """Some updates of one pass of a run, as an engine's ``train`` takes them.

    Attributes:
        state: changed in place.
        order: the patterns; begins where a batch begins.
        recipe: batch, loss, optimiser, distortion and seed count.
        pass_: number of the pass, from 0.
        rates: one for each update.
    """

    state: State
    order: NDArray[np.int64]
    recipe: Recipe
    pass_: int
    rates: NDArray[np.float32]
