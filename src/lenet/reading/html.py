"""A reading in a notebook: where the characters stand, what they are, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from .. import html
from .drawing import about
from .result import Digit

if TYPE_CHECKING:
    from ..page.box import Box
    from .result import Line, Reading

WIDTH, HEIGHT = 560, 420  # pixels of the drawing at most
LEAST = 7  # pixels of the smallest letters
SHOWN = 60  # characters, or lines of a page, of the table
ALTERNATIVES = 3


def document(reading: Reading) -> str:
    """Return the reading as a document of its own."""
    pages = f", page {reading.page}" if reading.page > 1 else ""
    wide, high = reading.size
    size = (f"{wide} x {high} pixels",) if wide and high else ()
    return html.page(
        html.heading(f"Reading of {reading.file}{pages}" if reading.file else "Reading", reading.kind, *size),
        f'<div style="font-size:1.5em;white-space:pre-wrap">{escape(reading.text)}</div>' if reading.text else "",
        html.note(about(reading)),
        _layout(reading) if size and reading.lines else "",
        _table(reading),
    )


def _layout(reading: Reading) -> str:
    """Return boxes and characters where they stand in the picture, which a reading doesn't keep."""
    wide, high = reading.size
    scale = min(WIDTH / wide, HEIGHT / high, 4)
    shapes = [_rectangle((0, 0, wide, high), scale, "stroke:rgba(128,128,128,.5)")]
    for line in reading.lines:
        if not line.digits:
            shapes.append(_rectangle(line.box, scale, _stroke(line.rejected)))
        for digit in line.digits:
            rejected = digit.rejected or line.rejected
            shapes.append(_rectangle(digit.box, scale, _stroke(rejected)))
            shapes.append(_letter(digit.label, digit.box, scale, html.ORANGE if rejected else html.BLUE))
    size = f'width="{wide * scale:.0f}" height="{high * scale:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{"".join(shapes)}</svg>'


def _stroke(rejected: bool) -> str:
    return f"stroke:{html.ORANGE};stroke-dasharray:4 3" if rejected else f"stroke:{html.BLUE}"


def _rectangle(box: Box | tuple[int, int, int, int], scale: float, style: str) -> str:
    left, top, right, bottom = (scale * side for side in box)
    sides = f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}"'
    return f'<rect {sides} style="fill:none;{style}"/>'


def _letter(label: str, box: Box, scale: float, colour: str) -> str:
    """Return a character inside its box, or nothing where it would be too small to read."""
    left, top, right, bottom = (scale * side for side in box)
    size = min(0.9 * (bottom - top), 1.6 * (right - left))
    if size < LEAST:
        return ""
    place = f'x="{(left + right) / 2:.1f}" y="{(top + bottom) / 2 + 0.35 * size:.1f}" text-anchor="middle"'
    return f'<text {place} font-size="{size:.1f}" font-family="sans-serif" fill="{colour}">{escape(label)}</text>'


def _table(reading: Reading) -> str:
    """Return a page's lines, or the characters of a line one by one."""
    if not reading.lines:
        return ""
    parts: Sequence[Line | Digit] = reading.lines if reading.kind == "page" else reading.digits
    rows = [_row(str(number), part) for number, part in enumerate(parts, 1)]
    shown = html.table(("", "read", "confidence", "rejected", "or"), rows[:SHOWN], words=("read", "rejected", "or"))
    left = len(rows) - SHOWN
    return shown + (html.note(f"and {left:,} more") if left > 0 else "")


def _row(number: str, part: Line | Digit) -> tuple[str, ...]:
    what, why = (part.label, "unsure") if isinstance(part, Digit) else (part.text, part.reason)
    return number, what, f"{part.confidence:.1%}", why if part.rejected else "", _others(part.alternatives)


def _others(alternatives: tuple[tuple[str, float], ...]) -> str:
    return ", ".join(f"{what} {share:.1%}" for what, share in alternatives[:ALTERNATIVES])
