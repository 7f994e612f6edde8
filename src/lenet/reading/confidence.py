"""How sure an answer is: a probability fitted on written lines and characters that no network was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import exp, log
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import LenetError
from .scoring import Scoring

if TYPE_CHECKING:
    from ..model import Ensemble, Model

NEVER = 1e-6  # probabilities are held this far from 0 and 1
PARTS = 6  # of the evidence

Factors = tuple[float, ...]
Curve = tuple[tuple[float, float], ...]
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
        curves: for ``single``, ``line`` and ``digit``: (what the regression says, how often that was right), both
            rising: the regression is straight, and what it is to fit isn't.
        errors: for each kind, (share of wrong answers among those at least as sure, confidence), rising in confidence.
    """

    scoring: Scoring = field(default_factory=Scoring)
    single: Factors = PLAIN
    line: Factors = PLAIN
    digit: Factors = PLAIN
    curves: Mapping[str, Curve] = field(default_factory=dict)
    errors: Mapping[str, Curve] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model | Ensemble) -> Calibration:
        """Return the calibration that was kept with a model's weights; a plain one where there is none.

        Raises:
            LenetError: it can't be understood: it is damaged, or of another version.
        """
        kept = model.metrics.get("reading")
        if kept is None:
            return cls()
        try:
            parts = {name: _factors(kept[name]) for name in ("single", "line", "digit")}
            curves, errors = (
                {str(kind): tuple((float(one), float(two)) for one, two in rows) for kind, rows in kept[name].items()}
                for name in ("curves", "errors")
            )
            scoring = Scoring(**{name: float(value) for name, value in kept["scoring"].items()})
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
            raise LenetError(
                f"the calibration that is kept with {model.name} can't be understood ({error!r}); "
                "make it anew: lenet calibrate"
            ) from None
        return cls(scoring, curves=curves, errors=errors, **parts)

    def to_dict(self) -> dict[str, Any]:
        """Return it as it is kept with the weights."""
        return asdict(self)

    def answer(self, share: float, characters: Sequence[Sequence[float]], kind: str) -> float:
        """Return the probability that an answer is right, in [0, 1]; see ``evidence``."""
        return self.sure("single" if kind == "single" else "line", evidence(share, characters))

    def character(self, posterior: float, parts: Sequence[float]) -> float:
        """Return the probability that a character is right: by its posterior in the graph, and the networks' parts."""
        return self.sure("digit", evidence(posterior, [parts]))

    def sure(self, what: str, parts: Sequence[float]) -> float:
        """Return the probability that a ``single``, ``line`` or ``digit`` with such evidence is right."""
        said = sigmoid(getattr(self, what), parts)
        curve = self.curves.get(what, ())
        if not curve:
            return said
        at, found = np.array(curve).T
        return float(np.interp(said, at, found))

    def least(self, error: float, kind: str) -> float:
        """Return the confidence from which on at most that share of the answers is wrong, as far as is known."""
        rows = self.errors.get("single" if kind == "single" else "line", ())
        return next((confidence for share, confidence in rows if share <= error), 1.0 - error)


def _factors(numbers: Sequence[float]) -> Factors:
    if len(numbers) != 1 + PARTS:
        raise ValueError(f"{len(numbers)} factors, not {1 + PARTS}")
    return tuple(map(float, numbers))


def sigmoid(weights: Factors, values: Sequence[float]) -> float:
    """Return the logistic function of a constant and weighted values."""
    total = weights[0] + sum(weight * value for weight, value in zip(weights[1:], values, strict=True))
    return 1 / (1 + exp(-float(np.clip(total, -30, 30))))
