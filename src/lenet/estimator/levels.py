"""Which values of a table are paper, and which are ink."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError

OUTLIERS = 4  # standard deviations from the mean
SOME = 0.02  # share of the values, or of their range, from which on they can't be meant as before
CHUNK = 4096  # rows looked at at once


@dataclass(frozen=True)
class Range:
    """Which values are paper and ink, and which were seen where that was settled.

    Attributes:
        paper: the value of a pixel of 0.
        ink: the value of a pixel of 255; what lies between the two is between, what lies outside is cut off.
        seen: the smallest and the largest value.
    """

    paper: float
    ink: float
    seen: tuple[float, float]

    @classmethod
    def of(cls, rows: NDArray[Any], given: Any) -> Range:
        """Return the range of rows (N, features): as given, or from their smallest value to their largest.

        Nothing further than four standard deviations from the mean counts then, so that a few values far out, as
        scikit-learn's ``StandardScaler`` makes them, don't leave the others nearly one grey. In MNIST nothing is.

        Raises:
            LenetError: what was given isn't two numbers that differ.
        """
        seen = float(rows.min()), float(rows.max())
        if given is None:
            mean, deviation = _spread(rows, seen[0])
            paper, ink = max(seen[0], mean - OUTLIERS * deviation), min(seen[1], mean + OUTLIERS * deviation)
            return cls(paper, ink if ink > paper else paper + 1, seen)
        try:
            paper, ink = map(float, given)
        except (TypeError, ValueError):
            paper = ink = 0.0
        if not isfinite(paper - ink) or paper == ink:
            raise LenetError(f"pixels must be the values of paper and of ink, such as (0, 255), not {given!r}")
        return cls(paper, ink, seen)

    def levels(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Return whole numbers of 0 (paper) to 255 (ink), as ``rows`` are shaped."""
        levels = (rows.astype(np.float64) - self.paper) * (255 / (self.ink - self.paper))
        return np.rint(np.clip(levels, 0, 255, out=levels), out=levels)

    def warn(self, rows: NDArray[Any]) -> None:
        """Warn of rows whose values can't be meant as those were that were seen."""
        low, high = self.seen
        wide = high - low
        least, most = float(rows.min()), float(rows.max())
        beyond = np.count_nonzero((rows < low - wide) | (rows > high + wide))
        if beyond > SOME * rows.size or 0 < most - least < SOME * wide:
            warnings.warn(
                f"values from {least:g} to {most:g} came, but the classifier was fitted to {low:g} to {high:g}; "
                "give them as they were in fit, such as all divided by 255, or none",
                UserWarning,
                stacklevel=5,
            )


def _spread(rows: NDArray[Any], low: float) -> tuple[float, float]:
    """Return mean and standard deviation of all numbers of a table whose smallest is ``low``, a few rows at a time."""
    total = squares = 0.0
    for first in range(0, len(rows), CHUNK):
        part = rows[first : first + CHUNK].astype(np.float64) - low
        total += float(part.sum())
        squares += float(np.square(part, out=part).sum())
    mean = total / rows.size
    return low + mean, sqrt(max(0.0, squares / rows.size - mean**2))
