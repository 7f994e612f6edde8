"""A straight line as a strip: its height, its place in the 32 rows, its climb; drawn lines with known truth."""

import numpy as np
import pytest

from lenet.page.straight import Straight
from lenet.page.strip import ROWS, strip_of


def bars(height, count, climb=0.0, above=0, apart=1.0):
    """Return a line of ``count`` upright bars, each ``height`` rows high, that sink by ``climb`` rows a column."""
    wide, space = max(1, height // 8), int(height * apart)
    rows = height + above + int(abs(climb) * space * count) + 8
    amount = np.zeros((rows, space * count), np.float32)
    for bar in range(count):
        left = bar * space + space // 2
        top = above + 4 + round(climb * left) + (int(-climb * space * count) if climb < 0 else 0)
        amount[top : top + height, left : left + wide] = 1
    return Straight(amount, height=float(height), scale=1.0, shear=0.0, left=0.0, top=0.0)


def ends(strip):
    """Return the first and last inked row of each run of inked columns, (runs, 2)."""
    inked = strip.image > 127
    columns = inked.any(axis=0)
    starts = np.flatnonzero(columns & ~np.r_[False, columns[:-1]])
    stops = np.flatnonzero(columns & ~np.r_[columns[1:], False])
    return np.array(
        [np.flatnonzero(inked[:, a : b + 1].any(axis=1))[[0, -1]] for a, b in zip(starts, stops, strict=True)]
    )


@pytest.mark.parametrize("height", [12, 20, 32, 45, 90])
@pytest.mark.parametrize("above", [0, 30])
def test_digits_are_20_rows_high_in_the_middle(height, above):
    strip = strip_of(bars(height, 5, above=above))
    assert strip.image.shape[0] == ROWS
    assert strip.image.dtype == np.uint8
    assert strip.image.max() > 200
    for first, last in ends(strip):
        assert abs(last - first + 1 - 20) <= 1
        assert abs((first + last) / 2 - 15.5) <= 0.5
    assert strip.scale == pytest.approx(20 / height)


@pytest.mark.parametrize("climb", [-0.15, 0.1])
def test_a_line_that_climbs_is_levelled(climb):
    strip = strip_of(bars(32, 8, climb=climb))
    assert strip.climb == pytest.approx(climb, abs=0.02)
    for first, last in ends(strip):
        assert abs((first + last) / 2 - 15.5) <= 1


def test_a_short_line_isnt_turned():
    assert strip_of(bars(32, 2, climb=0.1)).climb == 0


def test_what_is_higher_than_32_rows_is_cut():
    line = bars(20, 6)
    tall = np.pad(line.amount, ((40, 40), (0, 0)))
    tall[:, 10] = 1
    strip = strip_of(Straight(tall, 20.0, 1.0, 0.0, 0.0, 0.0))
    assert strip.image.shape == (ROWS, tall.shape[1])
    assert (strip.image[:, 10] > 200).all()


def test_a_line_without_ink_is_paper():
    strip = strip_of(Straight(np.zeros((40, 90), np.float32), 32.0, 1.0, 0.0, 0.0, 0.0))
    assert strip.image.shape == (ROWS, 56)
    assert not strip.image.any()
