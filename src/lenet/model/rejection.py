"""How many digits to reject, so that few of the others are read wrong (Figure 9 of the paper)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from .metrics import answers, gaps


@dataclass(frozen=True)
class Rejection:
    """What is rejected for an error rate on the rest.

    Attributes:
        share: of the digits that are rejected, 0 to 1.
        threshold: what is less sure than this is rejected; infinite where everything is.
        error: share of the others that are read wrong, 0 to 1; 0 where there are none.
    """

    share: float
    threshold: float
    error: float


@dataclass(frozen=True, eq=False)
class Curve:
    """Every way to reject the least sure digits: those of equal confidence together. The first rejects none.

    Attributes:
        shares: of the digits that are rejected, float64 (K,), from 0 up to below 1.
        thresholds: what is less sure than each is rejected, (K,).
        errors: share of the others that are read wrong, float64 (K,).
    """

    shares: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    errors: NDArray[np.float64]

    def at(self, error: float) -> Rejection:
        """Return the fewest to reject for at most this error rate on the rest."""
        enough = np.flatnonzero(self.errors <= error)
        if not len(enough):
            return Rejection(1.0, inf, 0.0)
        at = enough[0]
        return Rejection(float(self.shares[at]), float(self.thresholds[at]), float(self.errors[at]))


def curve(
    scores: NDArray[np.floating],
    labels: NDArray[np.integer],
    *,
    smallest_wins: bool = False,
    confidence: NDArray[np.floating] | None = None,
) -> Curve:
    """Return the error on the rest against the share that is rejected.

    Args:
        scores: of a model or an ensemble, (N, classes).
        labels: the right classes, (N,).
        smallest_wins: whether the smallest score wins, as of an RBF output.
        confidence: how sure each answer is, (N,), in any units; None: by how much the best score beats the second.

    Raises:
        LenetError: there are no digits, or the arrays don't fit each other, or a confidence is no number.
    """
    sure = gaps(scores, smallest_wins) if confidence is None else np.asarray(confidence)
    if not len(scores) or len(labels) != len(scores) or sure.shape != (len(scores),) or np.isnan(sure).any():
        raise LenetError(
            f"rejection needs scores (N, classes), labels (N,) and a confidence (N,) of numbers, N of 1 or more, "
            f"but they are {scores.shape}, {np.shape(labels)} and {sure.shape}"
        )
    order = np.argsort(sure, kind="stable")
    sure, wrong = sure[order], (answers(scores, smallest_wins) != labels)[order]
    kept_wrong = wrong[::-1].cumsum()[::-1]  # at each place: of those from there on
    first = np.flatnonzero(np.append(True, sure[1:] != sure[:-1]))  # of those equally sure
    return Curve(first / len(sure), sure[first].astype(np.float64), kept_wrong[first] / (len(sure) - first))


def rejection(
    scores: NDArray[np.floating],
    labels: NDArray[np.integer],
    error: float = 0.005,
    *,
    smallest_wins: bool = False,
    confidence: NDArray[np.floating] | None = None,
) -> Rejection:
    """Return the fewest digits to reject so that at most ``error`` of the others are read wrong.

    The arguments and errors are those of ``curve``; the paper's rate is 0.5%.
    """
    return curve(scores, labels, smallest_wins=smallest_wins, confidence=confidence).at(error)
