"""Cuts against every seam there is, on tiny pictures, and against gaps and joints that were drawn."""

from itertools import product

import numpy as np
import pytest
from drawn import ink, ring, strokes
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lenet.page.cuts import FLAT, LEAST, MOST, NEAR, PAPER, PEN, SIDEWAYS, _follow, _seams, _valleys, find_cuts, pieces
from lenet.page.straight import Straight, straighten

QUARTERS = st.integers(0, 4).map(lambda n: n / 4)
TINY = arrays.arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=QUARTERS, fill=st.nothing())


def line_of(amount, height=None):
    amount = np.asarray(amount, np.float32)
    return Straight(amount, float(height or amount.shape[0]), 1.0, 0.0, 0.0, 0.0)


def price(cost, seam):
    """What a seam costs: the pixels it goes through, and its steps to the side."""
    return sum(cost[row, column] for row, column in enumerate(seam)) + SIDEWAYS * np.abs(np.diff(seam)).sum()


def every_seam(rows, columns):
    for first, *steps in product(range(columns), *[(-1, 0, 1)] * (rows - 1)):
        seam = np.cumsum([first, *steps])
        if seam.min() >= 0 and seam.max() < columns:
            yield seam


@settings(deadline=None, max_examples=60)
@given(TINY)
def test_no_seam_is_cheaper(amount):
    cost = amount + np.float32(PAPER)
    best, steps = _seams(cost)
    ends = np.arange(amount.shape[1])
    seams = np.empty((len(ends), len(amount)), np.int16)
    _follow(seams, steps, ends)
    cheapest = dict.fromkeys(ends, np.inf)
    for seam in every_seam(*amount.shape):
        cheapest[seam[-1]] = min(cheapest[seam[-1]], price(cost, seam))
    assert best == pytest.approx(list(cheapest.values()), abs=1e-5)
    assert [price(cost, seam) for seam in seams] == pytest.approx(list(best), abs=1e-5)
    assert seams[:, -1].tolist() == ends.tolist()


@settings(deadline=None, max_examples=60)
@given(TINY)
def test_cuts_are_the_cheapest_seams_through_where_they_cross_the_middle(amount):
    rows, columns = amount.shape
    cuts, inked = find_cuts(line_of(amount, height=3))
    cost = np.pad(amount, ((0, 0), (1, 1))) + PAPER
    middle = int(np.average(np.arange(rows), weights=amount.sum(axis=1) + 1e-6))
    for cut, passed in list(zip(cuts, inked, strict=True))[1:-1]:
        if cut.max() == columns:
            continue  # beyond the last pixel, or through it: told alike
        through = [price(cost, seam) for seam in every_seam(rows, columns + 2) if seam[middle] == cut[middle]]
        assert price(cost, cut) == pytest.approx(min(through), abs=1e-5)
        assert passed == pytest.approx(min(through) - PAPER * rows, abs=1e-5)


def check(amount, cuts, inked):
    """Check what holds of the cuts of every line."""
    rows, columns = amount.shape
    assert cuts.dtype == np.int16
    assert cuts.shape == (len(inked), rows)
    assert len(cuts) >= 2
    assert not cuts[0].any()
    assert (np.diff(cuts, axis=0) >= 0).all()
    assert cuts.max() <= columns
    assert (np.abs(np.diff(cuts[1:-1], axis=1)) <= 1).all()
    number = pieces(cuts, columns)
    held = np.bincount(number.ravel(), amount.ravel(), len(cuts) - 1)
    assert len(held) == len(cuts) - 1
    assert (held[:-1] >= LEAST - 1e-3).all() or len(cuts) == 2


@settings(deadline=None, max_examples=80)
@given(arrays.arrays(np.float32, st.tuples(st.integers(1, 30), st.integers(1, 50)), elements=QUARTERS))
def test_any_line(amount):
    cuts, inked = find_cuts(line_of(amount, height=20))
    check(amount, cuts, inked)


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (3, 3), (32, 200)])
@pytest.mark.parametrize("amount", [0.0, 1.0])
def test_lines_without_and_full_of_ink(shape, amount):
    full = np.full(shape, amount, np.float32)
    cuts, inked = find_cuts(line_of(full))
    check(full, cuts, inked)
    assert len(cuts) == 2  # nothing to cut, or no way through


@pytest.mark.parametrize("gap", [3, 6, 20])
def test_digits_that_stand_apart_are_cut_once_between_them(gap):
    first, step = 12, 20 + gap
    ways = [ring(first + step * n, 18, 8, 14) for n in range(5)]
    line = straighten(ink(strokes((36, first + step * 5), *ways)))
    cuts, inked = find_cuts(line)
    check(line.amount, cuts, inked)
    free = [cut for cut, passed in zip(cuts[1:-1], inked[1:-1], strict=True) if passed < 0.01]
    middles = [first + step * (n + 0.5) - line.left for n in range(4)]
    assert [cut.mean() for cut in free] == pytest.approx(middles, abs=1.5 + gap / 4)


def test_a_cut_bends_between_digits_that_overhang():
    upper, lower = [(4, 4), (22, 4)], [(20, 32), (40, 32)]  # the one ends further right than the other begins
    amount = strokes((36, 46), upper, lower, pen=5)
    cuts, inked = find_cuts(line_of(amount))
    number = pieces(cuts, 46)
    best = 1 + inked[1:-1].argmin()
    assert inked[best] == pytest.approx(SIDEWAYS * np.abs(np.diff(cuts[best])).sum(), abs=0.5)  # steps alone
    assert (number[4, 2:25] < best).all()
    assert (number[32, 18:43] >= best).all()


def test_digits_that_touch_are_cut_at_the_joint():
    amount = strokes((36, 70), ring(16, 18, 10, 14), ring(50, 18, 10, 14), [(26, 18), (40, 18)])
    cuts, inked = find_cuts(line_of(amount))
    at = np.abs(cuts[1:-1].mean(axis=1) - 33).argmin() + 1
    assert cuts[at].mean() == pytest.approx(33, abs=3)
    assert inked[at] == pytest.approx(3, abs=0.5)
    sides = inked[1:-1][np.abs(cuts[1:-1].mean(axis=1) - 33) > 6]
    assert inked[at] < sides.min()  # those through a ring cross it twice


def test_seams_through_too_much_ink_are_no_cuts():
    bar = np.ones((20, 60), np.float32)
    bar[:, 30] = 0.5
    cuts, _ = find_cuts(line_of(bar, height=20))
    assert not ((cuts > 20) & (cuts < 40)).any()  # 10 pixels of ink are more than MOST of its pens
    bar[:14, 30] = 0.1
    cuts, inked = find_cuts(line_of(bar, height=20))
    (at,) = np.flatnonzero(((cuts > 20) & (cuts < 40)).any(axis=1))
    assert cuts[at].tolist() == [31] * 20
    assert inked[at] == pytest.approx(14 * 0.1 + 6 * 0.5)


def brute_valleys(total, height):
    """The same by its words: the lowest first, the middle of a flat one, none near to a lower one."""
    near, taken, free = max(2, round(NEAR * height)), [], set(range(len(total)))
    for column in sorted(range(len(total)), key=lambda column: (total[column], column)):
        if total[column] > total.min() + np.float32(MOST * PEN * height) or column not in free:
            continue
        flat = [column]
        for way in (-1, 1):
            at = column + way
            while 0 <= at < len(total) and total[at] <= total[column] + np.float32(FLAT):
                flat.append(at)
                at += way
        middle = (min(flat) + max(flat)) // 2
        middle = middle if middle in free else column
        taken.append(middle)
        free -= set(range(min(*flat, middle - near), max(*flat, middle + near) + 1))
    return sorted(taken)


@settings(deadline=None, max_examples=80)
@given(
    arrays.arrays(np.float32, st.integers(1, 40), elements=st.integers(0, 30).map(lambda n: n / 25)), st.integers(5, 40)
)
def test_valleys(total, height):
    assert _valleys(total, float(height)).tolist() == brute_valleys(total, height)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 8), st.integers(1, 9), st.data())
def test_pieces_are_numbered_by_the_cuts_left_of_them(rows, columns, data):
    elements = st.integers(0, columns)
    inner = data.draw(arrays.arrays(np.int16, st.tuples(st.integers(0, 5), st.just(rows)), elements=elements))
    edges = np.zeros((1, rows), np.int16), np.full((1, rows), columns, np.int16)
    cuts = np.concatenate([edges[0], np.sort(inner, axis=0), edges[1]])
    number = pieces(cuts, columns)
    assert number.dtype == np.int16
    for row, column in np.ndindex(rows, columns):
        assert number[row, column] == sum(cut[row] <= column for cut in cuts[1:-1])
