"""When a run ends early."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf

from ..recipe import Patience


@dataclass
class Stopping:
    """How patience stands, as the deep learning tutorials had it.

    Updates are counted from 0 where they are compared with patience, as there: the run ends after the first update
    whose number has reached it. Patience never shrinks.

    Attributes:
        rule: the recipe's.
        patience: in updates.
        best: the lowest validation error yet; infinite before the first.
    """

    rule: Patience
    patience: float
    best: float = inf

    @classmethod
    def fresh(cls, rule: Patience) -> Stopping:
        """Return how patience stands before the first update."""
        return cls(rule, rule.first)

    @property
    def limit(self) -> int:
        """How many updates the run makes, unless patience grows."""
        return ceil(self.patience) + 1

    def see(self, error: float, updates: int) -> bool:
        """Take in the validation error after ``updates`` updates; return whether it is the lowest yet."""
        if error < self.best * self.rule.better:
            self.patience = max(self.patience, (updates - 1) * self.rule.growth)
        if not error < self.best:
            return False
        self.best = error
        return True
