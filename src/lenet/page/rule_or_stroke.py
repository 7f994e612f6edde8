"""Which straight lines are rules, and which are strokes of digits: a 1, the bar of a 7, a dash."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .box import Box
from .pieces import Boxes, Mask, pieces
from .straight_lines import Line, median

NEARLY = 0.64  # of what is longer than strokes are: as long, from border to border, and it is a rule too
LONGER = 1.2  # than the writing: what an edge of a cell is
SQUARE = 1.6  # times as long as the other: a longer side is of a cell of several digits
EDGE = 0.1  # of the picture's shorter side: how far the rests of a cell's edges reach into it
SHORT = 0.3  # likewise: a shorter piece of ink along a border is such a rest, and no stroke
CORNER = 0.2  # likewise: how far from the border a cell's edge may lie, or end at the next one
NEAR = 2  # pixels from the border, that count as touching it
SPECK = 6  # pixels: what is smaller is no writing

Lines = tuple[list[Line], list[Line]]  # across, and down: these with rows and columns exchanged
Shape = tuple[int, ...]


def may_be_rule(box: Box, shape: Shape, long: float) -> bool:
    """Tell whether a line in a box may be a rule: it is longer than a stroke can be, or an edge of a cell.

    An edge runs along the picture's border, from one side to the other or to where the next edge may be.

    Args:
        box: of the line; as if it went across, if it goes down.
        shape: of the picture, likewise.
        long: pixels; longer than strokes are.
    """
    if box.width >= long:
        return True
    ends = sorted((box.left, shape[1] - box.right))
    if ends[0] > NEAR or ends[1] > CORNER * min(shape):
        return False
    return _runs_along(box, shape) or (box.width >= NEARLY * long and ends[1] <= NEAR)


def rules_among(lines: Lines, mask: Mask, long: float, erased: Callable[[Lines], Mask]) -> Lines:
    """Return the lines that are rules, of those that may be.

    A rule is longer than a stroke can be, or nearly so and goes through the picture. An edge of a cell may be
    shorter: it is longer than the writing, and doesn't touch it, or the writing keeps clear of the picture's borders.

    Args:
        lines: across and down.
        mask: bool (rows, columns), where ink is.
        long: pixels; longer than strokes are.
        erased: what gives the ink of lines.
    """
    across, down = lines
    if all(line.length >= long for line in across + down):
        return lines
    shape = mask.shape
    writing = writing_in(mask & ~erased(lines))
    if writing is None:
        return _in_blank(across, down, shape)
    clear = is_clear(writing, shape, lines)
    wide, high = writing.width, writing.height
    if max(shape) <= SQUARE * min(shape):
        wide = high = max(wide, high)

    def is_rule(line: Line, side: int, along: int, first: int, last: int) -> bool:
        if line.length >= long or (line.length >= NEARLY * long and line.length >= side - 2 * NEAR):
            return True
        return line.length >= LONGER * along and (clear or not _touches(line, first, last))

    return (
        [line for line in across if is_rule(line, shape[1], wide, writing.top, writing.bottom)],
        [line for line in down if is_rule(line, shape[0], high, writing.left, writing.right)],
    )


def _touches(line: Line, first: int, last: int) -> bool:
    """Tell whether writing in the rows from ``first`` to before ``last`` touches a line."""
    middle, reach = median(line.middle), line.thickness / 2 + 2
    return first <= middle + reach and last >= middle - reach


def _runs_along(box: Box, shape: Shape) -> bool:
    """Tell whether a line runs along the picture's upper or lower border."""
    near = CORNER * min(shape)
    return box.bottom - 1 <= near or box.top >= shape[0] - 1 - near


def _in_blank(across: list[Line], down: list[Line], shape: Shape) -> Lines:
    """Return the lines that are rules where there is nothing else: a dash or a 1 alone is writing."""
    rules = [
        line
        for line in across
        if len(across) >= 3 or line.length >= 30 * line.thickness or _runs_along(line.box, shape)
    ]
    return (rules, down) if rules else ([], [])


def writing_in(mask: Mask) -> Box | None:
    """Return the box of the larger pieces of ink, none of short ones along the border; None if there are none."""
    labels, boxes = pieces(mask)
    short = np.maximum(boxes.width, boxes.height) < SHORT * min(mask.shape)
    return larger(boxes[~(short & along_border(labels, boxes))])


def larger(boxes: Boxes) -> Box | None:
    """Return the box around the larger pieces of ink; None where there are only specks."""
    sizes = np.maximum(boxes.width, boxes.height)
    most = sizes.max(initial=0)
    return boxes[sizes >= most / 3].around() if most >= SPECK else None


def along_border(labels: NDArray[np.int32], boxes: Boxes) -> NDArray[np.bool_]:
    """Return which pieces of ink, numbered from 1 in ``labels``, lie along the picture's border, bool (pieces,)."""
    rows, columns = labels.shape
    band = max(2, round(EDGE * min(rows, columns)))
    near = (boxes.left <= 1) | (boxes.top <= 1) | (boxes.right >= columns - 1) | (boxes.bottom >= rows - 1)
    if near.any():
        inside = np.zeros(len(boxes) + 1, bool)
        inside[labels[band:-band, band:-band]] = True
        near &= ~inside[1:]
    return np.asarray(near)


def is_clear(writing: Box, shape: Shape, lines: Lines = ([], [])) -> bool:
    """Tell whether the writing touches at most one of the picture's borders, or of the lines that run along them.

    In a picture that was cut out around a character it touches more, and what runs along a border is a stroke.
    """
    rows, columns = shape
    across, down = lines
    return (
        _touched(writing.top, writing.bottom, across, (rows, columns))
        + _touched(writing.left, writing.right, down, (columns, rows))
        <= 1
    )


def _touched(first: int, last: int, lines: list[Line], shape: Shape) -> int:
    """Return how many of two borders writing from ``first`` to ``last`` touches, or of the lines along them."""
    low, high = first <= NEAR, last >= shape[0] - NEAR
    for line in lines:
        if _runs_along(line.box, shape):
            if median(line.middle) < shape[0] / 2:
                low |= _touches(line, first, shape[0])
            else:
                high |= _touches(line, 0, last)
    return int(low) + int(high)
