"""Ruled lines, underlines, boxes, grids and the edges of form cells taken out of ink; strokes that cross them stay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .ink import Ink
from .mending import erase
from .pieces import Mask, pieces, usual_height
from .rule_or_stroke import Lines, along_border, is_clear, rules_among, writing_in
from .straight_lines import horizontal_lines

LONG = 2.5  # heights of a digit: no stroke of a digit is longer
THROUGH = 0.7  # of a small picture's side: what goes on that far may go through
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
    for _ in range(PASSES):
        more = _rules(mask & ~gone, ink.stroke)
        if not more.any():
            break
        gone |= more
    gone |= _rests(mask & ~gone, gone, ink.stroke)
    if not gone.any():
        return ink
    return replace(ink, amount=np.where(gone, np.float32(0), ink.amount), mask=mask & ~gone)


def _rules(mask: Mask, stroke: float) -> Mask:
    """Return the ink of rules in ``mask``."""
    step = 1 + int(np.sqrt(mask.size) // 1000)
    boxes = pieces(mask[::step, ::step])[1]
    height = usual_height(boxes, stroke / step) * step or float(mask.shape[0])
    thickest = int(np.clip(round(2.5 * stroke), 3, max(3, min(10, min(mask.shape) // 8))))
    rows, columns = (max(8, int(min(LONG * height, THROUGH * side))) for side in mask.shape)
    lines = horizontal_lines(mask, thickest, columns), horizontal_lines(mask.T, thickest, rows)
    if not any(lines):
        return np.zeros_like(mask)
    return _erased(mask, rules_among(lines, mask, LONG * height, lambda some: _erased(mask, some, stroke)), stroke)


def _erased(mask: Mask, lines: Lines, stroke: float) -> Mask:
    """Return the ink of lines across and lines down."""
    across, down = lines
    gone = erase(mask, across, stroke)
    return gone | erase((mask & ~gone).T, down, stroke).T


def _rests(mask: Mask, gone: Mask, stroke: float) -> Mask:
    """Return the specks beside rules, and what lies along the border of a picture whose writing keeps clear of it."""
    from scipy import ndimage  # type: ignore[import-untyped]

    writing = writing_in(mask)
    if writing is None:
        return np.zeros_like(mask)
    labels, boxes = pieces(mask)
    rest = np.zeros(len(boxes) + 1, bool)
    if is_clear(writing, mask.shape):
        rest[1:] = along_border(labels, boxes)
    if gone.any():
        beside = np.zeros(len(boxes) + 1, bool)
        beside[labels[ndimage.binary_dilation(gone, np.ones((3, 3)))]] = True
        rest[1:] |= beside[1:] & (np.maximum(boxes.width, boxes.height) <= max(3, 1.5 * stroke))
    return np.asarray(rest[labels])
