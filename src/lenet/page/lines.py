"""Lines of writing on a page, and what a picture holds: one character, one line or a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from .box import Box
from .ink import Ink
from .linking import LINES, OVERLAP, linked
from .pieces import Boxes

Kind = Literal["single", "line", "page"]

WIDE = 1.5  # heights: one character is narrower


@dataclass(frozen=True)
class Row:
    """A line of writing.

    Attributes:
        box: on the page.
        ink: of the line only, (box.height, box.width), without what other lines have in its box.
    """

    box: Box
    ink: Ink


def find_lines(ink: Ink) -> list[Box]:
    """Return the boxes of the lines of writing on an upright page without rules, in reading order.

    Numbers side by side are one line, unless they are further apart than four digits are high. Specks are no line.
    """
    return [row.box for row in split_lines(ink)]


def split_lines(ink: Ink) -> list[Row]:
    """Return the lines of writing of an upright page without rules, in reading order, each with its own ink."""
    labels, boxes, line_of = linked(ink.mask, ink.stroke)
    rows = []
    owner = np.append(-1, line_of)
    for line in range(line_of.max(initial=-1) + 1):
        box = boxes[line_of == line].around()
        own = owner[labels[box.slices]] == line
        amount = np.where(own, ink.amount[box.slices], np.float32(0))
        rows.append(Row(box, Ink(amount, ink.mask[box.slices] & own, ink.stroke)))
    return _in_order(rows)


def kind_of(ink: Ink) -> Kind:
    """Tell whether a picture without rules holds one character, one line or a page; blank is a line, noise a page.

    Two digits side by side are a line. A digit in pieces, or with specks beside it, is one character.
    """
    _, boxes, line_of = linked(ink.mask, ink.stroke)
    count = int(line_of.max(initial=-1)) + 1
    if count != 1:
        return "page" if count or len(boxes) > LINES else "line"
    boxes = boxes[line_of == 0]
    whole = boxes.around()
    if whole.width > WIDE * whole.height:
        return "line"
    order = np.argsort(boxes.left, kind="stable")
    large = _columns_apart(boxes[order], whole.height)
    return "line" if large > 1 else "single"


def _columns_apart(boxes: Boxes, height: int) -> int:
    """Return how many groups of pieces lie side by side, sorted from the left, that hold half of the line's height."""
    reach = np.maximum.accumulate(boxes.right)
    starts = np.flatnonzero(np.append(True, boxes.left[1:] >= reach[:-1]))
    return int((np.add.reduceat(boxes.height, starts) >= height / 2).sum())


def _in_order(rows: list[Row]) -> list[Row]:
    """Return lines from the top, those beside each other from the left."""
    rest = sorted(rows, key=lambda row: row.box.top + row.box.bottom)
    order: list[Row] = []
    while rest:
        first = rest[0].box
        beside = [row for row in rest if _shared(row.box, first) >= OVERLAP * min(row.box.height, first.height)]
        order += sorted(beside, key=lambda row: row.box.left)
        rest = [row for row in rest if row not in beside]
    return order


def _shared(one: Box, other: Box) -> int:
    """Return how many rows two boxes share; below 0 those between them."""
    return min(one.bottom, other.bottom) - max(one.top, other.top)
