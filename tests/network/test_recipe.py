"""Rates by hand, and what a recipe and a preparation refuse."""

from math import pi, sin

import pytest

from lenet.errors import LenetError
from lenet.preparation import PAPER, Preparation
from lenet.recipe import (
    SGD,
    Adam,
    Constant,
    Cosine,
    Distortion,
    Inverse,
    Loss,
    OneCycle,
    Patience,
    Recipe,
    Table,
    Validation,
)


def test_the_papers_table():
    rates = [Table().rate(update, per_pass=3, total=60) for update in range(0, 60, 3)]
    assert rates == [5e-4] * 2 + [2e-4] * 3 + [1e-4] * 3 + [5e-5] * 4 + [1e-5] * 8
    assert Table().rate(5, per_pass=3, total=60) == 5e-4  # the last update of the second pass
    assert Table().rate(600, per_pass=3, total=603) == 1e-5  # the last stretch lasts
    assert Table(((1, 0.5), (1, 0.25)), factor=2).rate(1, per_pass=1, total=2) == 0.5


def test_a_constant():
    assert Constant(0.3).rate(17, per_pass=4, total=20) == 0.3


def test_cosine():
    rates = [Cosine(1.0, low=0.2).rate(update, per_pass=1, total=4) for update in range(5)]
    assert rates == pytest.approx([1.0, 0.6 + 0.4 * sin(pi / 4), 0.6, 0.6 - 0.4 * sin(pi / 4), 0.2])


def test_one_cycle():
    cycle = OneCycle(1.0, start=0.2, low=0.1, rise=0.5)
    rates = [cycle.rate(update, per_pass=1, total=4) for update in range(4)]  # at 1/8, 3/8, 5/8 and 7/8 of the run
    assert rates == pytest.approx([0.2 + 0.8 / 4, 0.2 + 0.8 * 3 / 4, 0.1 + 0.9 * 3 / 4, 0.1 + 0.9 / 4])


def test_inverse():
    assert Inverse(0.01, 0.0001, 0.75).rate(0, per_pass=938, total=10_000) == 0.01
    assert Inverse(0.5, 1.0, 2.0).rate(3, per_pass=1, total=4) == 0.5 / 16


def test_the_papers_preparation():
    assert PAPER.input == (1, 32, 32)
    assert (PAPER.low, PAPER.high) == (-0.1, 1.175)


MISTAKES = [
    (lambda: Preparation((28, 28)), r"a preparation's shape is \(channels, rows, columns\), but is \(28, 28\)"),
    (lambda: Preparation(low=1.0), "a preparation's low must be below its high, but they are 1.0 and 1.0"),
    (lambda: Preparation(padding=-1), "a preparation's padding can't be below 0, but is -1"),
    (lambda: Loss(j=0), "the discriminative loss needs j above 0, but it is 0"),
    (lambda: Loss("distances"), "there is no loss 'distances'; did you mean distance"),
    (lambda: Recipe(start="xavier"), "there is no start 'xavier'; did you mean paper"),
    (lambda: Recipe(shuffle="every-pass"), "there is no shuffle 'every-pass'; did you mean each-pass"),
    (lambda: Recipe(batch=0), "a recipe's batch must be a whole number of 1 or more, but is 0"),
    (lambda: Recipe(batch=None), "a recipe's batch must be a whole number of 1 or more, but is None"),
    (lambda: Recipe(passes=1.5), "a recipe's passes must be a whole number of 1 or more, but is 1.5"),
    (lambda: Recipe(updates=0), "a recipe's updates must be a whole number of 1 or more, but is 0"),
    (lambda: Recipe(report_every=0), "a recipe's report_every must be a whole number of 1 or more, but is 0"),
    (lambda: Recipe(seed=-1), "a recipe's seed must be a whole number of 0 or more, but is -1"),
    (lambda: SGD(momentum=1.0), "SGD's momentum must be 0 or more and below 1, but is 1.0"),
    (lambda: SGD(decay=-1.0), "SGD's decay must be 0 or more, but is -1.0"),
    (lambda: Adam(beta2=1.0), "Adam's beta2 must be 0 or more and below 1, but is 1.0"),
    (lambda: Adam(epsilon=0.0), "Adam's epsilon must be above 0, but is 0.0"),
    (lambda: Table(()), "Table's stretches must be one or more"),
    (lambda: Table(((0, 0.1),)), "the passes of Table's stretches must be a whole number of 1 or more, but is 0"),
    (lambda: OneCycle(1.0, rise=1.0), "OneCycle's rise must be 0 or more and below 1, but is 1.0"),
    (lambda: Validation(rows=(5, 5)), r"Validation's rows must be a first row and a later end, but are \(5, 5\)"),
    (lambda: Validation(share=1.0), "Validation's share must be above 0 and below 1, but is 1.0"),
    (lambda: Distortion(shift=-1.0), "Distortion's shift must be 0 or more, but is -1.0"),
    (lambda: Distortion(scale=1.0), "Distortion's scale must be 0 or more and below 1, but is 1.0"),
    (lambda: Distortion(smoothness=0.0), "Distortion's smoothness must be above 0, at most 100, but is 0.0"),
    (lambda: Distortion(share=1.5), "Distortion's share must lie within 0 and 1, but is 1.5"),
    (lambda: Distortion(noise=-0.1), "Distortion's noise must lie within 0 and 1, but is -0.1"),
    (lambda: Distortion(copies=-1), "Distortion's copies must be a whole number of 0 or more, but is -1"),
    (lambda: Distortion(copies=1001), "Distortion's copies must be 1000 at most, but are 1001"),
    (lambda: Distortion(copies=9, share=0.5), "copies are distorted, each of them; leave its share at 1, not 0.5"),
    (lambda: Recipe(size=0), "a recipe's size must be a whole number of 1 or more, but is 0"),
    (lambda: Recipe(stopping=Patience()), "early stopping needs validation rows, and the recipe has none"),
]


@pytest.mark.parametrize(("build", "message"), MISTAKES, ids=[message[:50] for _, message in MISTAKES])
def test_mistakes_are_told_in_words(build, message):
    with pytest.raises(LenetError, match=message):
        build()


def test_stopping_with_validation_rows_is_fine():
    assert Recipe(stopping=Patience(), validation=Validation()).stopping == Patience()
