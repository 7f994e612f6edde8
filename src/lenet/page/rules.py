"""Ruled lines, underlines, boxes, grids and the edges of form cells taken out of ink; strokes that cross them stay."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from .box import Box
from .ink import Ink
from .mending import erase
from .pieces import Mask, pieces, usual_height
from .rule_or_stroke import CORNER, NEARLY, Lines, along_border, is_clear, larger, may_be_rule, rules_among
from .straight_lines import Line, horizontal_lines
from .windows import tall

LONG = 2.5  # heights of a digit: no stroke of a digit is longer
THROUGH = 0.7  # of a small picture's side: what goes on as far may go through it
PENS = 12.0  # widths of the pen, to a digit's height
PASSES = 3  # the height of digits is known better where long rules are gone


def without_rules(ink: Ink) -> Ink:
    """Return ink without its rules: lines longer than strokes are, or that run along the edges of a form's cell.

    Rules may be turned or bent by up to 4.6 degrees, dashed, and up to 2.5 times as thick as the pen, at most 10
    pixels. Strokes that cross one, end on it or turn on it are kept. What runs along the border of a picture that was
    cut out around its writing is a stroke: there nothing is taken away.
    """
    mask = ink.mask
    if not mask.any() or min(mask.shape) < 8:
        return ink
    gone = np.zeros_like(mask)
    height = np.inf
    for _ in range(PASSES):
        lower = _height(mask & ~gone, ink.stroke)
        if lower > 0.8 * height:
            break
        height = lower
        more = _rules(mask & ~gone, ink.stroke, height)
        if not more.any():
            break
        gone |= more
    gone |= _rests(mask & ~gone, gone, ink.stroke)
    if not gone.any():
        return ink
    return replace(ink, amount=np.where(gone, np.float32(0), ink.amount), mask=mask & ~gone)


def _height(mask: Mask, stroke: float) -> float:
    """Return the height of the digits in ``mask``, rows; where there are none, that of digits such a pen may write."""
    step = 1 + int(np.sqrt(mask.size) // 1000)
    boxes = pieces(mask[::step, ::step], stroke / step)[1]
    return usual_height(boxes, stroke / step) * step or PENS * stroke


def _rules(mask: Mask, stroke: float, height: float) -> Mask:
    """Return the ink of rules in ``mask``, whose digits are ``height`` rows high."""
    long = LONG * height
    thickest = int(np.clip(round(2.5 * stroke), 3, max(3, min(10, min(mask.shape) // 8))))

    lines = _lines(mask, long, thickest), _lines(mask.T, long, thickest)
    if not any(lines):
        return np.zeros_like(mask)
    return _erased(mask, rules_among(lines, mask, long, lambda some: _erased(mask, some, stroke)), stroke)


def _lines(mask: Mask, long: float, thickest: int) -> list[Line]:
    """Return the lines across ``mask`` that may be rules."""
    rows, columns = mask.shape
    length = max(8, int(min(long, THROUGH * columns)))
    near = round(CORNER * min(rows, columns)) + 2 * thickest
    bands = [(0, rows)]
    if columns < NEARLY * long and rows > 2 * near:  # then only those along a border may be rules
        bands = [(0, near), (rows - near, rows)]
    lines = []
    for top, bottom in bands:
        worth = partial(_worth, top=top, shape=mask.shape, long=long)
        some = horizontal_lines(mask[top:bottom], thickest, length, worth)
        lines += [replace(line, middle=line.middle + np.float32(top)) for line in some]
    return lines


def _worth(box: Box, *, top: int, shape: tuple[int, ...], long: float) -> bool:
    return may_be_rule(box.moved(top), shape, long)


def _erased(mask: Mask, lines: Lines, stroke: float) -> Mask:
    """Return the ink of lines across and lines down."""
    across, down = lines
    gone = erase(mask, across, stroke)
    return gone | erase((mask & ~gone).T, down, stroke).T


def _rests(mask: Mask, gone: Mask, stroke: float) -> Mask:
    """Return the specks beside rules, and what lies along the border of a picture whose writing keeps clear of it."""
    labels, boxes = pieces(mask, stroke)
    rest = np.zeros(len(boxes) + 1, bool)
    border = along_border(labels, boxes)
    if border.any():
        writing = larger(boxes[~border])
        rest[1:] = border & (writing is not None and is_clear(writing, mask.shape))
    if gone.any():
        beside = np.zeros(len(boxes) + 1, bool)
        beside[labels[tall(tall(gone).T).T]] = True
        rest[1:] |= beside[1:] & (np.maximum(boxes.width, boxes.height) <= max(3, 1.5 * stroke))
    return rest[labels] if rest.any() else np.zeros_like(mask)
