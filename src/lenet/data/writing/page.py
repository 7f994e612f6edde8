"""Pages: several lines of writing by one hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .chance import Range, Rng, between, scaled
from .finish import finished
from .hand import Hand
from .joins import joined
from .line import Lines, draw, written
from .pen import Canvas
from .strokes import together
from .supply import Digits, Supply
from .surroundings import Surroundings, surround
from .truth import Written
from .wording import wording

AROUND = Surroundings(kinds={"nothing": 5, "ruled": 3, "edges": 1})


@dataclass(frozen=True)
class Pages:
    """How pages differ; lengths are in heights of a digit, but for ``size``."""

    lines: tuple[int, int] = (2, 9)  # the last excluded
    size: Range = (16.0, 45.0)  # pixels
    apart: Range = (1.7, 3.0)
    indent: Range = (0.0, 1.5)
    margin: Range = (0.2, 1.5)
    turned: Range = (-0.03, 0.03)  # the baselines, from level


@dataclass(frozen=True)
class PageLine:
    """A line of a page.

    Attributes:
        text: a character each.
        first: the number in the page's text of its first character.
        box: left, top, right, bottom of its ink in pixels, the last two excluded.
    """

    text: str
    first: int
    box: tuple[int, int, int, int]


def write_page(rng: Rng, digits: Digits, *, pages: Pages = Pages()) -> tuple[Written, list[PageLine]]:
    """Write several lines, one below the other.

    Args:
        rng: of everything; in the same state it gives the same picture.
        digits: as ``write_line`` takes them.
        pages: how pages differ.

    Returns:
        The page, its text all lines' together; and its lines from the top.

    Raises:
        LenetError: a digit is missing in ``digits``.
    """
    hand = Hand.random(rng, scaled(rng, pages.size))
    supply = Supply(rng, digits, hand.same)
    apart, margin = between(rng, pages.apart) * hand.size, between(rng, pages.margin) * hand.size
    turned = between(rng, pages.turned)
    lines, texts = [], []
    for number in range(int(rng.integers(*pages.lines))):
        text = wording(rng)
        characters = written(rng, hand, supply, text, Lines().space)
        texts.append(text.replace(" ", ""))
        x = between(rng, pages.indent) * hand.size
        level = [character.moved(x, number * apart) for character in joined(rng, texts[-1], characters, hand.size)]
        lines.append([character.placed(((1, -turned), (turned, 1))) for character in level])
    left, top, right, bottom = together(together(line) for line in lines).box
    canvas = Canvas.blank(int(bottom - top + 2 * margin + 2), int(right - left + 2 * margin + 2))
    place = (margin, margin, margin + right - left, margin + bottom - top)
    surround(rng, canvas, place, hand.size, hand.pen, surroundings=AROUND)
    first = 0
    for text, line in zip(texts, lines, strict=True):
        draw(canvas, hand, text, [character.moved(margin - left, margin - top) for character in line], first)
        first += len(text)
    truth = finished(rng, canvas, "".join(texts), hand.size, hand.pen)
    return truth, _located(truth.owner, texts)


def _located(owner: np.ndarray[tuple[int, int], np.dtype[np.int16]], texts: list[str]) -> list[PageLine]:
    """Return the lines with the boxes of what's theirs."""
    lines, first = [], 0
    rows, columns = np.nonzero(owner >= 0)
    whose = owner[rows, columns]
    for text in texts:
        theirs = (whose >= first) & (whose < first + len(text))
        y, x = rows[theirs], columns[theirs]
        box = (int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1)
        lines.append(PageLine(text, first, box))
        first += len(text)
    return lines
