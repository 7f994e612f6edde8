"""What a candidate is worth, worked by hand."""

from math import log

import numpy as np
import pytest

from lenet.reading.scoring import ALIKE, ALONE, LEAST, SQUARE, Scoring

HEIGHT = 30.0
SCORING = Scoring(doubt=2.0, floor=0.01, edge=0.5, mark=-0.3, rubbish=-1.0, area=15.0, size=2.0, wide=3.0)


def chances(**said):
    """Probabilities of the 15 symbols: those that are told, as digit_3, mark_0 or rubbish; 0 of the rest."""
    row = np.zeros(15, np.float32)
    for name, chance in said.items():
        kind, _, number = name.partition("_")
        row[{"digit": 0, "mark": 10, "rubbish": 14}[kind] + int(number or 0)] = chance
    return row


def score(row, wide=15, high=30, scoring=SCORING):
    (scores,) = scoring.scores(row[None], np.array([[40, 2, 40 + wide, 2 + high]], np.int32), HEIGHT)
    assert scores.dtype == np.float32
    return scores


def test_a_digit_is_worth_its_share_of_the_digits_and_that_it_is_one():
    scores = score(chances(digit_3=0.6, digit_8=0.2, rubbish=0.2))
    assert scores[3] == pytest.approx(log(0.6 / 0.8) + 2 * log(0.8) + 0.5)
    assert scores[8] == pytest.approx(log(0.2 / 0.8) + 2 * log(0.8) + 0.5)
    assert scores[0] == pytest.approx(log(LEAST) + 2 * log(0.8) + 0.5)  # no path dies of one


def test_what_is_unlike_any_digit_is_read_as_one_all_the_same():
    scores = score(chances(digit_7=0.001, rubbish=0.999))
    assert scores[7] == pytest.approx(0 + 2 * log(0.01) + 0.5, abs=1e-5)
    assert np.isfinite(score(chances(rubbish=1.0))).all()


def test_a_mark_is_worth_what_is_said_of_it():
    assert score(chances(mark_2=0.5, digit_1=0.5))[12] == pytest.approx(log(0.5) + 0.5 - 0.3)


def test_ink_passed_over_costs_by_its_area_whatever_is_said():
    for row in (chances(digit_1=1.0), chances(rubbish=1.0)):
        assert score(row, wide=15, high=30)[14] == pytest.approx(-1 - 15 * 1 * (0.5 + 0.2))
        assert score(row, wide=3, high=6)[14] == pytest.approx(-1 - 15 * 0.2 * (0.1 + 0.2))
        assert score(row, wide=3, high=60)[14] == pytest.approx(-1 - 15 * 1 * (0.1 + 0.2))  # no more than a line's


@pytest.mark.parametrize(
    ("wide", "high", "strays", "slab"),
    [
        (15, 30, 0, 0),
        (15, 40, 0, 0),  # a third higher than the line is alike
        (10, 60, log(2) - ALIKE, 0),
        (4, 10, log(3) - ALIKE, 0),
        (30, 20, 0, 1.5 - SQUARE),  # as wide as the line is high
        (60, 30, log(2) - ALIKE, 2 - SQUARE),
        (1, 1, log(20) - ALIKE, 0),  # no smaller than a twentieth
    ],
)
def test_a_digit_of_another_size_or_shape_loses(wide, high, strays, slab):
    row = chances(digit_5=1.0, mark_0=0.0)
    usual = score(row)
    scores = score(row, wide, high)
    assert usual[5] - scores[5] == pytest.approx(2 * strays + 3 * max(slab, 0), abs=1e-5)
    assert scores[10:14] == pytest.approx(usual[10:14])  # marks are of any size


def test_alone_hardly_any_ink_is_passed_over():
    alone = SCORING.alone()
    assert alone.area == ALONE * SCORING.area
    assert (alone.doubt, alone.rubbish, alone.edge) == (SCORING.doubt, SCORING.rubbish, SCORING.edge)


def test_of_no_candidates_there_are_no_scores():
    none = Scoring().scores(np.zeros((0, 15), np.float32), np.zeros((0, 4), np.int32), HEIGHT)
    assert none.shape == (0, 15)


def test_what_is_given_stays_as_it_is():
    row = chances(digit_3=0.6, rubbish=0.4)[None]
    before = row.copy()
    Scoring().scores(row, np.array([[0, 0, 9, 9]], np.int32), HEIGHT)
    assert np.array_equal(row, before)
