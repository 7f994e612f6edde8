"""What the networks say of candidates: which symbol each is, and how much speaks for its being one at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model import Ensemble, Model

DIGITS = 10
SECOND = 0.3  # of what a digit is: the share of the network that knows nothing but digits
FAR, NEAR = -15.0, 15.0  # log odds are held within
TENTH = 0.1  # distances are tens; brought to the size of log odds

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Opinion:
    """What is said of each of N candidates.

    Attributes:
        probabilities: float32 (N, 15): of each symbol; they add up to 1.
        evidence: float32 (N, 3): that it is a symbol and not rubbish, log odds; how near the network's codes it comes,
            and how near those of the network of digits, both as a log probability beside the rubbish class of eq. 9.
    """

    probabilities: Floats
    evidence: Floats

    def of(self, candidate: int, symbol: int) -> tuple[float, ...]:
        """Return what speaks for a candidate's being a symbol: the symbol's log odds, then the evidence."""
        chance = float(self.probabilities[candidate, symbol])
        odds = np.log(max(chance, 1e-7)) - np.log(max(1 - chance, 1e-7))
        return float(odds), *map(float, self.evidence[candidate])


def ask(images: NDArray[np.uint8], model: Model | Ensemble, second: Model | Ensemble | None) -> Opinion:
    """Return what the networks say of candidates.

    The network of the reader has seen pieces and letters as well as digits, the second one nothing but digits, and
    these of more kinds: where it is a digit, both say which, the second with ``SECOND`` of the weight.

    Args:
        images: uint8 (N, 28, 28).
        model: the reader's.
        second: a network of the ten digits; None: there is no second opinion.
    """
    scores, known = _log_scores(images, model)
    total = _log_sum(scores)
    log_chances = scores - total[:, None]
    digit, rubbish = _log_sum(log_chances[:, :DIGITS]), log_chances[:, -1]
    symbol = _log_sum(log_chances[:, :-1])
    evidence = [np.clip(symbol - rubbish, FAR, NEAR), TENTH * np.clip(total + known, -60, 10)]
    if second is None:
        evidence.append(evidence[1])
    else:
        others, other_known = _log_scores(images, second)
        other_total = _log_sum(others)
        which = (1 - SECOND) * (log_chances[:, :DIGITS] - digit[:, None]) + SECOND * (others - other_total[:, None])
        log_chances[:, :DIGITS] = which - _log_sum(which)[:, None] + digit[:, None]
        evidence.append(TENTH * np.clip(other_total + other_known, -60, 10))
    return Opinion(np.exp(log_chances).astype(np.float32), np.stack(evidence, axis=1).astype(np.float32))


def _log_scores(images: NDArray[np.uint8], model: Model | Ensemble) -> tuple[NDArray[np.float64], float]:
    """Return scores, larger is better, float64 (N, classes), and what the loss's rubbish class is worth beside them."""
    scores = np.asarray(model.scores(images), np.float64)
    one = model.members[0] if isinstance(model, Ensemble) else model
    return (-scores if model.network.smallest_wins else scores), one.loss.j


def _log_sum(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log sum exp along the last axis."""
    most = values.max(axis=-1)
    return np.asarray(most + np.log(np.exp(values - most[..., None]).sum(axis=-1)), np.float64)
