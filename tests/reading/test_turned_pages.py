"""Pages that lie askew are turned upright, and what is read is told of where it was."""

import numpy as np
import pytest
from PIL import Image

import lenet
from lenet.data import glyphs
from lenet.data.writing import write_line


@pytest.fixture(scope="module")
def page() -> Image.Image:
    """Return three lines of five digits below one another, each drawn large, on white."""
    digits = glyphs(400, 0)
    sheet = Image.new("L", (700, 420), 255)
    for number in range(3):
        written = write_line(np.random.default_rng(number), digits, length=5)
        ink = Image.fromarray(np.asarray(255 * (1 - written.ink), np.uint8))
        sheet.paste(ink.resize((520, 80)), (90, 40 + 130 * number))
    return sheet


@pytest.mark.parametrize("degrees", [-6, 5])
def test_a_turned_page_has_the_same_lines(page, degrees):
    level = lenet.read(page, page=True)
    turned = lenet.read(page.rotate(-degrees, expand=True, fillcolor=255), page=True)
    assert len(turned.lines) == len(level.lines) == 3
    width, height = turned.size
    for line in turned.lines:
        left, top, right, bottom = line.box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
    # a line that falls to the right reaches over more rows than the level one
    assert all(
        one.box[3] - one.box[1] > two.box[3] - two.box[1] for one, two in zip(turned.lines, level.lines, strict=True)
    )
