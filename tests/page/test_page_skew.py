"""How far a page is turned, and back."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import digits, ink, put, turned, write

from lenet.page.box import Box
from lenet.page.skew import angle, before, upright


def page(lines=7, each=14, columns=800):
    sheet = np.zeros((620, columns), np.float32)
    text, _ = digits(lines * each, 34, seed=2)
    for line in range(lines):
        write(sheet, 130, 150 + 55 * line, text[line * each : (line + 1) * each], gap=8)
    return sheet


@pytest.mark.parametrize("degrees", [-14, -6, -2, 0, 1.5, 4, 9, 15])
def test_the_angle_of_a_page(degrees):
    assert angle(ink(turned(page(), degrees))) == pytest.approx(degrees, abs=0.6)


@pytest.mark.parametrize("degrees", [-2.5, 0.6, 5])
def test_rules_show_the_angle_best(degrees):
    sheet = page(3, 6)
    sheet[120:620:70, 100:700] = sheet[121:620:70, 100:700] = 1
    assert angle(ink(turned(sheet, degrees))) == pytest.approx(degrees, abs=0.15)


def test_a_line():
    assert angle(ink(turned(page(1, 12), 5))) == pytest.approx(5, abs=1)


def test_what_is_narrow_or_blank_is_not_turned():
    for piece in digits(30, 40, seed=4)[0]:
        assert angle(ink(turned(np.pad(piece, 20), 10))) == 0
    two = np.zeros((60, 120), np.float32)
    write(two, 20, 50, digits(2, 36)[0])
    assert angle(ink(turned(two, 5))) == 0
    assert angle(ink(np.zeros((50, 400)))) == 0


def test_upright_turns_back():
    straight = ink(page())
    back = upright(ink(turned(page(), 7)), 7)
    assert angle(back) == pytest.approx(0, abs=0.2)
    assert back.mask.sum() == pytest.approx(straight.mask.sum(), rel=0.03)
    assert back.amount.shape == back.mask.shape
    assert back.amount.dtype == np.float32
    assert back.stroke == pytest.approx(straight.stroke, rel=0.1)


def test_upright_at_zero_is_the_same():
    given = ink(page())
    assert upright(given, 0) is given


@pytest.mark.parametrize("degrees", [-12, -3, 0, 4, 15])
@pytest.mark.parametrize("place", [(10, 12), (250, 40), (130, 160)])
def test_a_box_before_the_turn(degrees, place):
    left, top = place
    sheet = np.zeros((200, 300), np.float32)
    put(sheet, np.ones((9, 9), np.float32), left, top)
    rows, columns = (np.flatnonzero(upright(ink(sheet), degrees).mask.any(axis=axis)) for axis in (1, 0))
    after = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    box = before(after, degrees, sheet.shape)
    assert box.left - 1 <= left and left + 9 <= box.right + 1
    assert box.top - 1 <= top and top + 9 <= box.bottom + 1
    assert box.width <= 9 + 10
    assert box.height <= 9 + 10
