"""Rules go, and digits stay: drawn apart, so that each pixel's part is known."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import digits, holes, ink, put, ring, strokes, turned, write

from lenet.page.rules import without_rules


def shares(writing, rules):
    """How much of the writing's ink stays, and of the rules' ink where there is no writing."""
    left = without_rules(ink(np.maximum(writing, rules))).mask
    own = writing > 0.5
    beside = (rules > 0.3) & ~(writing > 0.05)
    return left[own].mean(), left[beside].mean()


def page_of_writing(rows=700, columns=900, height=36):
    sheet = np.zeros((rows, columns), np.float32)
    text, _ = digits(120, height)
    for line, baseline in enumerate(range(90, rows - 40, 80)):
        write(sheet, 60 + 13 * line, baseline, text[line * 14 : line * 14 + 4 + line % 9])
    return sheet


def ruled(rows, columns, every, thick, *, down=False, dash=(1, 0)):
    sheet = np.zeros((rows, columns), np.float32)
    on, off = dash
    there = np.arange(20, columns - 20)
    there = there[(there % (on + off)) < on]
    for top in range(14, rows - thick, every):
        sheet[top : top + thick, there] = 1
    if down:
        sheet = np.maximum(sheet, ruled(columns, rows, every + 30, thick).T)
    return sheet


@pytest.mark.parametrize("thick", [1, 2, 4, 8])
def test_a_ruled_page(thick):
    writing = page_of_writing()
    kept, left = shares(writing, ruled(700, 900, 80, thick))
    assert kept > 0.97
    assert left < 0.01


@pytest.mark.parametrize("degrees", [-3, -1.2, 0.7, 3])
def test_a_ruled_page_that_is_turned(degrees):
    kept, left = shares(turned(page_of_writing(), degrees), turned(ruled(700, 900, 80, 2), degrees))
    assert kept > 0.97
    assert left < 0.02


def test_bent_rules():
    writing = page_of_writing()
    x = np.arange(30, 870, 5)
    ways = [list(zip(x, y + 8 * np.sin(x / 180), strict=True)) for y in range(95, 690, 80)]
    kept, left = shares(writing, strokes(writing.shape, *ways, pen=2))
    assert kept > 0.97
    assert left < 0.03


def test_faint_rules():
    kept, left = shares(page_of_writing(), 0.35 * ruled(700, 900, 80, 2))
    assert kept > 0.97
    assert left < 0.01


def test_dashed_rules():
    kept, left = shares(page_of_writing(), ruled(700, 900, 80, 2, dash=(9, 6)))
    assert kept > 0.97
    assert left < 0.03


def test_a_grid():
    kept, left = shares(page_of_writing(), ruled(700, 900, 80, 3, down=True))
    assert kept > 0.96
    assert left < 0.01


def test_an_underlined_amount():
    stay, gone = [], []
    for seed in range(12):
        writing = np.zeros((50, 190), np.float32)
        write(writing, 12, 42, digits(5, 28, seed)[0])
        rules = np.zeros_like(writing)
        rules[40:42] = rules[3:4] = 1  # the feet stand in the lower one
        kept, left = shares(writing, rules)
        stay.append(kept)
        gone.append(left)
    assert np.mean(stay) > 0.92
    assert np.mean(gone) < 0.08


def cell_edges(size, lean):
    """The edges of a form's cell at its picture's borders, leaning a little."""
    low, high = 1.5, size - 3
    return strokes(
        (size, size),
        [(-5, low - lean), (size + 5, low + lean)],
        [(-5, high - lean), (size + 5, high + lean)],
        [(low + lean, -5), (low - lean, size + 5)],
        pen=2,
    )


@pytest.mark.parametrize("lean", [-1.5, 0, 1])
def test_the_edges_of_a_cell(lean):
    text, _ = digits(20, 22, seed=5)
    stay, gone = [], []
    for piece in text:
        writing = np.zeros((40, 40), np.float32)
        put(writing, piece, (42 - piece.shape[1]) // 2, 9)
        kept, left = shares(writing, cell_edges(40, lean))
        stay.append(kept)
        gone.append(left)
    assert np.mean(stay) > 0.99
    assert min(stay) > 0.9
    assert np.mean(gone) < 0.02


def test_a_digit_that_crosses_the_edge_of_its_cell():
    writing = strokes((40, 40), [(10, 10), (24, 10)], [(24, 10), (15, 37)], pen=3)
    rules = np.zeros_like(writing)
    rules[32:34] = rules[:, :2] = 1
    kept, left = shares(writing, rules)
    assert kept > 0.97
    assert left < 0.05


@pytest.mark.parametrize("slant", [-10, 0, 6, 12])
def test_a_stroke_is_whole_where_it_crosses(slant):
    writing = strokes((80, 300), [(150 - slant, 10), (150 + slant, 70)], pen=4)
    rules = np.zeros_like(writing)
    rules[42:46, 5:295] = 1
    left = without_rules(ink(np.maximum(writing, rules))).mask
    whole = writing > 0.3
    assert left[40:48][whole[40:48]].mean() > 0.9
    assert (left & ~whole).sum() <= 12


@pytest.mark.parametrize("bottom", [44.5, 46])
def test_a_round_stroke_that_turns_on_a_rule_stays_closed(bottom):
    zeros = [ring(x, bottom - 14, 9, 14) for x in (60, 120, 180)]
    writing = strokes((64, 300), *zeros, pen=3)
    rules = np.zeros_like(writing)
    rules[44:48, 5:295] = 1
    left = without_rules(ink(np.maximum(writing, rules)))
    assert holes(left.mask) == 3
    assert not left.mask[44:48, 200:290].any()


def test_two_ones_that_stand_on_a_rule_stay_two():
    writing = strokes((64, 300), [(100, 12), (100, 44)], [(112, 12), (112, 44)], pen=3)
    rules = np.zeros_like(writing)
    rules[44:47, 5:295] = 1
    left = without_rules(ink(np.maximum(writing, rules))).mask
    assert not left[44:47, 103:110].any()
    assert not left[:, 5:90].any()


@pytest.mark.parametrize("margin", [0, 1, 4])
def test_single_digits_are_untouched(margin):
    for piece in digits(60, 24, seed=1)[0]:
        given = ink(np.pad(piece, margin))
        assert without_rules(given) is given


@pytest.mark.parametrize("pen", [1.5, 3, 6])
@pytest.mark.parametrize("size", [28, 60, 300])
@pytest.mark.parametrize(
    "ways",
    [
        [[(0.5, 0), (0.5, 1)]],  # 1
        [[(0, 0), (0, 1)], [(1, 0), (1, 1)]],  # 11
        [[(0, 0), (0.95, 0)], [(0.95, 0), (0.4, 1)]],  # 7
        [[(0, 0), (1, 0)], [(1, 0), (0.4, 1)], [(0.3, 0.5), (0.9, 0.5)]],  # crossed 7
        [[(0.3, 0), (0, 0.6), (1, 0.6)], [(0.7, 0.2), (0.7, 1)]],  # 4
        [[(0, 0), (0.9, 0)], [(0, 0), (0, 0.4), (0.6, 0.4), (0.9, 0.7), (0.6, 1), (0, 1)]],  # 5
        [[(0, 0.2), (0.5, 0), (0.9, 0.2), (0, 1), (1, 1)]],  # 2
        [[(0.5, 0), (0.5, 1)], [(0.1, 1), (0.9, 1)]],  # footed 1
        [[(0, 0), (0, 1)], [(0.3, 0), (0.3, 0.5), (0.9, 0.5)], [(0.8, 0.2), (0.8, 1)]],  # 14
    ],
)
def test_straight_strokes_of_a_picture_cut_out_around_them_are_untouched(ways, size, pen):
    inside = size - 1 - pen
    places = [[(pen / 2 + x * inside * 0.7, pen / 2 + y * inside) for x, y in way] for way in ways]
    wide = int(np.ceil(max(x for way in places for x, _ in way) + pen / 2 + 0.5))
    given = ink(strokes((size, wide), *places, pen=pen))
    np.testing.assert_array_equal(without_rules(given).mask, given.mask)


@pytest.mark.parametrize("ways", [[[(6, 14), (22, 14)]], [[(6, 10), (22, 10)], [(6, 18), (22, 18)]]])
def test_a_dash_and_an_equals_sign_are_untouched(ways):
    given = ink(strokes((28, 28), *ways, pen=2.5))
    assert without_rules(given) is given


def test_a_row_of_zeros_is_no_rule():
    ways = [ring(20 + 22 * place, 30, 10.5, 11) for place in range(7)]  # they touch
    given = ink(strokes((60, 180), *ways, pen=4))
    assert without_rules(given) is given


def test_an_empty_form_becomes_blank():
    assert not without_rules(ink(ruled(300, 400, 40, 2))).mask.any()
    assert not without_rules(ink(cell_edges(40, 0))).mask.any()


def test_what_is_taken_has_no_amount():
    left = without_rules(ink(ruled(300, 400, 40, 2) * 0.8))
    assert not left.amount.any()
    assert left.amount.dtype == np.float32


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (7, 7), (8, 200), (200, 8)])
@pytest.mark.parametrize("level", [0, 1])
def test_any_size(shape, level):
    given = ink(np.full(shape, level, np.float32))
    assert without_rules(given).mask.shape == shape


def test_noise_ends():
    noise = np.random.default_rng(0).random((120, 160)) > 0.6
    assert without_rules(ink(noise)).mask.shape == noise.shape
