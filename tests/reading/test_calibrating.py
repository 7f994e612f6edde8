"""Calibration: constants chosen, confidence fitted, tables of curve, errors, and promises beside what is found."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from lenet import Model, load, train, zoo
from lenet.data import Dataset, glyphs
from lenet.errors import LenetError
from lenet.page.candidates import Candidates
from lenet.page.straight import Straight
from lenet.reading import calibrating
from lenet.reading.calibrating import CHOICES, Sizes, calibrate, choose, curve, errors, fit_all
from lenet.reading.checking import BINS, check
from lenet.reading.confidence import Calibration, sigmoid
from lenet.reading.distance import matches
from lenet.reading.line import SYMBOLS, CutLine
from lenet.reading.logistic import RIDGE, fit
from lenet.reading.opinion import Opinion
from lenet.reading.sampling import Answered, Answering, Writing, begin_answering, begin_choosing, begin_cutting
from lenet.reading.scoring import Scoring


@pytest.fixture(scope="module")
def digits():
    return glyphs(400, seed=3)


@pytest.fixture(scope="module")
def model() -> Model:
    """The reader's network, that has seen glyphs, and halves of glyphs for rubbish."""
    images, labels = glyphs(3000, seed=0, classes="".join(SYMBOLS[:-1]))
    halves = images[:600].copy()
    halves[:, :, 14:] = 0
    images, labels = np.concatenate([images, halves]), np.concatenate([labels, np.full(600, 14, np.uint8)])
    row = zoo.entry("reader")
    data = Dataset("seen", tuple(zoo.READ), images, labels, images[:0], labels[:0])
    recipe = replace(row.recipe, passes=3, batch=32, distortion=None)
    return train(replace(row, recipe=recipe), data, folder=False).model


def drawn(evidence, weights, seed):
    """Return whether answers are right, drawn with the probability that weights give to their evidence."""
    chance = 1 / (1 + np.exp(-(weights[0] + evidence @ weights[1:])))
    return np.random.default_rng(seed).random(len(evidence)) < chance


# Logistic regression.


def test_it_is_scikit_learns():
    evidence = np.random.default_rng(1).normal(0, 3, (400, 3))
    right = drawn(evidence, np.array([-0.5, 0.8, 0.3, 0.1]), 2)
    theirs = LogisticRegression(C=1 / RIDGE, tol=1e-10, max_iter=1000).fit(evidence, right)
    ours = fit(evidence, right)
    np.testing.assert_allclose(ours, [*theirs.intercept_, *theirs.coef_[0]], atol=2e-3)


def test_the_constant_alone_is_the_log_odds():
    # evidence of 0 has no say: 3 of 4 right make log 3, whatever the ridge
    constant, *factors = fit(np.zeros((40, 3)), np.arange(40) % 4 > 0)
    assert constant == pytest.approx(np.log(3), abs=1e-4)
    assert factors == pytest.approx([0, 0, 0])


def test_more_evidence_never_makes_it_less_sure():
    evidence = np.random.default_rng(1).normal(0, 1, (300, 3))
    right = drawn(evidence, np.array([0, 2.0, -1.0, 0]), 2)
    assert fit(evidence, right)[2] == 0


@pytest.mark.parametrize("right", [True, False])
def test_answers_that_are_all_alike_have_finite_weights(right):
    weights = fit(np.random.default_rng(1).normal(2, 1, (50, 3)), np.full(50, right))
    assert np.isfinite(weights).all()
    assert (sigmoid(weights, (2, 2, 2)) > 0.5) == right


# Tables.


def test_a_table_of_errors_worked_out_by_hand(monkeypatch):
    monkeypatch.setattr(calibrating, "LEAST", 0.0)
    sure = [0.9, 0.5, 0.8, 0.8, 0.3]
    right = [True, True, False, True, False]
    # 0 of 1 are wrong; 1 of 3, for both of 0.8 go together; 1 of 4; 2 of 5. Each share is that of one more.
    assert errors(sure, right) == ((3 / 6, 0.3), (2 / 5, 0.5), (2 / 4, 0.8), (1 / 2, 0.9))
    assert errors([0.3] * 3, [True] * 3) == ((1 / 4, 0.3),)
    assert errors([], []) == ()
    calibration = Calibration(errors={"line": errors(sure, right)})
    assert calibration.least(0.45, "line") == 0.5
    assert calibration.least(0.1, "line") == 0.9  # none is known to be so good: 1 - 0.1


def test_a_curve_rises(monkeypatch):
    monkeypatch.setattr(calibrating, "FEWEST", 2)
    said = np.array([0.1, 0.1, 0.3, 0.3, 0.5, 0.5, 0.7, 0.7])
    right = np.array([False, False, True, True, False, True, True, True])
    # 0 of 2, then 2 of 2 and 1 of 2, which fall and are put together, then 2 of 2; one more right and one more wrong
    found = curve(said, right)
    assert found[0] == (0.0, 0.0)
    assert found[1:-1] == (
        (pytest.approx(0.1), 1 / 4),
        (pytest.approx(0.4), 4 / 6),
        (pytest.approx(0.7), 3 / 4),
    )
    assert found[-1] == (1.0, (1 + 3 / 4) / 2)
    assert curve(np.empty(0), np.empty(0, bool)) == ()


def test_too_few_answers_prove_nothing():
    rows = errors(np.linspace(0.999, 1, 2000), np.ones(2000))
    assert len(rows) == calibrating.ROWS
    assert rows[-1][0] == pytest.approx(1 / (0.05 * 2000 + 1))


WEIGHTS = np.array([0.2, 0.5, 0.2, 0.1])


def answers(count, seed, good=3.0):
    """Return answers whose evidence is right as often as WEIGHTS say, of two characters each."""
    evidence = np.random.default_rng(seed).normal(good, 4, (count, 3))
    right = drawn(evidence, WEIGHTS, seed + 1)
    characters = drawn(evidence, np.array([1, 0.5, 0.5, 0]), seed + 2)
    return [
        Answered(tuple(map(float, each)), bool(ok), ((tuple(map(float, each)), bool(character)),))
        for each, ok, character in zip(evidence, right, characters, strict=True)
    ]


def test_what_is_fitted_is_found_again():
    lines, singles = answers(6000, 10), answers(6000, 20, good=0.0)
    calibration = fit_all(Scoring(), lines, singles)
    np.testing.assert_allclose(calibration.line, WEIGHTS, atol=0.1)
    np.testing.assert_allclose(calibration.single, WEIGHTS, atol=0.1)
    bins, rejections = check(calibration, answers(6000, 30), answers(6000, 40, good=0.0))
    assert {each.kind for each in bins} == {"single", "line", "digit"}
    assert sum(each.count for each in bins) == 3 * 6000
    for each in bins:
        assert each.low <= each.expected <= each.high
        assert abs(each.found - each.expected) < 4 * np.sqrt(0.25 / each.count)
    for each in rejections:
        assert each.found <= each.error + 4 * np.sqrt(2 * each.error / max(1, 6000 * (1 - each.rejected)))
        assert 0 <= each.rejected <= 1
    five, two, *_ = [each for each in rejections if each.kind == "line"]
    assert five.rejected < two.rejected < 1


def test_confidence_of_exactly_one_has_a_bin():
    calibration = Calibration(single=(40.0, 0, 0, 0), line=(40.0, 0, 0, 0), digit=(40.0, 0, 0, 0))
    bins, _ = check(calibration, [Answered((0, 0, 0), True)], [])
    assert [(each.low, each.high, each.count) for each in bins] == [(*BINS[-2:], 1)]


# Constants.


def wide_or_thin(sure: float) -> CutLine:
    """A line of two thin ones, or a wide nought: the network is surer of the nought."""
    probabilities = np.full((3, 15), 1e-6, np.float32)
    probabilities[[0, 2], 1] = 0.8  # each half a 1
    probabilities[1, 0] = sure
    boxes = np.array([[0, 0, 5, 20], [0, 0, 12, 20], [7, 0, 12, 20]], np.int32)
    found = Candidates(
        np.array([0, 0, 1], np.int32), np.array([1, 2, 2], np.int32), np.zeros((3, 28, 28), np.uint8), boxes
    )
    line = Straight(np.zeros((20, 12), np.float32), 20.0, 1.0, 0.0, 0.0, 0.0)
    opinion = Opinion(probabilities, np.zeros((3, 3), np.float32))
    return CutLine(line, np.zeros((3, 20), np.int16), found, opinion)


def test_constants_are_chosen_by_the_lines_that_they_read_right():
    told = []
    right = begin_choosing([("11", wide_or_thin(0.9))])
    assert right(Scoring()) == right(Scoring(edge=-0.5)) == 0
    assert right(Scoring(edge=0.5)) == 1
    lines = [("11", wide_or_thin(0.9))] * 2 + [("0", wide_or_thin(0.9))]
    best, before, after = choose(lines, workers=1, progress=lambda *how: told.append(how))
    assert best.edge > 0
    assert (before, after) == (1 / 3, 2 / 3)
    assert told[0] == (1, calibrating.ROUNDS * len(CHOICES), told[0][2])
    assert choose(lines[2:], workers=1)[0] == Scoring()  # nothing is better than what there was


def test_the_choices_are_of_the_constants_there_are():
    assert CHOICES.keys() == {field.name for field in fields(Scoring)}
    for name, values in CHOICES.items():
        assert getattr(Scoring(), name) in values


# All of it.


def test_answers_are_those_that_were_written(model, digits):
    writing = Writing(digits, 1, model)
    cuts = writing.cuts((True, 0, 6))
    light = begin_cutting(writing)((True, 0, 6))
    assert [text for text, _ in cuts] == [text for text, _ in light]
    assert all(text.isdigit() for text, _ in cuts)
    for (_, cut), (_, other) in zip(cuts, light, strict=True):
        assert (len(other.candidates.images), len(other.candidates)) == (0, len(cut.candidates))
        np.testing.assert_array_equal(cut.probabilities, other.probabilities)
    found = begin_answering(Answering(writing, Scoring()))((False, 0, 12))
    texts = [text for text, _ in writing.cuts((False, 0, 12))]
    assert "" in texts  # a letter: no answer is right
    assert all(len(each.characters) == 1 for each in found)
    assert all(each.right == each.characters[0][1] for each in found)
    assert len(found) == len(texts)
    assert not any(each.right for each, text in zip(found, texts, strict=True) if text == "")
    assert any(each.right for each in found)


SIZES = Sizes(choosing=2, fitting=(4, 6), checking=(2, 3))


def test_a_reader_is_calibrated(model, digits, tmp_path, monkeypatch):
    monkeypatch.setattr(calibrating, "CHOICES", {"edge": (0.0, 0.5)})
    told = []
    found = calibrate(model, digits, method="cuts", sizes=SIZES, workers=1, progress=lambda *how: told.append(how))
    monkeypatch.setattr(calibrating, "BLOCK", 3)
    assert calibrate(model, digits, method="cuts", sizes=SIZES, workers=2) == found
    assert [(done, total) for done, total, what in told if "fit" in what][-1] == (10, 10)
    model.metrics["reading"] = found.calibration.to_dict()
    model.save(tmp_path / "reader.safetensors")
    assert Calibration.of(Model.load(tmp_path / "reader.safetensors")) == found.calibration
    assert 0 <= found.before <= found.after <= 1


def test_only_a_reader_can_be(digits):
    with pytest.raises(LenetError, match="lenet5 can't read pictures of writing: that takes one that tells"):
        calibrate(load("lenet5"), digits)


def test_characters_are_right_where_they_match():
    assert matches("1234", "124") == [True, True, False, True]
