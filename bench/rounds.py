"""Taking time: systems by turns, round after round, so that whatever else the machine does falls on all of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TypeVar

REST = 0.03  # seconds between two systems, for the threads of the one to come to rest before the other starts

Result = TypeVar("Result")


@dataclass(frozen=True)
class Spread:
    """The median of some runs, the lowest and the highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Return the spread of at least one value."""
        return cls(median(values), min(values), max(values))


def seconds(run: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def enough(run: Callable[[int], object], target: float, step: int, most: int) -> int:
    """Return how many digits, a multiple of ``step`` up to ``most``, ``run`` gets through in about ``target`` seconds.

    It is run a few times for that, which is the warm-up as well.
    """

    def whole(digits: float) -> int:
        return min(max(1, round(digits / step)), max(1, most // step)) * step

    digits = step
    run(digits)
    while (took := seconds(partial(run, digits))) < target / 4 and digits < whole(most):
        digits = whole(digits * min(8.0, target / (2 * took)))
    return whole(digits * target / took)


def alternate(runs: Mapping[str, Callable[[], Result]], rounds: int) -> dict[str, list[Result]]:
    """Return for each name what its callable returned in each round, all of them by turns: A B C A B C ...

    Garbage is collected between runs and never within one.
    """
    taken: dict[str, list[Result]] = {name: [] for name in runs}
    collecting = gc.isenabled()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, run in runs.items():
                gc.collect()
                time.sleep(REST)
                taken[name].append(run())
    finally:
        if collecting:
            gc.enable()
    return taken


def ratio(others: list[float], ours: list[float]) -> float:
    """Return how many times ``ours`` the others are: the median over rounds of the ratio within a round."""
    return median(other / own for other, own in zip(others, ours, strict=True))
