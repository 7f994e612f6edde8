"""Lines brought to one size, one pen and upright strokes, against strokes drawn with known height, width and slant."""

import numpy as np
import pytest
from drawn import ink, ring, strokes
from hypothesis import given, settings
from hypothesis.extra import numpy as arrays

from lenet.page.ink import blank, stroke_width
from lenet.page.straight import (
    CLOSE,
    HEIGHT,
    NARROWED,
    PENS,
    WIDEST,
    digit_height,
    resized,
    sheared,
    slant_of,
    straighten,
)


def bars(height, slant=0.0, pen=4.0, count=5):
    """Strokes of a height, pixels, each slant columns further to the right a row further down."""
    reach = height - pen
    first = pen + max(0.0, -slant * reach)
    ways = [[(x, pen), (x + slant * reach, pen + reach)] for x in first + 0.8 * height * np.arange(count)]
    return strokes((round(height + pen) + 3, round(ways[-1][0][0] + abs(slant) * reach + 3 * pen)), *ways, pen=pen)


def test_a_sheet_without_ink_has_no_line():
    assert straighten(blank((20, 30))) is None


@pytest.mark.parametrize("height", [12, 24, 60])
def test_the_height_is_that_of_the_digits_among_dots_and_dashes(height):
    drawn = np.zeros((height + 30, 12 * height), bool)
    for x in range(3):
        drawn[10 : 10 + height, height * (1 + x) : height * (1 + x) + 4] = True
    drawn[9 + height : 12 + height, 5 * height : 5 * height + 3] = True
    drawn[15:18, 6 * height : 8 * height + 20] = True
    assert digit_height(drawn) == height
    drawn[height + 14 : height + 14 + height // 3] = True  # a rule that is left, with most of the ink
    assert digit_height(drawn) == height


def test_the_height_of_nothing_is_the_pictures_and_of_specks_a_few_pixels():
    assert digit_height(np.zeros((17, 4), bool)) == 17
    assert digit_height(np.eye(1) > 0) == 4


@pytest.mark.parametrize("pen", [2.5, 5])
@pytest.mark.parametrize("slant", [-0.7, -0.4, -0.15, 0, 0.15, 0.4, 0.7])
def test_the_slant_of_strokes(slant, pen):
    assert slant_of(bars(32, slant, pen)) == pytest.approx(slant, abs=0.08)


def test_round_strokes_have_none():
    assert slant_of(strokes((40, 60), ring(18, 20, 11, 14), ring(42, 20, 11, 14))) == pytest.approx(0, abs=0.05)
    assert slant_of(np.ones((1, 9), np.float32)) == slant_of(np.zeros((40, 40), np.float32)) == 0


@pytest.mark.parametrize("slant", [-0.6, -0.25, 0.3, 0.8])
def test_slanted_strokes_are_upright_then(slant):
    upright, _ = sheared(bars(32, slant, pen=4), slant)
    columns = (upright > 0.5).sum(axis=0)
    assert (columns > 26).sum() == pytest.approx(5 * 4, abs=5)
    assert columns[columns > 0].mean() > 24


@pytest.mark.parametrize("shear", [-0.5, 0.25, 1.0])
def test_shearing_moves_each_row_by_the_shear(shear):
    drawn = np.zeros((5, 7), np.float32)
    drawn[:, 3] = 1
    moved, first = sheared(drawn, shear)
    assert moved.sum(axis=1) == pytest.approx(np.ones(5))  # no ink is lost
    centre = moved @ np.arange(moved.shape[1])
    assert centre == pytest.approx(3 + first - shear * np.arange(5), abs=1e-5)


def test_no_shear_moves_nothing():
    drawn = np.eye(4, dtype=np.float32)
    assert sheared(drawn, 0.0) == (drawn, 0.0)


@pytest.mark.parametrize("height", [10, 18, 24, 40, 60, 130])
def test_digits_of_another_height_are_brought_to_one(height):
    drawn = ink(bars(height, pen=0.12 * height))
    line = straighten(drawn)
    close = CLOSE[0] <= digit_height(drawn.mask) / HEIGHT <= CLOSE[1]
    assert (line.scale == 1) == close
    rows = np.flatnonzero((line.amount > 0.5).any(axis=1))
    assert line.height == pytest.approx(HEIGHT if not close else height, rel=0.1)
    assert rows[-1] + 1 - rows[0] == pytest.approx(line.height, abs=2)


def test_the_height_may_be_given():
    line = straighten(ink(bars(60)), height=120)
    assert (line.height, line.scale) == (HEIGHT, HEIGHT / 120)


@pytest.mark.parametrize("pen", [1.5, 2.5, 3.5, 4.5, 6])
def test_pens_are_brought_to_one_width(pen):
    drawn = ink(strokes((40, 90), ring(20, 20, 12, 16 - pen / 2), ring(60, 20, 12, 16 - pen / 2), pen=pen))
    line = straighten(drawn, slant=False)
    width = stroke_width(line.amount > 0.5) / line.height
    thin, thick = PENS
    assert thin - 0.035 < width < thick + 0.035
    if thin < drawn.stroke / line.height < thick:
        assert line.amount.sum() == pytest.approx(drawn.amount.sum())  # left as it is


def test_thick_strokes_are_narrowed_on_both_sides_even_at_the_edge():
    block = ink(np.ones((32, 12), np.float32))
    narrow = straighten(block, slant=False, height=32).amount
    assert narrow.shape == (32, 12)
    assert narrow[16].sum() == pytest.approx(12 - NARROWED * block.stroke, abs=1e-3)
    assert not narrow[16, :3].any()
    assert not narrow[16, -3:].any()
    assert not narrow[[0, -1]].any()


@pytest.mark.parametrize("slant", [-0.5, 0, 0.35])
@pytest.mark.parametrize("height", [14, 30, 90])
def test_places_lead_back_to_the_picture(height, slant):
    drawn = np.pad(bars(height, slant, pen=0.12 * height), ((7, 3), (11, 5)))
    line = straighten(ink(drawn))
    rows, columns = np.nonzero(line.amount > 0.5)
    across = (columns + 0.5 + line.left + line.shear * rows) / line.scale
    down = (rows + 0.5 + line.top) / line.scale
    near = 1 + 1 / line.scale
    inked = np.argwhere(drawn > 0.4) + 0.5
    distance = np.abs(inked[None] - np.stack([down, across], axis=1)[:: len(rows) // 60, None]).max(axis=2).min(axis=1)
    assert distance.max() < near
    assert columns.max() - columns.min() < (inked[:, 1].max() - inked[:, 1].min()) * line.scale + 3


def test_the_slant_may_be_left():
    leaning = ink(bars(32, 0.5))
    assert straighten(leaning, slant=False).shear == 0
    assert straighten(leaning).shear == pytest.approx(0.5, abs=0.08)


def test_lines_too_wide_to_count_their_columns_are_reduced():
    drawn = np.zeros((8, WIDEST), np.float32)
    drawn[:, ::7] = 1
    assert sum(straighten(ink(drawn)).amount.shape) <= WIDEST + 2
    tall = straighten(ink(drawn.T), slant=False)
    assert sum(tall.amount.shape) <= WIDEST + 2


@pytest.mark.parametrize("scale", [0.2, 0.4, 0.7, 1.0, 2.5])
def test_another_size_has_as_much_ink(scale):
    drawn = bars(50)
    other = resized(drawn, scale)
    assert other.dtype == np.float32
    assert 0 <= other.min() <= other.max() <= 1
    assert other.shape == tuple(round(side * scale) for side in drawn.shape)
    assert other.mean() == pytest.approx(drawn.mean(), rel=0.05)
    assert resized(np.ones((1, 1), np.float32), 0.1).tolist() == [[1]]


@settings(deadline=None, max_examples=80)
@given(arrays.arrays(np.bool_, arrays.array_shapes(min_dims=2, max_dims=2, max_side=40)))
def test_any_ink(mask):
    line = straighten(ink(mask))
    if not mask.any():
        assert line is None
        return
    assert line.amount.dtype == np.float32
    assert 0 <= line.amount.min() <= line.amount.max() <= 1
    assert line.amount.any()
    assert line.height > 0
    assert line.scale > 0
