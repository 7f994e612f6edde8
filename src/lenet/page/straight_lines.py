"""Straight thin lines in ink, solid or dashed: where each runs, column by column, and how thick it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .box import Box
from .pieces import Mask
from .windows import covered_windows, thin_parts

WAVY = 0.6  # rows, root mean square, that a line's middle is off; that of bows is a thirtieth of their height
GAPS = 0.05  # of a line's columns, without ink
DASHES = 0.55  # likewise, of a dashed line
BESIDE = 1.5  # rows beyond its thickness that belong to a line

Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Line:
    """A nearly horizontal line.

    Attributes:
        left: its first column.
        middle: float32 (columns,): the row of its middle in each of its columns.
        thickness: rows.
    """

    left: int
    middle: NDArray[np.float32]
    thickness: int

    @property
    def length(self) -> int:
        """Columns."""
        return len(self.middle)

    @property
    def box(self) -> Box:
        """What its middle lies in."""
        top, bottom = int(self.middle.min()), int(np.ceil(self.middle.max())) + 1
        return Box(self.left, top, self.left + self.length, bottom)


def horizontal_lines(mask: Mask, thickest: int, length: int, worth: Callable[[Box], bool]) -> list[Line]:
    """Return the thin lines of about ``length`` columns or more, no steeper than 4.6 degrees.

    Args:
        mask: bool (rows, columns), where ink is.
        thickest: rows, of what counts as a thin line.
        length: columns of a window that a line must cover.
        worth: tells whether a line in a box is worth looking at.
    """
    from scipy import ndimage  # type: ignore[import-untyped]

    thin = thin_parts(mask, thickest)
    found = covered_windows(mask, thin, thickest, length)
    if found is None:
        return []
    core, wide = found
    labels, _ = ndimage.label(core, np.ones((3, 3)))
    columns = mask.shape[1]
    step = max(4, length // 2)
    lines = []
    for label, (down, across) in enumerate(ndimage.find_objects(labels), start=1):
        first, last = across.start * wide, min(columns, across.stop * wide)
        if not worth(Box(first, down.start, last, down.stop)):
            continue
        near = np.repeat(labels[down, across] == label, wide, axis=1)[:, : last - first]
        line = _line(thin[down, first:last] & near, step, thickest)
        if line is None:
            continue
        left, top = first + line.left, down.start
        line = Line(left, line.middle + np.float32(top), line.thickness)
        if _is_solid(line, thin, mask, step):
            lines.append(line)
    return lines


def _line(thin: Mask, step: int, thickest: int) -> Line | None:
    """Return the line through thin ink, bool (rows, columns), that is straight over ``step`` columns."""
    rows = np.arange(len(thin))
    every = np.arange(thin.shape[1])
    at: NDArray[Any]
    at, middle = _crests(thin, max(1, step // 4), thickest)
    reach = thickest / 2
    for _ in range(2):  # what lies beside a line, such as a stroke that leaves it, is left out
        if len(at) < 4:
            return None
        smooth = _smooth(at, middle, every, step)
        thin = thin & (np.abs(rows[:, None] - smooth) <= reach)
        counts = thin.sum(axis=0)
        at = np.flatnonzero(counts)
        counts = counts[at]
        if len(at) < 4:
            return None
        middle = rows @ thin[:, at] / counts
        thickness = max(1, round(median(counts)))
        reach = thickness / 2 + BESIDE
    first, last = int(at[0]), int(at[-1]) + 1
    return Line(first, np.asarray(_smooth(at, middle, every[first:last], step), np.float32), thickness)


def _crests(thin: Mask, wide: int, thickest: int) -> tuple[Reals, Reals]:
    """Return the columns and rows at which a line shows most clearly, one a strip."""
    columns = thin.shape[1]
    starts = np.arange(0, columns, wide)
    ink = np.add.reduceat(thin, starts, axis=1, dtype=np.int64)  # (rows, strips)
    most = ink.max(axis=0)
    rows = np.arange(len(thin))[:, None]
    crest = (ink >= 0.8 * most) & (np.abs(rows - ink.argmax(axis=0)) <= thickest)
    middle = (rows * crest).sum(axis=0) / crest.sum(axis=0)
    there = most >= 0.5 * wide
    ends = np.minimum(starts + wide, columns)
    return ((starts + ends - 1) / 2)[there], middle[there]


def _smooth(at: NDArray[Any], middle: Reals, columns: NDArray[np.int64], step: int) -> Reals:
    """Return the rows of a line at ``columns``: the medians of its middle's rows over steps, about its trend."""
    half = len(at) // 2
    run = float(at[half + (len(at) - half) // 2] - at[half // 2])
    slope = (median(middle[half:]) - median(middle[:half])) / run
    level = middle - slope * at
    parts = max(1, round((at[-1] - at[0]) / step))
    part = ((at - at[0]) * (parts / (at[-1] - at[0] + 1))).astype(np.int64)
    order = np.lexsort((level, part))  # the median of a part is the middle one of its levels in order
    starts = np.flatnonzero(np.diff(part, prepend=-1))
    counts = np.diff(np.append(starts, len(part)))
    knots = np.add.reduceat(at, starts) / counts
    levels = np.interp(columns, knots, level[order][starts + counts // 2])
    return np.asarray(levels + slope * columns)


def median(values: NDArray[Any]) -> float:
    """Return the middle one of values in order; many times as fast as NumPy's where they are few."""
    return float(np.sort(values)[len(values) // 2])


def _is_solid(line: Line, thin: Mask, mask: Mask, step: int) -> bool:
    """Tell a line, solid or dashed, from a row of bows and bars, which is wavier and has gaps."""
    box = line.box
    low = max(0, box.top - line.thickness - 2)
    part = np.s_[low : box.bottom + line.thickness + 2, box.left : box.right]
    place = line.middle - low
    rows = np.arange(len(mask[part]))
    own = thin[part] & (np.abs(rows[:, None] - place) <= line.thickness / 2 + BESIDE)
    counts = own.sum(axis=0)
    there = counts > 0
    off = (rows @ own)[there] / counts[there] - place[there]
    waviness = float(np.sqrt(np.mean(off**2)))
    at = np.clip(np.rint(line.middle).astype(np.int64), 0, len(mask) - 1)
    empty = 1 - float((there | mask[at, np.arange(box.left, box.right)]).mean())
    if empty <= GAPS:
        through = line.length >= mask.shape[1] - 4 and empty <= GAPS / 2
        return waviness <= (1.25 * WAVY if through else WAVY)
    return line.length >= 3 * step and empty <= DASHES and waviness <= WAVY / 2
