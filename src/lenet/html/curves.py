"""Curves inside a document, as SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from .blocks import RULE

WIDTH, HEIGHT = 560, 190  # pixels of the whole
LEFT, RIGHT, TOP, BOTTOM = 52, 96, 10, 34  # of them around the axes
# Near Okabe and Ito's, which eyes of every kind tell apart; these stand out from white and from black.
BLUE, ORANGE = "#1f87c9", "#d55e00"
COLOURS = (BLUE, ORANGE, "#009e73", "#cc79a7")
LETTERS = 'font-family="system-ui, sans-serif" font-size="11" fill="currentColor"'
DECADE = 10.0  # between the highest and the lowest point: from there on the axis is logarithmic


@dataclass(frozen=True)
class Line:
    """A curve.

    Attributes:
        name: stands at its end.
        points: (x, y), x rising.
    """

    name: str
    points: Sequence[tuple[float, float]]


def curves(lines: Sequence[Line], across: str, words: Callable[[float], str] = "{:g}".format) -> str:
    """Return curves in one pair of axes; nothing where no curve has two points.

    Args:
        lines: the curves; those without points are left out.
        across: what x is.
        words: how a y is written.
    """
    lines = [line for line in lines if line.points]
    if not any(len(line.points) > 1 for line in lines):
        return ""
    xs = [x for line in lines for x, _ in line.points]
    ys = [y for line in lines for _, y in line.points]
    height = _Scale.of(min(ys), max(ys))
    left, right = min(xs), max(xs)

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + (WIDTH - LEFT - RIGHT) * (x - left) / (right - left),
            TOP + (HEIGHT - TOP - BOTTOM) * (1 - height.share(y)),
        )

    parts = [_rule(place(left, y)[1], words(y)) for y in height.ticks()]
    parts += [_text(place(x, ys[0])[0], HEIGHT - BOTTOM + 15, f"{x:g}", "middle") for x in (left, right)]
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, across, "middle"))
    ends = _apart([place(*line.points[-1])[1] for line in lines])
    for number, (line, end) in enumerate(zip(lines, ends, strict=True)):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in line.points))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(_text(WIDTH - RIGHT + 6, end + 4, line.name, "start", colour))
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{"".join(parts)}</svg>'


@dataclass(frozen=True)
class _Scale:
    """The upright axis: from 0, or logarithmic where values lie decades apart."""

    low: float
    high: float
    logarithmic: bool

    @classmethod
    def of(cls, low: float, high: float) -> _Scale:
        if low > 0 and high / low >= DECADE:
            return cls(low, high, True)
        return cls(min(0.0, low), high if high > low or high > 0 else low + 1, False)

    def share(self, y: float) -> float:
        """Return how high a value stands, 0 to 1."""
        if self.logarithmic:
            return log10(y / self.low) / log10(self.high / self.low)
        return (y - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Return the values that get a line: 1, 2 and 5 times powers of ten, or about four steps of one of them."""
        if self.logarithmic:
            powers = range(floor(log10(self.low)), ceil(log10(self.high)) + 1)
            found = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
            found = [value for value in found if self.low <= value <= self.high]
            return found if len(found) <= 6 else found[:: ceil(len(found) / 6)]
        span = self.high - self.low
        rough = 10.0 ** floor(log10(span / 4))
        step = next(rough * digit for digit in (1, 2, 5, 10) if rough * digit >= span / 5)
        first = ceil(self.low / step)
        return [step * number for number in range(first, floor(self.high / step + 1e-9) + 1)]


def _apart(ends: list[float], room: float = 13.0) -> list[float]:
    """Return heights moved down so that texts at them don't overlap."""
    moved, below = list(ends), float("-inf")
    for place in sorted(range(len(ends)), key=ends.__getitem__):
        moved[place] = below = max(ends[place], below + room)
    return moved


def _rule(y: float, text: str) -> str:
    line = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{RULE}"/>'
    return line + _text(LEFT - 6, y + 4, text, "end")


def _text(x: float, y: float, text: str, anchor: str, colour: str = "") -> str:
    letters = LETTERS.replace("currentColor", colour) if colour else LETTERS
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {letters}>{escape(text)}</text>'
