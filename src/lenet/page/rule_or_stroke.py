"""Which straight lines are rules, and which are strokes of digits: a 1, the bar of a 7, a dash."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .box import Box
from .pieces import Boxes, Mask, pieces
from .straight_lines import Line

THROUGH = 0.64  # of what is longer than strokes are: as long, from border to border, and it is a rule too
LONGER = 1.15  # than the writing: what a rule is where the picture is no longer than a few digits
EDGE = 0.1  # of the picture's shorter side: how far the rests of a cell's edges reach into it
CORNER = 0.2  # likewise: how far from the border a cell's edge may lie, or end at the next one
SPECK = 6  # pixels: what is smaller is no writing

Lines = tuple[list[Line], list[Line]]  # across, and down: these with rows and columns exchanged
Shape = tuple[int, ...]


def rules_among(lines: Lines, mask: Mask, long: float, erased: Callable[[Lines], Mask]) -> Lines:
    """Return the lines that are rules.

    A rule is longer than a stroke can be. In a picture of a few digits it may be shorter: there it goes through the
    picture, is longer than the writing, and the writing keeps clear of the picture's borders; one that goes down runs
    along a border, since a 1 may be as long.

    Args:
        lines: across and down.
        mask: bool (rows, columns), where ink is.
        long: pixels; longer than strokes are.
        erased: what gives the ink of lines.
    """
    across, down = lines
    shape, turned = mask.shape, mask.shape[::-1]
    across = [line for line in across if line.length >= long or _goes_through(line, shape)]
    down = [line for line in down if line.length >= long or (_goes_through(line, turned) and _runs_along(line, turned))]
    writing = writing_in(mask & ~erased((across, down)))
    if writing is None:
        return _in_blank(across, down, shape)
    clear = is_clear(writing, shape, (across, down))
    return (
        [
            line
            for line in across
            if _is_rule(line, long, shape[1], (writing.top, writing.bottom), writing.width, clear)
        ],
        [line for line in down if _is_rule(line, long, shape[0], (writing.left, writing.right), writing.height, clear)],
    )


def _is_rule(line: Line, long: float, side: int, beside: tuple[int, int], along: int, clear: bool) -> bool:
    """Tell whether a line that is long enough or goes through the picture is a rule.

    Args:
        line: to judge.
        long: pixels; longer than strokes are.
        side: columns of the picture.
        beside: the writing's first row and the one after its last.
        along: columns of the writing.
        clear: whether the writing keeps clear of the picture's borders.
    """
    if line.length >= long or (line.length >= THROUGH * long and line.length >= side - 4):
        return True
    return line.length >= LONGER * along and (clear or not _touches(line, *beside))


def _touches(line: Line, first: int, last: int) -> bool:
    """Tell whether writing in the rows from ``first`` to before ``last`` touches a line."""
    middle, reach = float(np.median(line.middle)), line.thickness / 2 + 2
    return first <= middle + reach and last >= middle - reach


def _goes_through(line: Line, shape: Shape) -> bool:
    """Tell whether a line goes from one border to the other, or to near it, where the next edge of a cell may be."""
    ends = sorted((line.left, shape[1] - line.left - line.length))
    return ends[0] <= 2 and ends[1] <= CORNER * min(shape)


def _runs_along(line: Line, shape: Shape) -> bool:
    """Tell whether a line runs along the picture's upper or lower border."""
    near = CORNER * min(shape)
    return float(line.middle.max()) <= near or float(line.middle.min()) >= shape[0] - 1 - near


def _in_blank(across: list[Line], down: list[Line], shape: Shape) -> Lines:
    """Return the lines that are rules where there is nothing else: a dash or a 1 alone is writing."""
    rules = [
        line for line in across if len(across) >= 3 or line.length >= 30 * line.thickness or _runs_along(line, shape)
    ]
    return (rules, down) if rules else ([], [])


def writing_in(mask: Mask) -> Box | None:
    """Return the box of the larger pieces of ink that don't lie along the picture's border; None if there are none."""
    labels, boxes = pieces(mask)
    boxes = boxes[~along_border(labels, boxes)]
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
    return near


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
    low, high = first == 0, last == shape[0]
    for line in lines:
        if _runs_along(line, shape):
            if float(np.median(line.middle)) < shape[0] / 2:
                low |= _touches(line, first, shape[0])
            else:
                high |= _touches(line, 0, last)
    return int(low) + int(high)
