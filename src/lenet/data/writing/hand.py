"""A hand: what all characters of a line have in common, and how far each strays from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .chance import Range, Rng, between, near, scaled
from .pen import Pen
from .strokes import Floats, Strokes

BANDS = 16  # of a line's height in which neighbours keep their distance


@dataclass(frozen=True)
class Hands:
    """How hands differ. Lengths are in heights of a digit."""

    slant: Range = (-0.15, 0.65)
    upright: Range = (0.2, 1.0)  # how much of a digit's own slant is taken away first
    slant_jitter: Range = (0.0, 0.12)
    turn_jitter: Range = (0.0, 0.08)  # radians
    aspect: Range = (0.65, 1.5)
    aspect_jitter: Range = (0.0, 0.12)
    size_jitter: Range = (0.0, 0.14)
    zeros: Range = (0.55, 1.1)  # the height of zeros
    small_zeros: float = 0.4  # how often they have a height of their own
    same: float = 0.35  # how often two digits alike are the same digit of the data
    base_jitter: Range = (0.0, 0.07)
    climb: Range = (-0.06, 0.08)  # of the baseline, for each unit to the right
    gap: Range = (-0.08, 0.35)
    gap_jitter: Range = (0.02, 0.14)
    wide_gap: Range = (0.3, 0.9)
    wide: float = 0.12  # how often gaps are wide
    bend: Range = (0.0, 0.035)
    pen: Range = (0.035, 0.2)  # width
    evenness: Range = (0.3, 1.0)
    sharpness: Range = (0.5, 1.0)
    dark: Range = (0.75, 1.0)


@dataclass(frozen=True)
class Hand:
    """One hand; ``size`` is a digit's height in pixels, the other lengths are in heights of a digit."""

    size: float
    slant: float
    upright: float
    slant_jitter: float
    turn_jitter: float
    aspect: float
    aspect_jitter: float
    size_jitter: float
    zeros: float
    same: bool
    base_jitter: float
    climb: float
    gap: float
    gap_jitter: float
    bend: float
    pen: Pen

    @classmethod
    def random(cls, rng: Rng, size: float, hands: Hands = Hands()) -> Hand:
        """Return a hand at random that writes digits of a height, in pixels."""
        width = max(scaled(rng, hands.pen) * size, 0.9)
        sharpness = between(rng, hands.sharpness) * (1 if width < 8 else 8 / width) ** 0.5
        pen = Pen(width, between(rng, hands.evenness), sharpness, between(rng, hands.dark))
        return cls(
            size,
            slant=between(rng, hands.slant),
            upright=between(rng, hands.upright),
            slant_jitter=between(rng, hands.slant_jitter),
            turn_jitter=between(rng, hands.turn_jitter),
            aspect=scaled(rng, hands.aspect),
            aspect_jitter=between(rng, hands.aspect_jitter),
            size_jitter=between(rng, hands.size_jitter),
            zeros=between(rng, hands.zeros) if rng.random() < hands.small_zeros else 1.0,
            same=rng.random() < hands.same,
            base_jitter=between(rng, hands.base_jitter),
            climb=between(rng, hands.climb),
            gap=between(rng, hands.wide_gap if rng.random() < hands.wide else hands.gap),
            gap_jitter=between(rng, hands.gap_jitter),
            bend=between(rng, hands.bend),
            pen=pen,
        )

    def write(self, rng: Rng, strokes: Strokes, height: float = 1.0, upright: bool = True) -> Strokes:
        """Return a character in pixels, its baseline at y = 0 and its middle at x = 0.

        Args:
            rng: of how it strays.
            strokes: of the character, 1 high.
            height: of the character beside a digit's.
            upright: whether some of its own slant is taken away; a mark's isn't.
        """
        left, _, right, _ = strokes.box
        strokes = bent(rng, strokes.moved(-(left + right) / 2, -1.0), self.bend)
        slant = self.slant + near(rng, self.slant_jitter) - (self.upright * strokes.slant if upright else 0)
        turn = near(rng, self.turn_jitter)
        tall = height * self.size * float(np.exp(near(rng, self.size_jitter)))
        wide = tall * self.aspect * float(np.exp(near(rng, self.aspect_jitter)))
        cos, sin = np.cos(turn), np.sin(turn)
        matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[wide, -slant * tall], [0, tall]])
        return strokes.placed(matrix, (0, near(rng, self.base_jitter) * self.size))

    def spaced(self, rng: Rng, characters: Sequence[Strokes], spaces: Sequence[float]) -> list[Strokes]:
        """Return characters beside one another, the first at x = 0 and the baseline through y = 0.

        Gaps are between the strokes at one height and not between boxes, so slanted characters stand close.

        Args:
            rng: of the gaps.
            characters: as ``write`` has them.
            spaces: before each character, beyond the usual gap, in heights of a digit.
        """
        placed: list[Strokes] = []
        edge = np.full(BANDS, -np.inf, np.float32)
        for character, space in zip(characters, spaces, strict=True):
            left, right = _sides(character, self.size)
            gap = (self.gap + near(rng, self.gap_jitter) + space) * self.size + self.pen.width
            x = float((edge - left).max() + gap) if placed else -character.box[0]
            middle = float(character.points[:, 0].mean())
            if placed:  # a character under the next one's roof still stands to its left
                x = max(x, float(placed[-1].points[:, 0].mean()) + (0.15 + max(space, 0)) * self.size - middle)
            placed.append(character.moved(x, self.climb * -(x + middle)))
            edge = np.maximum(edge, right + x)
        return placed


def _sides(strokes: Strokes, size: float) -> tuple[Floats, Floats]:
    """Return how far left and right strokes go in each band of height; float32 (BANDS,) each."""
    band = np.clip((strokes.points[:, 1] / size + 1.3) * (BANDS / 1.8), 0, BANDS - 1).astype(np.intp)
    left, right = np.full(BANDS + 2, np.inf, np.float32), np.full(BANDS + 2, -np.inf, np.float32)
    np.minimum.at(left, band + 1, strokes.points[:, 0])
    np.maximum.at(right, band + 1, strokes.points[:, 0])
    # A band keeps its neighbours' distance too.
    left = np.minimum(np.minimum(left[:-2], left[1:-1]), left[2:])
    right = np.maximum(np.maximum(right[:-2], right[1:-1]), right[2:])
    return left, right


def bent(rng: Rng, strokes: Strokes, by: float) -> Strokes:
    """Return strokes with each point moved by waves, about a character long, of a height ``by``."""
    if by <= 0:
        return strokes
    x, y = strokes.points.T
    a = rng.uniform(-1, 1, (2, 2)) * 5
    phase = rng.random((2, 1)) * 6.3
    waves = np.sin(np.stack([a[0, 0] * x + a[0, 1] * y, a[1, 0] * x + a[1, 1] * y]) + phase) * (1.5 * by)
    return replace(strokes, points=(strokes.points + waves.T).astype(np.float32))
