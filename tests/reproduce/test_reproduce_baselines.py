"""Methods of scikit-learn, on glyphs."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from lenet.data import glyphs
from lenet.data.dataset import Dataset
from lenet.errors import LenetError
from lenet.reproduce import CLAIMS, baselines
from lenet.reproduce.claims import Baseline


@pytest.fixture(scope="module")
def digits() -> Dataset:
    train, test = glyphs(600, 0, size=14), glyphs(200, 1, size=14)
    return Dataset("glyphs", tuple("0123456789"), *train, *test)


SMALL = {"centres": 40, "passes": 3, "units": (20, 10)}


def small(baseline: Baseline) -> Baseline:
    return replace(baseline, settings={k: SMALL.get(k, v) for k, v in baseline.settings.items()})


BASELINES = {name: small(c.work) for name, c in CLAIMS.items() if isinstance(c.work, Baseline)}


@pytest.mark.parametrize("name", BASELINES)
def test_it_learns_and_repeats(digits, name):
    measures, counts, seconds = baselines.fit(BASELINES[name], 3, digits)
    again, _, _ = baselines.fit(BASELINES[name], 3, digits)
    other, _, _ = baselines.fit(BASELINES[name], 4, digits)
    assert measures == again and seconds > 0
    assert measures["test error"] < 0.6 and 0 <= measures.get("rejected", 0) < 1  # by chance 0.9
    assert BASELINES[name].drawn or measures == other
    assert all(count > 0 for count in counts)


def test_nearest_by_hand(digits):
    """Three nearest by all distances, most classes win, of a draw the lowest class."""
    train, test = (a.reshape(len(a), -1) / 255 for a in (digits.train_images, digits.test_images))
    distances = np.square(test[:, None] - train).sum(axis=2)
    nearest = digits.train_labels[np.argsort(distances, axis=1, kind="stable")[:, :3]]
    answers = np.array([np.bincount(row, minlength=10).argmax() for row in nearest])
    error = np.mean(answers != digits.test_labels)
    assert baselines.fit(BASELINES["nearest"], 0, digits)[0]["test error"] == pytest.approx(error, abs=0.005)


def test_counts_of_the_paper(digits):
    """The paper's Figure 9 in thousands: linear 4 (for 20x20 pixels), 1000 RBF 794, 784-300-100-10: 267."""
    large = Dataset("glyphs", digits.classes, *glyphs(1000, 0), *glyphs(50, 1))
    images, labels = baselines._pixels(large.train_images), large.train_labels.astype(np.int64)
    _, (parameters, adds) = baselines.layers(images, labels, 0, units=(300, 100), passes=1)
    assert (parameters, adds) == (266_610, 266_200)
    _, (parameters, adds) = baselines.rbf(images, labels, 0, centres=1000)
    assert (parameters, adds) == (794_010, 794_000)
    _, (parameters, adds) = baselines.linear(images, labels, 0)
    assert (parameters, adds) == (7_850, 7_840)


def test_the_test_digits_choose_nothing(digits):
    shuffled = replace(digits, test_labels=np.roll(digits.test_labels, 1))
    for name, baseline in BASELINES.items():
        right, wrong = (baselines.fit(baseline, 0, each)[0]["test error"] for each in (digits, shuffled))
        assert right < wrong, name


def test_scikit_learn_that_isn_t_there(digits, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(LenetError, match=r'needs sklearn, which isn\'t installed: pip install "lenet\[sklearn\]"'):
        baselines.fit(BASELINES["linear"], 0, digits)
