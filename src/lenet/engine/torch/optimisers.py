"""How the weights move, of several runs at once (``reference/optimisers.py``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ...recipe import SGD, Adam, Optimiser


def factors(optimiser: Optimiser, rates: NDArray[np.float32], updates: int) -> NDArray[np.float32]:
    """Return what each update multiplies by, (updates, 3): its rate, and Adam's two corrections of a short memory.

    Args:
        optimiser: which.
        rates: of each update.
        updates: made before the first of them.
    """
    t = updates + np.arange(1, len(rates) + 1, dtype=np.float64)
    mean, square = (optimiser.beta1, optimiser.beta2) if isinstance(optimiser, Adam) else (0.0, 0.0)
    return np.stack([rates, 1 / (1 - mean**t), 1 / (1 - square**t)], axis=1).astype(np.float32)


def update(
    optimiser: Optimiser, w: Tensor, slots: tuple[Tensor, ...], *, g: Tensor, factor: Tensor, biases: Tensor | None
) -> None:
    """Move the weights of each run by one update, and what the optimiser remembers, in place.

    Args:
        optimiser: which.
        w: weights (runs, size).
        slots: as ``State``'s, (runs, size) each.
        g: the mean gradients of the batches (runs, size).
        factor: a row of ``factors`` for each run (runs, 3).
        biases: what each weight's rate is multiplied by (size,); None: 1.
    """
    rate = factor[:, :1] if biases is None else factor[:, :1] * biases
    if isinstance(optimiser, SGD):
        g = g + optimiser.decay * w if optimiser.decay else g
        if optimiser.momentum:
            (v,) = slots
            v.mul_(optimiser.momentum).add_(g)
            g = g + optimiser.momentum * v if optimiser.nesterov else v
        w.sub_(rate * g)
    elif isinstance(optimiser, Adam):
        mean, square = slots
        mean.mul_(optimiser.beta1).add_(g, alpha=1 - optimiser.beta1)
        square.mul_(optimiser.beta2).addcmul_(g, g, value=1 - optimiser.beta2)
        step = mean * factor[:, 1:2] / ((square * factor[:, 2:]).sqrt() + optimiser.epsilon)
        w.sub_(rate * (step + optimiser.decay * w if optimiser.decay else step))
    else:  # DiagonalLM: the paper's appendix C
        (h,) = slots
        w.sub_(rate * g / (optimiser.mu + h))
