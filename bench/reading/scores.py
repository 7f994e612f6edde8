"""What answers are worth: how many are right, how far off the others are, and what rejecting the least sure gains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite
from statistics import mean, median

import numpy as np

from lenet.model.rejection import Curve, curve
from lenet.reading.distance import edits

from .systems import Answer

ERRORS = (0.05, 0.02, 0.01, 0.005)  # rates wanted on what isn't rejected
REJECTED = (0.0, 0.05, 0.1, 0.2)  # shares that are rejected
LOOK_ALIKE = frozenset("OoIlSsZzBDQqgbGi")  # letters that may be written just as digits are: no reader can tell
ACCEPTED = 0.95  # of the digits that a reader is to accept when it is shown letters


@dataclass(frozen=True)
class Score:
    """What a system's answers to a set are worth.

    Attributes:
        count: pictures.
        right: answers that are the label, exactly.
        unanswered: pictures without an answer.
        distance: insertions, deletions and substitutions from answer to label, by label character.
        rejected: the least share to reject for each rate in ``ERRORS`` on the others.
        errors: the error on the others where each share in ``REJECTED`` is rejected, the least sure first.
        median: seconds a picture.
        mean: seconds a picture.
    """

    count: int
    right: int
    unanswered: int
    distance: float
    rejected: tuple[float, ...]
    errors: tuple[float, ...]
    median: float
    mean: float


def score(answers: Sequence[Answer], labels: Sequence[str]) -> Score:
    """Return what answers to at least one picture are worth."""
    way = rejection(answers, labels)
    seconds = [answer.seconds for answer in answers]
    return Score(
        count=len(labels),
        right=sum(answer.text == label for answer, label in zip(answers, labels, strict=True)),
        unanswered=sum(not answer.text for answer in answers),
        distance=sum(map(edits, (answer.text for answer in answers), labels)) / sum(map(len, labels)),
        rejected=tuple(way.at(error).share for error in ERRORS),
        errors=tuple(error_at(way, share) for share in REJECTED),
        median=median(seconds),
        mean=mean(seconds),
    )


def rejection(answers: Sequence[Answer], labels: Sequence[str]) -> Curve:
    """Return the error on the rest against the share that is rejected; what has no answer is rejected first."""
    right = np.array([answer.text == label for answer, label in zip(answers, labels, strict=True)])
    sure = np.array([answer.confidence if answer.text else -inf for answer in answers])
    return curve(np.stack([~right, right], axis=1).astype(float), np.ones(len(right), np.int64), confidence=sure)


def error_at(way: Curve, share: float) -> float:
    """Return the error on the rest where ``share`` (below 1) is rejected; among the equally sure, any may be."""
    wrong = np.append(way.errors * (1 - way.shares), 0.0)
    return float(np.interp(share, np.append(way.shares, 1.0), wrong) / (1 - share))


@dataclass(frozen=True)
class Taken:
    """How many letters a system takes for digits.

    Attributes:
        count: letters that don't look like digits.
        share: of them that are taken for digits.
        all: letters, those that look like digits (``LOOK_ALIKE``) among them.
        share_of_all: of all that are taken for digits.
        digits: share of the digits that are accepted by the same threshold.
        threshold: of confidence; ``-inf``: whatever has an answer, which is less than 95% of the digits.
        digits_of: the set of digits that gave it.
    """

    count: int
    share: float
    all: int
    share_of_all: float
    digits: float
    threshold: float
    digits_of: str


def taken(answers: Sequence[Answer], letters: Sequence[str], digits: Sequence[Answer], digits_of: str) -> Taken:
    """Return which share of letters is taken for digits, where the surest 95% of the digits are accepted.

    Args:
        answers: to the letters.
        letters: what they are.
        digits: the answers to the digits that set the threshold.
        digits_of: their set.
    """
    sure = sorted((answer.confidence if answer.text else -inf for answer in digits), reverse=True)
    threshold = sure[int(np.ceil(ACCEPTED * len(sure))) - 1]

    def accepted(answers: Sequence[Answer]) -> float:
        return sum(bool(answer.text) and answer.confidence >= threshold for answer in answers) / max(len(answers), 1)

    others = [answer for answer, letter in zip(answers, letters, strict=True) if letter not in LOOK_ALIKE]
    share, share_of_all = accepted(others), accepted(answers)
    return Taken(len(others), share, len(answers), share_of_all, accepted(digits), threshold, digits_of)


def finite(value: float) -> float | None:
    """Return a number as JSON knows it: None for an infinite one."""
    return value if isfinite(value) else None
