"""Strokes between neighbours, where the pen wasn't lifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .chance import Range, Rng, between, near
from .strokes import Floats, Strokes, line


@dataclass(frozen=True)
class Joins:
    """How often neighbours are joined."""

    hands: float = 0.25  # that join at all
    pairs: float = 0.15  # of neighbours, by such a hand
    zeros: float = 0.6  # of neighbouring zeros, likewise
    sag: Range = (0.0, 0.2)  # of the stroke, in heights


def joined(rng: Rng, text: str, characters: Sequence[Strokes], size: float, joins: Joins = Joins()) -> list[Strokes]:
    """Return a line's characters, some with a stroke to the next; each half of it belongs to the nearer character.

    Args:
        rng: of which, and how.
        text: a character each; only digits are joined.
        characters: in pixels, placed.
        size: a digit's height in pixels.
        joins: how often.
    """
    result = list(characters)
    if rng.random() >= joins.hands:
        return result
    for number, pair in enumerate(pairwise(text)):
        zeros = pair == ("0", "0")
        if not "".join(pair).isdigit() or rng.random() >= (joins.zeros if zeros else joins.pairs):
            continue
        one, two = characters[number], characters[number + 1]
        if two.box[0] - one.box[2] < 0.6 * size:
            sag = between(rng, joins.sag) * size * (1 if rng.random() < 0.8 else -1)
            first, second = _between(rng, *(_tops(one, two) if zeros else _sides(rng, one, two)), sag, size)
            result[number] = result[number] + first
            result[number + 1] = result[number + 1] + second
    return result


def _tops(one: Strokes, two: Strokes) -> tuple[Floats, Floats]:
    return one.points[one.points[:, 1].argmin()], two.points[two.points[:, 1].argmin()]


def _sides(rng: Rng, one: Strokes, two: Strokes) -> tuple[Floats, Floats]:
    return _outermost(rng, one, 1), _outermost(rng, two, -1)


def _outermost(rng: Rng, strokes: Strokes, side: int) -> Floats:
    """Return the end of a stroke furthest to a side, or any point furthest there."""
    ends = strokes.points[strokes.ends]
    points = ends if len(ends) and rng.random() < 0.7 else strokes.points
    point: Floats = points[(points[:, 0] * side).argmax()]
    return point


def _between(rng: Rng, start: Floats, end: Floats, sag: float, size: float) -> tuple[Strokes, Strokes]:
    """Return the two halves of a stroke between two points that hangs through by ``sag``, all in pixels."""
    half = np.float32(0.5)
    middle = (start + end) * half + np.array((0, sag), np.float32)
    quarter, three = (start + middle) * half, (end + middle) * half
    quarter[1] += near(rng, 0.04) * size
    return _line(start, quarter, middle, size), _line(middle, three, end, size)


def _line(one: Floats, two: Floats, three: Floats, size: float) -> Strokes:
    return line(np.stack([one, two, three]) / size, 0.8).placed(((size, 0), (0, size)))
