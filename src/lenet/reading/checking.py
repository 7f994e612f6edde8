"""What a reader's confidence promises beside what is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .confidence import Calibration
from .sampling import Answered

BINS = (0.0, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)  # of confidence
ERRORS = (0.05, 0.02, 0.01, 0.005)  # that are asked for


@dataclass(frozen=True)
class Bin:
    """How often answers of about the same confidence are right.

    Attributes:
        kind: ``single``, ``line``, or ``digit`` of a line.
        low: confidence from here,
        high: to here.
        count: of answers.
        expected: share that is right, by their confidence.
        found: share that is.
    """

    kind: str
    low: float
    high: float
    count: int
    expected: float
    found: float


@dataclass(frozen=True)
class Rejection:
    """What asking for an error comes to.

    Attributes:
        kind: ``single`` or ``line``.
        error: that is asked for.
        least: the confidence below which answers are rejected for it.
        rejected: share of the answers.
        found: error on the others; 0 where there are none.
    """

    kind: str
    error: float
    least: float
    rejected: float
    found: float


def check(
    calibration: Calibration, lines: Sequence[Answered], singles: Sequence[Answered]
) -> tuple[tuple[Bin, ...], tuple[Rejection, ...]]:
    """Return what confidence promises beside what is found."""
    found = {
        "single": [(calibration.sure("single", each.evidence), each.right) for each in singles],
        "line": [(calibration.sure("line", each.evidence), each.right) for each in lines],
        "digit": [(calibration.sure("digit", part), right) for each in lines for part, right in each.characters],
    }
    bins = [bin_ for kind, rows in found.items() for bin_ in _bins(kind, *np.array(rows, float).reshape(-1, 2).T)]
    rejections = [
        _rejection(kind, error, calibration.least(error, kind), *np.array(found[kind], float).T)
        for kind in ("single", "line")
        for error in ERRORS
        if found[kind]
    ]
    return tuple(bins), tuple(rejections)


def _bins(kind: str, sure: NDArray[np.float64], right: NDArray[np.float64]) -> list[Bin]:
    number = np.clip(np.searchsorted(BINS, sure, "right") - 1, 0, len(BINS) - 2)
    found = []
    for place, (low, high) in enumerate(pairwise(BINS)):
        inside = number == place
        if count := int(inside.sum()):
            found.append(Bin(kind, low, high, count, float(sure[inside].mean()), float(right[inside].mean())))
    return found


def _rejection(
    kind: str, error: float, least: float, sure: NDArray[np.float64], right: NDArray[np.float64]
) -> Rejection:
    taken = sure >= least
    wrong = float(1 - right[taken].mean()) if taken.any() else 0.0
    return Rejection(kind, error, least, float(1 - taken.mean()), wrong)
