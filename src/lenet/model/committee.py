"""When the first member of a committee may answer alone (section III.C, boosted LeNet-4)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .metrics import answers, gaps


def choose_sure(scores: NDArray[Any], labels: NDArray[Any], smallest_wins: bool) -> float | None:
    """Return the smallest threshold ``sure`` with which a committee reads no more digits wrong than all its members.

    Args:
        scores: of each member for digits that weren't trained on, (members, N, classes).
        labels: the right classes (N,).
        smallest_wins: whether the smallest score wins.

    Returns:
        The gap from which on the first member may answer alone; None: there is none, and all must always be asked.
    """
    gap = gaps(scores[0], smallest_wins)
    alone = answers(scores[0], smallest_wins) != labels
    together = answers(scores.sum(axis=0, dtype=np.float64), smallest_wins) != labels
    order = np.argsort(-gap, kind="stable")
    more = np.cumsum(alone[order].astype(np.int64) - together[order])  # read wrong in addition, down to each gap
    last = np.append(gap[order][1:] != gap[order][:-1], True)  # equal gaps are skipped together
    harmless = np.flatnonzero(last & (more <= 0))
    return float(gap[order][harmless[-1]]) if len(harmless) else None
