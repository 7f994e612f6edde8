"""Numbers drawn at random from ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

Range = tuple[float, float]
Rng = np.random.Generator


def between(rng: Rng, limits: Range) -> float:
    """Return a number from a range, each alike."""
    low, high = limits
    return low + (high - low) * rng.random()


def scaled(rng: Rng, limits: Range) -> float:
    """Return a number from a range above 0, each ratio alike."""
    low, high = limits
    return float(low * (high / low) ** rng.random())


def near(rng: Rng, spread: float) -> float:
    """Return a normal number round 0, at most 2.5 spreads away."""
    return spread * min(max(rng.standard_normal(), -2.5), 2.5)


def one_of(rng: Rng, weights: Mapping[str, float]) -> str:
    """Return one of several names by their weights, which needn't sum to 1."""
    names = list(weights)
    sums = np.cumsum(list(weights.values()))
    return names[int(np.searchsorted(sums, rng.random() * sums[-1], "right"))]


def any_of(rng: Rng, ranges: Sequence[tuple[Range, float]]) -> float:
    """Return a number from one of several ranges with weights, each alike within a range."""
    sums = np.cumsum([weight for _, weight in ranges])
    return between(rng, ranges[int(np.searchsorted(sums, rng.random() * sums[-1], "right"))][0])
