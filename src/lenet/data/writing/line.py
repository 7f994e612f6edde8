"""Lines of writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .camera import brightness, photograph
from .chance import Range, Rng, between, one_of, scaled
from .hand import Hand
from .marks import MARKS
from .paper import paper
from .pen import Canvas
from .strokes import Strokes, together
from .supply import Digits, Supply
from .truth import Written
from .wording import wording


@dataclass(frozen=True)
class Lines:
    """How pictures of lines differ. Lengths are in heights of a digit, but for ``size``."""

    size: Mapping[Range, float] = field(default_factory=lambda: {(22.0, 45.0): 6.0, (14.0, 24.0): 2.0, (40.0, 90.0): 1})
    space: Range = (0.15, 0.6)
    margin: Mapping[Range, float] = field(default_factory=lambda: {(-0.05, 0.1): 2, (0.05, 0.4): 3, (0.3, 1.0): 1})


def write_line(rng: Rng, digits: Digits, *, length: int | None = None, lines: Lines = Lines()) -> Written:
    """Write one line of digits, an amount, a date or a plain number, with the marks around them.

    Args:
        rng: of everything; in the same state it gives the same picture.
        digits: images uint8 (N, 28, 28), 0 paper, and labels uint8 (N,) of 0 to 9; each of the ten must be there.
        length: how many digits; None: 1 to 9.
        lines: how pictures of lines differ.
    """
    text = wording(rng, length)
    hand = Hand.random(rng, _size(rng, lines))
    characters = written(rng, hand, digits, text, lines.space)
    left, top, right, bottom = together(characters).box
    sides = [_margin(rng, lines) * hand.size + hand.pen.width / 2 + 1 for _ in range(4)]
    width, height = int(right - left + sides[0] + sides[1]), int(bottom - top + sides[2] + sides[3])
    canvas = Canvas.blank(max(height, 8), max(width, 8))
    for number, character in enumerate(characters):
        canvas.draw(character.moved(sides[0] - left, sides[2] - top), hand.pen, number)
    return finished(rng, canvas, text.replace(" ", ""), hand)


def written(rng: Rng, hand: Hand, digits: Digits, text: str, space: Range) -> list[Strokes]:
    """Return a text's characters in pixels beside one another, by one hand, on a baseline at y = 0."""
    supply = Supply(rng, digits, hand.same)
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


def finished(rng: Rng, canvas: Canvas, text: str, hand: Hand) -> Written:
    """Return a picture of a canvas on some paper."""
    height, width = canvas.ink.shape
    dark = brightness(rng)
    sheet = paper(rng, (height, width), hand.size, 1 - dark)
    return Written(photograph(rng, sheet, canvas.ink, dark), canvas.owner, canvas.ink, text)


def _size(rng: Rng, lines: Lines) -> float:
    ranges = list(lines.size)
    return scaled(rng, ranges[int(one_of(rng, {str(i): lines.size[limits] for i, limits in enumerate(ranges)}))])


def _margin(rng: Rng, lines: Lines) -> float:
    ranges = list(lines.margin)
    return between(rng, ranges[int(one_of(rng, {str(i): lines.margin[limits] for i, limits in enumerate(ranges)}))])
