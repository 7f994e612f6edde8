from __future__ import annotations

import re

import numpy as np
import pytest

from lenet.report.terminal import BLOCKS, RAMP, WIDE, Style, draw, gallery, shrink

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def ramp(rows: int = 28, columns: int = 28) -> np.ndarray:
    return np.linspace(0, 255, rows * columns).reshape(rows, columns).astype(np.uint8)


@pytest.mark.parametrize(("rows", "columns"), [(14, 14), (7, 14), (5, 3), (28, 28), (40, 30)])
def test_shrinking_keeps_the_mean(rows, columns):
    picture = np.random.default_rng(0).random((28, 28))
    small = shrink(picture, rows, columns)
    assert small.shape == (rows, columns)
    assert small.mean() == pytest.approx(picture.mean())


def test_shrinking_by_two_is_the_mean_of_four():
    picture = np.random.default_rng(0).random((6, 6))
    np.testing.assert_allclose(shrink(picture, 3, 3), picture.reshape(3, 2, 3, 2).mean(axis=(1, 3)))


@pytest.mark.parametrize("style", Style)
def test_a_digit_is_7_lines_of_14_characters(style):
    lines = [ESCAPE.sub("", line) for line in draw(ramp(), style)]
    assert len(lines) == 7
    assert {len(line) for line in lines} == {WIDE}


def test_only_greys_have_escapes_and_only_ascii_is_ascii():
    assert "\x1b" in "".join(draw(ramp(), Style.GREYS))
    assert set("".join(draw(ramp(), Style.BLOCKS))) <= set(BLOCKS)
    assert set("".join(draw(ramp(), Style.ASCII))) <= set(RAMP)


def test_every_line_of_greys_ends_the_colour():
    assert all(line.endswith("\x1b[0m") for line in draw(ramp(), Style.GREYS))


def test_ink_in_the_upper_half_is_the_upper_block():
    picture = np.zeros((4, 4), np.uint8)
    picture[:2] = 255
    assert draw(picture, Style.BLOCKS, 2) == ["▀▀"]
    assert draw(255 - picture, Style.BLOCKS, 2) == ["▄▄"]
    assert draw(picture, Style.GREYS, 2)[0].startswith("\x1b[38;5;255;48;5;232m▀")


def test_floats_channels_and_uint8_draw_the_same():
    picture = ramp()
    for style in Style:
        assert draw(picture, style) == draw(picture / 255, style) == draw(np.stack([picture] * 3), style)


def test_five_digits_side_by_side_fit_80_columns():
    text = gallery([ramp()] * 10, [["read 7", "  is 7"]] * 10, Style.BLOCKS)
    lines = text.splitlines()
    assert len(lines) == 2 * (7 + 2) + 1
    assert max(map(len, lines)) <= 80
    assert lines[7].count("read 7") == 5


@pytest.mark.parametrize("width", [1, 14, 20, 30, 79, 200])
def test_a_gallery_is_as_wide_as_the_terminal_at_most(width):
    text = gallery([ramp()] * 3, [["a class of a very long name"]] * 3, Style.ASCII, width)
    assert max(map(len, text.splitlines())) <= max(width, WIDE)


def test_a_gallery_of_nothing_is_empty():
    assert gallery([], [], Style.ASCII) == ""
