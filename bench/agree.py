"""Whether the systems compute the same: nothing is timed before they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lenet.errors import LenetError

from .problem import Floats
from .systems.base import System

SCORES, CHANGES = 1e-5, 1e-3  # largest differences that pass, as shares of the largest number


@dataclass(frozen=True)
class Agreement:
    """How far a system is from the oracle.

    Attributes:
        system: its name.
        network: which network.
        scores: the largest difference of a score, as a share of the largest score.
        changes: the largest difference of a weight after a few updates, as a share of the largest change of a weight;
            None: it doesn't train.
    """

    system: str
    network: str
    scores: float
    changes: float | None


def agree(oracle: System, other: System, digits: int = 256, updates: int = 3, batch: int = 64) -> Agreement:
    """Return how far ``other`` is from ``oracle`` on the problem's first digits.

    Raises:
        LenetError: further than float32 explains.
    """
    problem = oracle.problem
    images = problem.images[:digits]
    scores = _gap(oracle.scores(oracle.hold(images)), other.scores(other.hold(images)))
    changes = _changes(oracle, other, batch, updates) if other.trains else None
    name = problem.network.name
    if scores > SCORES:
        raise LenetError(f"{other.name}: scores of {name} differ by {scores:.1e} of the largest, more than {SCORES}")
    if changes is not None and changes > CHANGES:
        raise LenetError(f"{other.name}: changes of {name}'s weights differ by {changes:.1e}, more than {CHANGES}")
    return Agreement(other.name, name, scores, changes)


def _changes(oracle: System, other: System, batch: int, updates: int) -> float:
    problem, moved = oracle.problem, []
    digits = min(updates * batch, len(problem.images))
    for system in (oracle, other):
        system.restart()
        system.train(batch, digits)
        weights = system.weights()
        moved.append(np.concatenate([(weights[name] - start).ravel() for name, start in problem.weights.items()]))
        system.restart()
    return _gap(*moved)


def _gap(right: Floats, other: Floats) -> float:
    return float(np.abs(right - other).max() / np.abs(right).max())
