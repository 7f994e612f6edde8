"""The marks between, before and after digits, as strokes 1 high with the baseline at y = 1."""

from __future__ import annotations

from collections.abc import Callable

from .chance import Rng, between, near
from .strokes import Strokes, curve, line, together


def dot(rng: Rng) -> Strokes:
    """A dot on the line, round or a short dash."""
    x, y = near(rng, 0.03), near(rng, 0.03)
    return line([(0, 0.97), (x, 0.97 + y)], between(rng, (1.0, 1.7)))


def comma(rng: Rng) -> Strokes:
    """A short stroke down through the line."""
    length = between(rng, (0.12, 0.3))
    return line([(0, 0.93), (-length * between(rng, (0.1, 0.7)), 0.93 + length)], between(rng, (0.9, 1.3)))


def dash(rng: Rng) -> Strokes:
    """A stroke across, straight or waved."""
    length, y = between(rng, (0.2, 0.9)), between(rng, (0.45, 0.75))
    wave = near(rng, 0.05)
    return curve([(0, y), (length / 3, y - wave), (2 * length / 3, y + wave), (length, y + near(rng, 0.07))])


def equals(rng: Rng) -> Strokes:
    """Two strokes across, long or hardly more than dots."""
    length, y, apart = between(rng, (0.1, 0.75)), between(rng, (0.3, 0.55)), between(rng, (0.18, 0.35))
    tilt = near(rng, 0.1) * length
    below = near(rng, 0.1) * length
    return line([(0, y), (length, y + tilt)]) + line(
        [(below, y + apart), (length * between(rng, (0.8, 1.2)) + below, y + apart + tilt)]
    )


def slash(rng: Rng) -> Strokes:
    """A stroke from low on the left to high on the right."""
    return line([(0, 1 + between(rng, (-0.05, 0.2))), (between(rng, (0.15, 0.6)), between(rng, (-0.2, 0.1)))])


def dollar(rng: Rng) -> Strokes:
    """An S crossed by one or two strokes."""
    s = [(0.5, 0.2), (0.28, 0.1), (0.08, 0.27), (0.28, 0.48), (0.5, 0.7), (0.28, 0.92), (0.02, 0.8)]
    lean = near(rng, 0.08)
    bars = [(0.22, 0.36), (0.29,)][int(rng.random() < 0.6)]
    top, bottom = between(rng, (-0.15, 0.1)), between(rng, (0.9, 1.2))
    return together([curve(s), *(line([(x + lean, top), (x - lean, bottom)]) for x in bars)])


def pound(rng: Rng) -> Strokes:
    """A pound: a hook, a foot and a bar."""
    y = between(rng, (0.45, 0.6))
    hook = curve([(0.52, 0.18), (0.36, 0.02), (0.22, 0.2), (0.24, 0.55), (0.16, 0.92), (0.02, 0.98)])
    foot = curve([(0.02, 0.98), (0.2, 0.9), (0.4, 0.98), (0.55, 0.9)])
    return hook + foot + line([(0.05, y), (0.42, y)])


def euro(rng: Rng) -> Strokes:
    """A C crossed by two strokes."""
    y = between(rng, (0.38, 0.46))
    c = curve([(0.58, 0.14), (0.38, 0.02), (0.18, 0.2), (0.12, 0.5), (0.18, 0.8), (0.38, 0.98), (0.6, 0.86)])
    return c + line([(0, y), (0.45, y)]) + line([(0, y + 0.17), (0.42, y + 0.17)])


def fence(rng: Rng) -> Strokes:
    """Two strokes crossed by two, the end that guards an amount."""
    size, lean = between(rng, (0.45, 0.8)), between(rng, (0, 0.2))
    down = [line([(x * size + lean, 1 - size), (x * size, 1)]) for x in (0.33, 0.66)]
    across = [line([(0, 1 - y * size), (size, 1 - y * size + near(rng, 0.04))]) for y in (0.33, 0.66)]
    return together([*down, *across])


MARKS: dict[str, Callable[[Rng], Strokes]] = {
    ".": dot,
    ",": comma,
    "-": dash,
    "=": equals,
    "/": slash,
    "$": dollar,
    "£": pound,
    "€": euro,
    "#": fence,
}


def mark(rng: Rng, character: str) -> Strokes:
    """Return the strokes of one of ``MARKS``, never twice the same."""
    return MARKS[character](rng)
