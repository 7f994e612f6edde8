"""Rejection, worked by hand."""

from math import inf

import numpy as np
import pytest

from lenet.errors import LenetError
from lenet.model.rejection import Rejection, curve, rejection

# Gaps 4, 3, 2, 2, 1; answers 0, 1, 0, 1, 0.
SCORES = np.float32([[5, 1, 0], [1, 4, 0], [3, 1, 1], [0, 2, -5], [1, 0, 0]])
LABELS = np.uint8([0, 1, 2, 1, 1])  # the third and the last are read wrong


def test_the_curve_by_hand():
    found = curve(SCORES, LABELS)
    assert found.shares.tolist() == [0, 1 / 5, 3 / 5, 4 / 5]  # the two of gap 2 go together
    assert found.thresholds.tolist() == [1, 2, 3, 4]
    assert found.errors.tolist() == [2 / 5, 1 / 4, 0, 0]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (0.5, Rejection(0.0, 1.0, 0.4)),
        (0.4, Rejection(0.0, 1.0, 0.4)),
        (0.3, Rejection(0.2, 2.0, 0.25)),
        (0.005, Rejection(0.6, 3.0, 0.0)),
    ],
)
def test_the_fewest_for_an_error_rate(error, expected):
    assert rejection(SCORES, LABELS, error) == expected


def test_of_distances_the_smallest_wins():
    assert rejection(-SCORES, LABELS, smallest_wins=True) == rejection(SCORES, LABELS)
    assert curve(-SCORES, LABELS, smallest_wins=True).errors.tolist() == curve(SCORES, LABELS).errors.tolist()


def test_the_threshold_does_what_it_says():
    random = np.random.default_rng(0)
    scores, labels = random.integers(0, 9, (500, 10)).astype(np.float32), random.integers(0, 10, 500)
    labels[:400] = scores[:400].argmax(axis=1)
    best = np.sort(scores, axis=1)
    gap = best[:, -1] - best[:, -2]
    for error in (0.15, 0.1, 0.07):
        found = rejection(scores, labels, error)
        kept = gap >= found.threshold
        assert found.share == pytest.approx(1 - kept.mean())
        assert found.error == pytest.approx((scores.argmax(axis=1) != labels)[kept].mean())
        assert found.error <= error or found.share == 1


def test_where_no_threshold_is_enough_everything_is_rejected():
    assert rejection(SCORES, 2 - np.int64([0, 1, 0, 1, 0]) + 0, 0.0) == Rejection(1.0, inf, 0.0)


def test_any_confidence():
    found = rejection(SCORES, LABELS, 0.0, confidence=np.float32([0.5, 0.6, 0.1, 0.9, 0.1]))
    assert found == Rejection(0.4, pytest.approx(0.5), 0.0)


def test_all_right_rejects_none():
    assert rejection(SCORES, SCORES.argmax(axis=1)).share == 0


@pytest.mark.parametrize("confidence", [None, [1, 2], [1, 2, 3, 4, np.nan]])
def test_what_doesn_t_fit(confidence):
    labels = LABELS[:3] if confidence is None else LABELS
    confidence = None if confidence is None else np.float32(confidence)
    with pytest.raises(LenetError, match="rejection needs scores"):
        rejection(SCORES, labels, confidence=confidence)
    with pytest.raises(LenetError, match="rejection needs scores"):
        rejection(SCORES[:0], LABELS[:0])
