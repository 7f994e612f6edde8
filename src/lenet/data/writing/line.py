"""Lines of writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from .chance import Range, Rng, any_of, between
from .finish import finished
from .hand import Hand
from .joins import joined
from .marks import MARKS
from .pen import Canvas
from .strokes import Strokes, together
from .supply import Digits, Supply
from .surroundings import surround
from .truth import Written
from .wording import wording


@dataclass(frozen=True)
class Lines:
    """How pictures of lines differ. Lengths are in heights of a digit, but for ``size``; ranges have weights."""

    size: tuple[tuple[Range, float], ...] = (((22.0, 45.0), 6.0), ((14.0, 24.0), 2.0), ((40.0, 100.0), 1.0))  # pixels
    space: Range = (0.15, 0.6)
    margin: tuple[tuple[Range, float], ...] = (((-0.08, 0.1), 2.0), ((0.05, 0.4), 3.0), ((0.3, 1.0), 1.0))
    neighbours: float = 0.12  # how often lines above and below show at the edges
    apart: Range = (1.1, 1.7)  # of lines
    cut: float = 0.06  # how often a character beside the line is cut by the edge, on each side
    seen: Range = (0.0, 0.3)  # of it


def write_line(rng: Rng, digits: Digits, *, length: int | None = None, lines: Lines = Lines()) -> Written:
    """Write one line of digits, an amount, a date or a plain number, with the marks around them.

    Args:
        rng: of everything; in the same state it gives the same picture.
        digits: images uint8 (N, 28, 28), 0 paper, and labels uint8 (N,) of 0 to 9; each of the ten must be there.
        length: how many digits; None: 1 to 9.
        lines: how pictures of lines differ.

    Raises:
        LenetError: a digit is missing in ``digits``.
    """
    text = wording(rng, length)
    hand = Hand.random(rng, any_of(rng, lines.size))
    supply = Supply(rng, digits, hand.same)
    characters = written(rng, hand, supply, text, lines.space)
    text = text.replace(" ", "")
    left, top, right, bottom = together(characters).box
    # At most half of a stroke is cut off, so that no dot is lost.
    sides = [max(any_of(rng, lines.margin) * hand.size + hand.pen.width / 2, 0.5) for _ in range(4)]
    width, height = ceil(right - left + sides[0] + sides[1]), ceil(bottom - top + sides[2] + sides[3])
    canvas = Canvas.blank(max(height, 8), max(width, 8))
    x, y = sides[0] - left, sides[2] - top
    surround(rng, canvas, (x + left, y + top, x + right, y + bottom), hand.size, hand.pen)
    if rng.random() < lines.neighbours:
        for way in (-1, 1):
            beside = wording(rng)
            away = y + way * between(rng, lines.apart) * hand.size
            other = [each.moved(x + left, away) for each in written(rng, hand, supply, beside, lines.space)]
            draw(canvas, hand, beside.replace(" ", ""), other, first=None)
    for edge, free in ((0, sides[0]), (width, sides[1])):
        if rng.random() < lines.cut:
            part = hand.write(rng, supply("?" if rng.random() < 0.4 else str(rng.integers(10))))
            seen = min(between(rng, lines.seen) * hand.size, free - 2 * hand.pen.width)
            canvas.draw(_cut(part, edge, seen).moved(0, y), hand.pen)
    draw(canvas, hand, text, joined(rng, text, [each.moved(x, y) for each in characters], hand.size))
    return finished(rng, canvas, text, hand.size, hand.pen)


def _cut(character: Strokes, edge: float, seen: float) -> Strokes:
    """Return a character moved to the left edge, x = 0, or the right one, so that ``seen`` pixels of it lie within."""
    left, _, right, _ = character.box
    return character.moved(edge - left - seen if edge else seen - right, 0)


def draw(canvas: Canvas, hand: Hand, text: str, characters: Sequence[Strokes], first: int | None = 0) -> None:
    """Draw a text's characters, the smallest last, so that no digit hides a dot.

    Args:
        canvas: to draw on.
        hand: that writes.
        text: a character each.
        characters: in pixels, placed.
        first: the number of the first; None: they belong to nobody.
    """
    for number in sorted(range(len(text)), key=lambda number: text[number] in ".,"):
        canvas.draw(characters[number], hand.pen, -1 if first is None else first + number)


def written(rng: Rng, hand: Hand, supply: Supply, text: str, space: Range) -> list[Strokes]:
    """Return a text's characters in pixels beside one another, by one hand, on a baseline at y = 0."""
    characters, spaces, wide = [], [], 0.0
    for character in text:
        if character == " ":
            wide = between(rng, space)
            continue
        height = hand.zeros if character == "0" else 1.0
        characters.append(hand.write(rng, supply(character), height, upright=character not in MARKS))
        spaces.append(wide)
        wide = 0.0
    return hand.spaced(rng, characters, spaces)
