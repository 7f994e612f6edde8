"""Whether the systems compute the same: nothing is timed before they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lenet.errors import LenetError

from .problem import Problem
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
    changes = _changes(problem, oracle, other, batch, updates * batch) if other.trains else None
    name = problem.network.name
    if scores > SCORES:
        raise LenetError(f"{other.name}: scores of {name} differ by {scores:.1e} of the largest, more than {SCORES}")
    if changes is not None and changes > CHANGES:
        raise LenetError(f"{other.name}: changes of {name}'s weights differ by {changes:.1e}, more than {CHANGES}")
    return Agreement(other.name, name, scores, changes)


def _changes(problem: Problem, oracle: System, other: System, batch: int, digits: int) -> float:
    moved = []
    for system in (oracle, other):
        system.restart()
        system.train(batch, digits)
        weights = system.weights()
        moved.append(np.concatenate([(weights[name] - start).ravel() for name, start in problem.weights.items()]))
        system.restart()
    return _gap(*moved)


def _gap(right: np.ndarray, other: np.ndarray) -> float:  # type: ignore[type-arg]
    return float(np.abs(right - other).max() / np.abs(right).max())
