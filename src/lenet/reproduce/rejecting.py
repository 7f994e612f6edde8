"""Rejection, as the paper's Figure 9 has it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .claims import REJECTED

WANTED = 0.005  # error on what isn't rejected


def rejected(scores: NDArray[Any], labels: NDArray[Any], *, smallest_wins: bool) -> dict[str, float]:
    """Return the share to reject for 0.5% error on the rest, by the gap between the two best classes.

    Args:
        scores: (N, classes).
        labels: (N,).
        smallest_wins: whether scores are distances.
    """
    values = -scores if smallest_wins else scores
    best = np.sort(values, axis=1)[:, -2:]
    surest = np.argsort(best[:, 0] - best[:, 1], kind="stable")
    wrong = np.cumsum(values.argmax(axis=1)[surest] != labels[surest])
    kept = np.flatnonzero(wrong <= WANTED * np.arange(1, len(labels) + 1))
    return {REJECTED: 1 - (int(kept[-1]) + 1 if len(kept) else 0) / len(labels)}
