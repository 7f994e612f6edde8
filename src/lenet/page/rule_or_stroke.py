"""Which straight lines are rules, and which are strokes of digits: a 1, the bar of a 7, a dash."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from .box import Box
from .straight_lines import Line, Mask

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
    down = [
        line for line in down if line.length >= long or (_goes_through(line, turned) and _along_border(line, turned))
    ]
    writing = writing_in(mask & ~erased((across, down)))
    if writing is None:
        return _in_blank(across, down, shape)
    clear = is_clear(writing, shape, (across, down))
    return (
        [line for line in across if line.length >= long or (clear and line.length >= LONGER * writing.width)],
        [line for line in down if line.length >= long or (clear and line.length >= LONGER * writing.height)],
    )


def _goes_through(line: Line, shape: Shape) -> bool:
    """Tell whether a line goes from one border to the other, or to near it, where the next edge of a cell may be."""
    ends = sorted((line.left, shape[1] - line.left - line.length))
    return ends[0] <= 2 and ends[1] <= CORNER * min(shape)


def _along_border(line: Line, shape: Shape) -> bool:
    """Tell whether a line runs along the picture's upper or lower border."""
    near = CORNER * min(shape)
    return float(line.middle.max()) <= near or float(line.middle.min()) >= shape[0] - 1 - near


def _in_blank(across: list[Line], down: list[Line], shape: Shape) -> Lines:
    """Return the lines that are rules where there is nothing else: a dash or a 1 alone is writing."""
    rules = [
        line for line in across if len(across) >= 3 or line.length >= 30 * line.thickness or _along_border(line, shape)
    ]
    return (rules, down) if rules else ([], [])


def pieces(mask: Mask) -> tuple[NDArray[np.int32], list[Box]]:
    """Return the connected pieces of ink: their numbers from 1, int32 (rows, columns), and their boxes."""
    from scipy import ndimage  # type: ignore[import-untyped]

    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    return labels, [Box(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(labels)]


def writing_in(mask: Mask) -> Box | None:
    """Return the box of the larger pieces of ink that don't lie along the picture's border; None if there are none."""
    band = max(2, round(EDGE * min(mask.shape)))
    boxes = [box for box in pieces(mask)[1] if not is_at_edge(box, mask.shape, band)]
    most = max((max(box.width, box.height) for box in boxes), default=0)
    if most < SPECK:
        return None
    return reduce(Box.around, (box for box in boxes if max(box.width, box.height) >= most / 3))


def is_at_edge(box: Box, shape: Shape, band: int) -> bool:
    """Tell whether a piece of ink lies along the picture's border, no further in than ``band`` pixels."""
    rows, columns = shape
    return (
        (box.top <= 1 and box.bottom <= band)
        or (box.bottom >= rows - 1 and box.top >= rows - band)
        or (box.left <= 1 and box.right <= band)
        or (box.right >= columns - 1 and box.left >= columns - band)
    )


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
        if _along_border(line, shape):
            middle, reach = float(np.median(line.middle)), line.thickness / 2 + 2
            if middle < shape[0] / 2:
                low |= first <= middle + reach
            else:
                high |= last >= middle - reach
    return int(low) + int(high)
