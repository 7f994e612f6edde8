"""The rate at each update."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi

from ..network.layer import require, whole
from .checks import between


@dataclass(frozen=True)
class Constant:
    """The same rate throughout."""

    value: float

    def rate(self, update: int, per_pass: int, total: int) -> float:
        """Return the rate of an update, counted from 0, where a pass has ``per_pass`` and the run ``total``."""
        return self.value


@dataclass(frozen=True)
class Table:
    """A rate for each stretch of passes; the last one lasts.

    Attributes:
        stretches: (passes, rate), in order. By default the paper's (section III.B).
        factor: multiplies every rate.
    """

    stretches: tuple[tuple[int, float], ...] = ((2, 5e-4), (3, 2e-4), (3, 1e-4), (4, 5e-5), (8, 1e-5))
    factor: float = 1.0

    def __post_init__(self) -> None:
        """Check that there is a stretch, and that each has passes."""
        object.__setattr__(self, "stretches", tuple((passes, rate) for passes, rate in self.stretches))
        require(bool(self.stretches), "Table's stretches must be one or more of (passes, rate)")
        for passes, _ in self.stretches:
            whole("the passes of Table's stretches", passes, 1)

    def rate(self, update: int, per_pass: int, total: int) -> float:
        """Return the rate of an update, counted from 0, where a pass has ``per_pass`` and the run ``total``."""
        passed = update // per_pass
        for passes, rate in self.stretches:
            if passed < passes:
                return rate * self.factor
            passed -= passes
        return self.stretches[-1][1] * self.factor


@dataclass(frozen=True)
class Cosine:
    """From ``high`` down to ``low`` along half a cosine."""

    high: float
    low: float = 0.0

    def rate(self, update: int, per_pass: int, total: int) -> float:
        """Return the rate of an update, counted from 0, where a pass has ``per_pass`` and the run ``total``."""
        return self.low + (self.high - self.low) * (1 + cos(pi * update / total)) / 2


@dataclass(frozen=True)
class OneCycle:
    """Straight up to ``high`` over the share ``rise`` of the run, then straight down to ``low``.

    Attributes:
        high: the highest rate.
        start: the first rate.
        low: the last rate.
        rise: share of the run that goes up.
    """

    high: float
    start: float = 0.0
    low: float = 0.0
    rise: float = 0.25

    def __post_init__(self) -> None:
        """Check the share."""
        between(self, 0, 1, "rise")

    def rate(self, update: int, per_pass: int, total: int) -> float:
        """Return the rate of an update, counted from 0, where a pass has ``per_pass`` and the run ``total``."""
        share = (update + 0.5) / total
        if share < self.rise:
            return self.start + (self.high - self.start) * share / self.rise
        return self.low + (self.high - self.low) * (1 - share) / (1 - self.rise)


@dataclass(frozen=True)
class Inverse:
    """``first`` x (1 + ``gamma`` i)^-``power`` at update i."""

    first: float
    gamma: float
    power: float

    def rate(self, update: int, per_pass: int, total: int) -> float:
        """Return the rate of an update, counted from 0, where a pass has ``per_pass`` and the run ``total``."""
        return float(self.first * (1 + self.gamma * update) ** -self.power)


Schedule = Constant | Table | Cosine | OneCycle | Inverse
