"""What is no digit and no mark: letters of hands and printers, scribbles, shapes, and digits spoilt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ...network.rbf import bitmaps
from .chance import Rng, between, near, one_of
from .strokes import Floats, Strokes, curve, line, of_digit, together
from .templates import LETTERS, PRINTED, fitted, shaped

DigitOf = Callable[[int], Strokes]

BITMAPS = "ACEFHKMNRTUVWXYacdefhjkmnrtuvwxy%&@?<>{}^~+*"
# Digits that, mirrored, on their heads or on their sides, are none: a mirrored 2 looks like a 5, a turned 6 is a 9.
MIRRORED, HEADLONG, SIDEWAYS = (3, 4, 6, 7), (3, 4, 7), (3, 4, 8)


@dataclass(frozen=True)
class Negatives:
    """How often what; weights needn't sum to 1. ``hand`` is for lines, ``all`` for single characters."""

    hand: Mapping[str, float] = field(
        default_factory=lambda: {"letter": 6, "scribble": 2, "mirrored": 0.3, "sideways": 0.3}
    )
    all: Mapping[str, float] = field(
        default_factory=lambda: {
            "letter": 7, "print": 7, "bitmap": 1, "scribble": 3, "shape": 1,
            "mirrored": 1, "headlong": 0.6, "sideways": 1, "joined": 1, "spoilt": 0.5,
        }
    )  # fmt: skip


def negative(rng: Rng, digit: DigitOf, kinds: Mapping[str, float]) -> Strokes:
    """Return the strokes, 1 high, of something that's no digit; ``digit`` gives those of a digit to spoil."""
    kind = one_of(rng, kinds)
    if kind in ("mirrored", "headlong", "sideways"):
        return _turned(rng, digit, kind)
    if kind == "joined":
        return joined(rng, digit)
    if kind == "spoilt":
        return fitted(digit(int(rng.integers(10))) + scribble(rng))
    return {"letter": letter, "print": printed, "bitmap": bitmap, "scribble": scribble, "shape": shape}[kind](rng)


def letter(rng: Rng) -> Strokes:
    """A letter by hand."""
    return shaped(rng, _shape(rng, LETTERS))


def printed(rng: Rng) -> Strokes:
    """A printer's letter: straight or italic, thin strokes across, serifs."""
    special = rng.random() < 0.25  # B, D, G and I are bold, with serifs
    strokes = shaped(rng, _shape(rng, PRINTED if special else LETTERS))
    if special or rng.random() < 0.5:
        ends = strokes.points[strokes.ends]
        size = between(rng, (0.08, 0.2))
        strokes = together([strokes, *(line([(x - size, y), (x + size, y)], 0.6) for x, y in ends.tolist())])
        if special:
            strokes = replace(strokes, weight=strokes.weight * np.float32(between(rng, (1.2, 2.0))))
    if rng.random() < 0.6:
        strokes = _contrasted(strokes, between(rng, (0.15, 0.8)))
    italic = between(rng, (0, 0.35)) if rng.random() < 0.35 else 0.0
    return fitted(strokes.placed(((between(rng, (0.7, 1.6)), -italic), (0, 1))))


def bitmap(rng: Rng) -> Strokes:
    """A character of the paper's 7x12 bitmaps (Figure 3)."""
    rows = bitmaps()[BITMAPS[int(rng.integers(len(BITMAPS)))]]
    ink = np.array([[pixel == "#" for pixel in row] for row in rows], np.uint8) * np.uint8(255)
    return of_digit(np.pad(np.kron(ink, np.ones((3, 3), np.uint8)), 2))


def scribble(rng: Rng) -> Strokes:
    """A random line with turns, or several strokes across."""
    if rng.random() < 0.3:
        angle, length = rng.uniform(0, 3.2, 7), rng.uniform(0.5, 1.2, 7)
        along = np.stack([np.cos(angle), np.sin(angle)], 1) * length[:, None] / 2
        middle = rng.random((7, 2))
        ends = np.stack([middle - along, middle + along], 1).astype(np.float32)  # (7, 2, 2)
        return fitted(together(line(pair) for pair in ends[: int(rng.integers(3, 8))]))
    points = rng.random((int(rng.integers(5, 14)), 2)).astype(np.float32)
    if rng.random() < 0.4:  # to and fro
        points[:, 0] = np.arange(len(points)) % 2 + points[:, 0] * 0.4
        points[:, 1] = np.linspace(0, 0.8, len(points)) + points[:, 1] * 0.2
    return fitted(curve(points, steps=8))


def shape(rng: Rng) -> Strokes:
    """A polygon, a star or a blot, its border and often all of it filled."""
    filled = rng.random() < 0.5
    corners = int(rng.integers(3, 9)) if filled else 3  # a ring of more looks like a 0
    angle = np.linspace(0, 2 * np.pi, corners + 1)[:-1] + between(rng, (0, 6.3))
    radius = rng.uniform(0.25, 0.5, corners)
    if rng.random() < 0.4:
        radius[:] = 0.5
    points = np.stack([radius * np.cos(angle) * between(rng, (0.5, 1.5)), radius * np.sin(angle)], 1)
    points = np.concatenate([points, points[:1]]).astype(np.float32)
    rings = np.arange(1, 0, -0.12) if filled else np.ones(1)
    return fitted(together(line(points * np.float32(ring), 2.0 if filled else 1.0) for ring in rings))


def joined(rng: Rng, digit: DigitOf) -> Strokes:
    """Two or three digits run together."""
    parts, x = [], 0.0
    for _ in range(2 if rng.random() < 0.8 else 3):
        part = digit(int(rng.integers(10)))
        part = part.moved(x - part.box[0], near(rng, 0.1))
        parts.append(part)
        x = part.box[2] + between(rng, (-0.05, 0.15))
    return fitted(together(parts))


def _shape(rng: Rng, shapes: Mapping[str, tuple[str, ...]]) -> str:
    forms = list(shapes.values())[int(rng.integers(len(shapes)))]
    return forms[int(rng.integers(len(forms)))]


def _turned(rng: Rng, digit: DigitOf, kind: str) -> Strokes:
    labels = {"mirrored": MIRRORED, "headlong": HEADLONG, "sideways": SIDEWAYS}[kind]
    side = 1 if rng.random() < 0.5 else -1
    matrix = {"mirrored": ((-1, 0), (0, 1)), "headlong": ((-1, 0), (0, -1)), "sideways": ((0, side), (-side, 0))}[kind]
    return fitted(digit(labels[int(rng.integers(len(labels)))]).placed(matrix))


def _contrasted(strokes: Strokes, thin: float) -> Strokes:
    """Return strokes that are ``thin`` where they go across and 1 where they go down."""
    one, two = strokes.edges.T
    way = np.abs(strokes.points[two] - strokes.points[one]) + 1e-6
    down = way[:, 1] / way.sum(1)
    most: Floats = np.zeros(len(strokes.points), np.float32)
    np.maximum.at(most, strokes.edges.ravel(), np.repeat(down, 2).astype(np.float32))
    return replace(strokes, weight=strokes.weight * (thin + (1 - thin) * most).astype(np.float32))
