"""How sure an answer is: a probability fitted on written lines and characters that no network was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import exp, log
from typing import TYPE_CHECKING, Any

import numpy as np

from .scoring import Scoring

if TYPE_CHECKING:
    from ..model import Ensemble, Model

NEVER = 1e-6  # probabilities are held this far from 0 and 1
PARTS = 6  # of the evidence

Factors = tuple[float, ...]
PLAIN: Factors = (0.0, 0.4, 0.2, 0.2, 0.1, 0.1, 0.1)


def logit(probability: float) -> float:
    """Return the log odds of a probability, which is held off 0 and 1."""
    held = min(max(probability, NEVER), 1 - NEVER)
    return log(held / (1 - held))


def evidence(share: float, characters: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Return what speaks for an answer, PARTS numbers.

    Args:
        share: the answer's probability among all answers of its graph, in [0, 1].
        characters: what speaks for each of its characters, as ``Opinion.of`` has it; none for an empty answer.

    Returns:
        The log odds of the share, the mean of the characters' log odds, and the least of each part of what speaks for
        them: the answer is as sure as its weakest character.
    """
    held = characters or [(0.0,) * (PARTS - 2)]
    return (logit(share), sum(parts[0] for parts in held) / len(held), *map(min, zip(*held, strict=True)))


@dataclass(frozen=True)
class Calibration:
    """What turns evidence into a probability, by logistic regression: a constant, and a factor for each part of it.

    Attributes:
        scoring: the constants of a path's score, chosen on the same writing.
        single: for pictures of one character.
        line: for lines.
        digit: for each character of a line, beside its own posterior and chance.
        errors: for each kind, (share of wrong answers among those at least as sure, confidence), rising in confidence.
    """

    scoring: Scoring = field(default_factory=Scoring)
    single: Factors = PLAIN
    line: Factors = PLAIN
    digit: Factors = PLAIN
    errors: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model | Ensemble) -> Calibration:
        """Return the calibration that was kept with a model's weights; a plain one where there is none."""
        kept = model.metrics.get("reading")
        if not isinstance(kept, Mapping):
            return cls()
        parts = {name: tuple(kept[name]) for name in ("single", "line", "digit")}
        errors = {kind: tuple(map(tuple, rows)) for kind, rows in kept["errors"].items()}
        return cls(Scoring(**kept["scoring"]), errors=errors, **parts)

    def to_dict(self) -> dict[str, Any]:
        """Return it as it is kept with the weights."""
        return asdict(self)

    def answer(self, share: float, characters: Sequence[Sequence[float]], kind: str) -> float:
        """Return the probability that an answer is right, in [0, 1]; see ``evidence``."""
        return sigmoid(self.single if kind == "single" else self.line, evidence(share, characters))

    def character(self, posterior: float, parts: Sequence[float]) -> float:
        """Return the probability that a character is right: by its posterior in the graph, and the networks' parts."""
        return sigmoid(self.digit, evidence(posterior, [parts]))

    def least(self, error: float, kind: str) -> float:
        """Return the confidence from which on at most that share of the answers is wrong, as far as is known."""
        rows = self.errors.get("single" if kind == "single" else "line", ())
        return next((confidence for share, confidence in rows if share <= error), 1.0 - error)


def sigmoid(weights: Factors, values: Sequence[float]) -> float:
    """Return the logistic function of a constant and weighted values."""
    total = weights[0] + sum(weight * value for weight, value in zip(weights[1:], values, strict=True))
    return 1 / (1 + exp(-float(np.clip(total, -30, 30))))
