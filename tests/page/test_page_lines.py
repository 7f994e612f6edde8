"""Lines of writing on a page, and what a picture holds."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import digits, ink, put, ring, strokes, turned, write

from lenet.page.lines import find_lines, kind_of, split_lines


def sheet_of(rows=600, columns=800):
    return np.zeros((rows, columns), np.float32)


def test_lines_from_the_top():
    sheet = sheet_of()
    text, _ = digits(40, 34, seed=1)
    ends = [write(sheet, 40, 90 + 70 * line, text[line * 6 : line * 6 + 2 + line % 5]) for line in range(6)]
    boxes = find_lines(ink(sheet))
    assert len(boxes) == 6
    for line, box in enumerate(boxes):
        assert box.bottom == pytest.approx(90 + 70 * line, abs=2)
        assert box.left == pytest.approx(40, abs=2)
        assert box.right == pytest.approx(ends[line], abs=2)


def test_lines_of_unequal_height():
    sheet = sheet_of()
    for baseline, height in ((80, 60), (130, 24), (220, 40), (260, 22), (400, 100)):
        write(sheet, 30, baseline, digits(6, height, seed=height)[0])
    assert [box.bottom for box in find_lines(ink(sheet))] == pytest.approx([80, 130, 220, 260, 400], abs=2)


@pytest.mark.parametrize("degrees", [-4, 4])
def test_lines_that_slant(degrees):
    sheet = sheet_of()
    for line in range(5):
        write(sheet, 90, 150 + 70 * line, digits(12, 34, seed=line)[0])
    assert len(find_lines(ink(turned(sheet, degrees)))) == 5


def test_lines_that_wave():
    sheet = sheet_of()
    for line in range(5):
        left = 40
        for piece in digits(16, 32, seed=line)[0]:
            put(sheet, piece, left, round(60 + 75 * line + 30 * np.sin(left / 120)))
            left += piece.shape[1] + 6
    assert len(find_lines(ink(sheet))) == 5


def test_columns_and_gaps():
    sheet = sheet_of()
    text, _ = digits(60, 34, seed=1)
    for line in range(4):
        first = write(sheet, 20, 80 + 80 * line, text[:4])
        second = write(sheet, first + 70, 80 + 80 * line, text[4:7])  # two heights: the same line
        write(sheet, second + 260, 80 + 80 * line, text[7:10])  # another column
    boxes = find_lines(ink(sheet))
    assert len(boxes) == 8
    assert all(boxes[place].left < boxes[place + 1].left for place in range(0, 8, 2))
    assert all(boxes[place].bottom < boxes[place + 2].bottom for place in range(6))


def test_two_lines_that_touch():
    sheet = sheet_of(200, 400)
    text, _ = digits(20, 40, seed=6)
    write(sheet, 20, 80, text[:8])
    write(sheet, 20, 150, text[8:16])
    np.maximum(sheet, strokes(sheet.shape, [(70, 60), (70, 130)], pen=4), out=sheet)
    first, second = split_lines(ink(sheet))
    assert first.box.bottom < 118 and second.box.top > 75
    total = ink(sheet).mask.sum()
    assert first.ink.mask.sum() + second.ink.mask.sum() == total


def test_a_line_has_its_own_ink_only():
    sheet = sheet_of(200, 400)
    upper = strokes(sheet.shape, [(40, 20), (40, 110)], *[[(x, 20), (x, 70)] for x in range(80, 380, 30)], pen=4)
    lower = strokes(sheet.shape, *[[(x, 90), (x, 140)] for x in range(90, 380, 30)], pen=4)
    lines = split_lines(ink(np.maximum(upper, lower)))
    assert len(lines) == 2
    for line, own in zip(lines, (upper, lower), strict=True):
        np.testing.assert_array_equal(line.ink.mask, (own > 0.3)[line.box.slices])
        np.testing.assert_array_equal(line.ink.amount > 0, line.ink.mask)


def test_dots_and_dashes_belong_to_their_line():
    sheet = sheet_of(160, 400)
    end = write(sheet, 20, 60, digits(4, 36)[0])
    put(sheet, strokes((160, 400), [(end + 8, 58), (end + 8, 58)], [(end + 18, 44), (end + 34, 44)], pen=4), 0, 0)
    write(sheet, 20, 140, digits(4, 36, seed=1)[0])
    boxes = find_lines(ink(sheet))
    assert len(boxes) == 2
    assert boxes[0].right == pytest.approx(end + 37, abs=2)


def test_specks_are_no_line():
    sheet = sheet_of(400, 400)
    write(sheet, 60, 120, digits(5, 36)[0])
    specks = np.random.default_rng(0).integers(180, 390, (60, 2))
    sheet[specks[:, 0], specks[:, 1]] = sheet[specks[:, 0] - 1, specks[:, 1]] = 1
    assert len(find_lines(ink(sheet))) == 1


@pytest.mark.parametrize("shape", [(1, 1), (40, 300)])
def test_blank(shape):
    blank = ink(np.zeros(shape))
    assert find_lines(blank) == []
    assert kind_of(blank) == "line"


def test_one_digit_is_single():
    for piece in digits(80, 40, seed=3)[0]:
        assert kind_of(ink(np.pad(piece, 12))) == "single"


def test_a_digit_with_specks_is_single():
    rng = np.random.default_rng(1)
    for piece in digits(20, 40, seed=3)[0]:
        sheet = np.pad(piece, 20)
        for row, column in rng.integers(1, min(sheet.shape) - 3, (6, 2)):
            sheet[row : row + 3, column : column + 3] = 1
        assert kind_of(ink(sheet)) == "single"


@pytest.mark.parametrize(
    "ways",
    [
        [[(20, 12), (40, 12)], [(20, 20), (20, 32), (36, 38), (32, 52), (18, 52)]],  # 5, its bar apart
        [[(20, 10), (40, 10), (34, 28)], [(32, 34), (26, 56)]],  # 7, broken across
        [ring(30, 18, 9, 9), ring(30, 42, 11, 10)],  # 8, in two
    ],
)
def test_a_digit_in_pieces_is_single(ways):
    assert kind_of(ink(strokes((66, 60), *ways, pen=4))) == "single"


def test_two_digits_are_a_line():
    assert kind_of(ink(strokes((60, 50), [(16, 8), (16, 52)], [(30, 8), (30, 52)], pen=4))) == "line"  # 11
    for seed in range(10):
        sheet = sheet_of(70, 140)
        write(sheet, 20, 56, digits(2, 40, seed)[0], gap=3)
        assert kind_of(ink(sheet)) == "line"


def test_touching_digits_are_a_line():
    assert kind_of(ink(strokes((60, 100), ring(30, 30, 16, 20), ring(62, 30, 16, 20), pen=4))) == "line"


def test_two_lines_are_a_page():
    sheet = sheet_of(200, 300)
    write(sheet, 20, 70, digits(5, 40)[0])
    write(sheet, 20, 150, digits(3, 40, seed=1)[0])
    assert kind_of(ink(sheet)) == "page"


def test_a_column_of_single_digits_is_a_page():
    sheet = sheet_of(400, 100)
    for place, piece in enumerate(digits(6, 36, seed=2)[0]):
        put(sheet, piece, 30, 10 + 60 * place)
    assert kind_of(ink(sheet)) == "page"
    assert len(find_lines(ink(sheet))) == 6


def test_noise_ends():
    noise = ink(np.random.default_rng(0).random((300, 400)) > 0.7)
    assert kind_of(noise) in ("single", "line", "page")
    assert all(box.width > 0 and box.height > 0 for box in find_lines(noise))
