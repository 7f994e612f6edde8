"""The order of patterns, and patience as the deep learning tutorials had it."""

import numpy as np
import pytest

from lenet.recipe import Patience, Shuffle
from lenet.training.order import order, samples
from lenet.training.stopping import Stopping

ROWS = np.arange(100, 400)


def test_never():
    assert (order(ROWS, Shuffle.NEVER, 3, 5) == ROWS).all()


def test_once_is_the_same_each_pass():
    first, second = (order(ROWS, Shuffle.ONCE, 3, pass_) for pass_ in (0, 1))
    assert (first == second).all() and (first != ROWS).any()
    assert (np.sort(first) == ROWS).all()


def test_each_pass_is_another():
    first, second, again = (order(ROWS, Shuffle.EACH_PASS, 3, pass_) for pass_ in (0, 1, 0))
    assert (first != second).any() and (first == again).all()
    assert (np.sort(second) == ROWS).all()


def test_a_seed_is_another_order():
    assert (order(ROWS, Shuffle.ONCE, 3, 0) != order(ROWS, Shuffle.ONCE, 4, 0)).any()


def test_every_place_is_as_likely():
    """Over 3,000 passes, a row comes first about once in 20."""
    few = np.arange(20)
    counts = np.bincount([order(few, Shuffle.EACH_PASS, 0, pass_)[0] for pass_ in range(3000)], minlength=20)
    assert ((counts - 150) ** 2 / 150).sum() < 43.8  # chi-square, 19 degrees, 0.1%


def test_copies_in_the_order_of_the_data():
    """Rows 2 and 5 of ten pictures, two copies: patterns 2 and 5, then 12 and 15, then 22 and 25, and again."""
    passes = [order(np.array([2, 5]), Shuffle.NEVER, 0, pass_, copies=2, pictures=10).tolist() for pass_ in range(4)]
    assert passes == [[2, 5], [12, 15], [22, 25], [2, 5]]


def sweep(shuffle, number, copies=9, seed=3):
    """Return the passes of a sweep, (copies + 1, rows)."""
    first = number * (copies + 1)
    passes = range(first, first + copies + 1)
    return np.stack([order(ROWS, shuffle, seed, pass_, copies=copies, pictures=500) for pass_ in passes])


@pytest.mark.parametrize("shuffle", Shuffle)
def test_a_sweep_has_each_pattern_once(shuffle):
    for number in (0, 1):
        patterns = sweep(shuffle, number)
        assert patterns.shape == (10, 300)
        assert sorted(patterns.ravel()) == sorted(row + copy * 500 for row in ROWS for copy in range(10))


def test_sweeps_in_one_order_or_each_in_its_own():
    first, second = (sweep(Shuffle.ONCE, number) for number in (0, 1))
    assert (first == second).all()
    first, second = (sweep(Shuffle.EACH_PASS, number) for number in (0, 1))
    assert (first != second).any()


def test_a_pass_mixes_the_copies():
    """Of each copy about a tenth: 30 +- 5, and a row may come twice."""
    for patterns in sweep(Shuffle.ONCE, 0):
        counts = np.bincount(patterns // 500, minlength=10)
        assert counts.min() > 10 and counts.max() < 50
        assert len(np.unique(patterns % 500)) < 300


def test_samples_are_some_of_the_pass_each_once():
    few = samples(ROWS, 50, 3, 0)
    assert len(few) == len(set(few)) == 50 and np.isin(few, ROWS).all()
    assert (few == samples(ROWS, 50, 3, 0)).all()
    for other in (samples(ROWS, 50, 3, 1), samples(ROWS, 50, 4, 0)):
        assert (few != other).any()
    assert (np.sort(samples(ROWS, 500, 3, 0)) == ROWS).all()


def tutorial(errors, per_pass, passes, first=10_000, growth=2, better=0.995):
    """Return (updates made, pass with the best weights), by the tutorials' own loop, written out plainly."""
    patience, best, best_pass = first, np.inf, None
    for epoch in range(passes):
        for minibatch in range(per_pass):
            iteration = epoch * per_pass + minibatch
            if minibatch == per_pass - 1:
                error = errors[epoch]
                if error < best:
                    if error < best * better:
                        patience = max(patience, iteration * growth)
                    best, best_pass = error, epoch
            if patience <= iteration:
                return iteration + 1, best_pass
    return passes * per_pass, best_pass


def followed(errors, per_pass, passes, rule):
    """Return the same by ``Stopping``."""
    stopping, best_pass = Stopping.fresh(rule), None
    for pass_ in range(passes):
        end = (pass_ + 1) * per_pass
        if stopping.limit < end:
            return stopping.limit, best_pass
        if stopping.see(errors[pass_], end):
            best_pass = pass_
        if stopping.limit <= end:
            return end, best_pass
    return passes * per_pass, best_pass


@pytest.mark.parametrize("seed", range(30))
def test_patience_is_the_tutorials(seed):
    random = np.random.default_rng(seed)
    errors = 0.1 * 0.98 ** np.arange(60) * random.uniform(0.9, 1.1, 60)
    per_pass, first = int(random.integers(1, 20)), int(random.integers(1, 200))
    rule = Patience(first, float(random.choice([1.5, 2.0, 3.0])), 0.995)
    expected = tutorial(errors, per_pass, 60, first, rule.growth, rule.better)
    assert followed(errors, per_pass, 60, rule) == expected


def test_patience_by_hand():
    """100 updates a pass; better at the 60th pass by a little too little, at the 61st by enough."""
    stopping = Stopping.fresh(Patience())
    assert stopping.limit == 10_001
    assert stopping.see(0.02, 6_000) and stopping.limit == 11_999  # 2 x 5,999 is more than 10,000
    assert stopping.see(0.0199, 6_100) and stopping.limit == 11_999  # 0.0199 is not below 0.995 x 0.02
    assert not stopping.see(0.0199, 6_200)
    assert stopping.see(0.0198, 6_300) and stopping.limit == 12_599
