"""Whether a confidence can be trusted: how many answers are right, of those that say that they are right so often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lenet.reading.distance import matches

from .systems import Answer

EDGES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0)  # finer where answers are surer: most are


@dataclass(frozen=True)
class Bin:
    """The answers of a range of confidence.

    Attributes:
        low: the least confidence in it, 0 to 1.
        high: the most, itself excluded unless it is 1.
        count: answers.
        expected: the mean of their confidence.
        found: share of them that is right.
    """

    low: float
    high: float
    count: int
    expected: float
    found: float


@dataclass(frozen=True)
class Calibration:
    """Expected against found confidence.

    Attributes:
        what: that the confidence is of: ``"digit"`` or ``"answer"``.
        bins: that hold an answer, from the least sure.
        every: all of them as one.
        gap: how far expected and found are apart in a bin, the mean over the answers.
    """

    what: str
    bins: tuple[Bin, ...]
    every: Bin
    gap: float


def calibrations(answers: Sequence[Answer], labels: Sequence[str]) -> list[Calibration]:
    """Return expected against found confidence of digits and of answers, as far as they are given.

    A digit is right where the alignment of answer and label by the fewest edits matches it with itself. Where every
    answer is a single digit, those of digits are left out: they are the same.
    """
    pairs = list(zip(answers, labels, strict=True))
    whole = [(a.confidence, a.text == label) for a, label in pairs if a.text and a.probable]
    each = [found for a, label in pairs if a.digits for found in zip(a.digits, matches(a.text, label), strict=True)]
    if all(len(answer.text) <= 1 for answer in answers):
        each = []
    return [_calibration(what, found) for what, found in (("digit", each), ("answer", whole)) if found]


def _calibration(what: str, found: Sequence[tuple[float, bool]]) -> Calibration:
    sure, right = (np.array(values, np.float64) for values in zip(*found, strict=True))
    place = np.digitize(sure, EDGES[1:-1])
    bins = tuple(_bin(EDGES[at], EDGES[at + 1], sure[place == at], right[place == at]) for at in np.unique(place))
    gap = sum(bin_.count * abs(bin_.expected - bin_.found) for bin_ in bins) / len(sure)
    return Calibration(what, bins, _bin(EDGES[0], EDGES[-1], sure, right), gap)


def _bin(low: float, high: float, sure: NDArray[np.float64], right: NDArray[np.float64]) -> Bin:
    return Bin(low, high, len(sure), float(sure.mean()), float(right.mean()))
