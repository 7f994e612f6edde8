"""How sure an answer is, worked by hand."""

import json
from math import exp, log
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet.errors import LenetError
from lenet.reading.confidence import NEVER, PARTS, Calibration, evidence, logit, sigmoid
from lenet.reading.scoring import Scoring

CHANCES = st.floats(0, 1)


def test_log_odds():
    assert logit(0.5) == 0
    assert logit(0.8) == pytest.approx(log(4))
    assert logit(0.2) == pytest.approx(-log(4))
    assert logit(1.0) == pytest.approx(-logit(0.0)) == pytest.approx(log((1 - NEVER) / NEVER))


def test_the_evidence_is_the_share_the_mean_and_the_least_of_each_part():
    found = evidence(0.8, [(3.0, 1.0, -2.0, 5.0), (1.0, 4.0, 7.0, 5.5), (2.0, 2.0, 2.0, 9.0)])
    assert found == pytest.approx((log(4), 2.0, 1.0, 1.0, -2.0, 5.0))
    assert len(found) == PARTS


def test_an_answer_without_characters_has_its_share_alone():
    assert evidence(0.5, []) == (0.0,) * PARTS


def test_a_curve_bends_what_the_regression_says():
    bent = Calibration(
        single=(0.0, 1.0, 0, 0, 0, 0, 0),
        digit=(0.0, 1.0, 0, 0, 0, 0, 0),
        curves={"single": ((0.2, 0.1), (0.6, 0.5), (0.9, 0.98)), "line": ((0.5, 0.0),)},
    )
    for said, sure in ((0.2, 0.1), (0.4, 0.3), (0.6, 0.5), (0.8, 0.82), (0.95, 0.98), (0.05, 0.1)):
        assert bent.answer(said, [], "single") == pytest.approx(sure)
    assert bent.character(0.4, (0.0,) * 4) == pytest.approx(0.4)  # without a curve it is believed


def test_the_logistic_function():
    assert sigmoid((0.0, 1.0), (0.0,)) == 0.5
    assert sigmoid((1.0, 2.0, -0.5), (0.25, 3.0)) == 0.5
    assert sigmoid((log(4), 5.0), (0.0,)) == pytest.approx(0.8)
    assert sigmoid((0.0, 1e9), (-1e9,)) == pytest.approx(1 / (1 + exp(30)))  # no overflow
    with pytest.raises(ValueError, match="zip"):
        sigmoid((0.0, 1.0), (1.0, 2.0))


FITTED = Calibration(
    Scoring(edge=0.25, area=9.0),
    single=(0.5, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    line=(0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0),
    digit=(0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0),
    curves={"line": ((0.0, 0.0), (1.0, 1.0))},
    errors={"single": ((0.05, 0.5), (0.01, 0.9), (0.0, 0.99)), "line": ((0.2, 0.3), (0.1, 0.6))},
)


def test_each_kind_has_factors_of_its_own():
    characters = [(3.0, 0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0)]
    assert FITTED.answer(0.8, characters, "single") == pytest.approx(1 / (1 + exp(-0.5 - log(4))))
    assert (
        FITTED.answer(0.8, characters, "line")
        == FITTED.answer(0.8, characters, "page")
        == pytest.approx(1 / (1 + exp(-2.0)))
    )


def test_a_character_by_itself():
    assert FITTED.character(0.123, (0.75, 9.0, 9.0, -0.25)) == pytest.approx(1 / (1 + exp(-0.5)))


@given(CHANCES, CHANCES)
def test_more_share_never_makes_a_plain_answer_less_sure(one, other):
    characters = [(2.0, 1.0, 1.0, 1.0)]
    low, high = (Calibration().answer(share, characters, "line") for share in sorted((one, other)))
    assert 0 < low <= high < 1


@pytest.mark.parametrize(
    ("kind", "error", "least"),
    [
        ("single", 0.05, 0.5),  # borne exactly
        ("single", 0.07, 0.5),
        ("single", 0.02, 0.9),
        ("single", 0.001, 0.99),
        ("line", 0.15, 0.6),
        ("page", 0.15, 0.6),
        ("line", 0.05, 0.95),  # no confidence is known to keep it
    ],
)
def test_the_least_confidence_that_keeps_an_error(kind, error, least):
    assert FITTED.least(error, kind) == least


def test_without_a_table_the_confidence_is_believed():
    assert Calibration().least(0.01, "line") == 0.99


def test_it_is_kept_with_the_weights():
    kept = json.loads(json.dumps(FITTED.to_dict()))  # as a file has it: lists for tuples
    assert Calibration.of(SimpleNamespace(metrics={"reading": kept})) == FITTED


def test_weights_without_one_have_a_plain_one():
    assert Calibration.of(SimpleNamespace(metrics={})) == Calibration()


@pytest.mark.parametrize(
    "damage",
    [
        {"line": [0.0, 1.0]},
        {"digit": None},
        {"scoring": {"unheard": 1.0}},
        {"scoring": {"edge": "much"}},
        {"errors": [1, 2]},
        {"curves": {"line": [[0.1]]}},
    ],
)
def test_damaged_ones_are_refused(damage):
    kept = {**FITTED.to_dict(), **damage}
    with pytest.raises(LenetError, match=r"kept with mine can't be understood .* lenet calibrate"):
        Calibration.of(SimpleNamespace(name="mine", metrics={"reading": kept}))
    del kept[next(iter(damage))]
    with pytest.raises(LenetError, match="can't be understood"):
        Calibration.of(SimpleNamespace(name="mine", metrics={"reading": kept}))


def test_one_that_cannot_be_understood_is_told_of():
    with pytest.raises(LenetError, match="reader can't be understood"):
        Calibration.of(SimpleNamespace(name="reader", metrics={"reading": "none"}))
