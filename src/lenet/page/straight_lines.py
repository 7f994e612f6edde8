"""Where straight thin lines run through ink, whatever crosses them: sums of ink along windows of every slope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pieces import Mask

Floats = NDArray[np.float32]

PARTS = 8  # of a window at least, each a strip of columns
STEEPEST = 0.08  # rows a column: 4.6 degrees, either way
THICK = 0.6  # what a pixel of a thick stroke counts beside one of a thin one: a line goes on below what crosses it
OUTSIDE = 0.5  # what a pixel beyond the picture counts: a line may leave it, but none lies there
COVERED = 0.65  # of a window that a line covers; dashes and touching strokes leave gaps
BEST = 0.9  # of the best cover nearby, which a line has
WAVY = 0.6  # rows, root mean square, that a line's middle is off; that of bows is a thirtieth of their height
GAPS = 0.05  # of a line's columns, without ink
DASHES = 0.55  # likewise, of a dashed line


@dataclass(frozen=True)
class Line:
    """A nearly horizontal line.

    Attributes:
        left: its first column.
        middle: float32 (columns,): the row of its middle in each of its columns.
        thickness: rows.
    """

    left: int
    middle: Floats
    thickness: int

    @property
    def length(self) -> int:
        """Columns."""
        return len(self.middle)


def thin_parts(mask: Mask, thickest: int) -> Mask:
    """Return where ``mask``, bool (rows, columns), has runs of at most so many pixels down a column."""
    return mask & ~_opened(mask, thickest + 1)


def _opened(mask: Mask, length: int) -> Mask:
    """Return the pixels of ``mask`` in runs of ``length`` or more down a column."""
    rows = mask.shape[0]
    if length > rows:
        return np.zeros_like(mask)
    core, size = mask, 1  # core[i]: mask[i : i + size] is ink
    while size < length:
        step = min(size, length - size)
        core = core[:-step] & core[step:]
        size += step
    opened = np.pad(core, ((0, length - 1), (0, 0)))
    size = 1
    while size < length:
        step = min(size, length - size)
        opened[step:] |= opened[:-step].copy()
        size += step
    return opened


def horizontal_lines(mask: Mask, thickest: int, length: int) -> list[Line]:
    """Return the thin lines of at least about ``length`` columns, no steeper than 4.6 degrees.

    Args:
        mask: bool (rows, columns), where ink is.
        thickest: rows, of what counts as a thin line.
        length: columns of the window that a line must cover to 3/4.
    """
    from scipy import ndimage  # type: ignore[import-untyped]

    columns = mask.shape[1]
    thin = thin_parts(mask, thickest)
    wide = max(1, length // PARTS)
    strips = _strips(_tall(thin), _tall(mask), wide)
    parts = length // wide
    if strips.shape[1] < parts or strips.max() < COVERED:
        return []
    core = _cores(strips, parts, max(1, round(STEEPEST * length)), thickest)
    if core is None:
        return []
    labels, _ = ndimage.label(core, np.ones((3, 3)))
    lines = []
    for label, (down, across) in enumerate(ndimage.find_objects(labels), start=1):
        first, last = across.start * wide, min(columns, across.stop * wide)
        near = np.repeat(labels[down, across] == label, wide, axis=1)[:, : last - first]
        near &= thin[down, first:last]
        line = _line(near, mask[down, first:last], (down.start, first), max(4, length // 2), thickest, columns)
        if line is not None:
            lines.append(line)
    return lines


def _tall(mask: Mask) -> Mask:
    """Return ink with its neighbours above and below: a line one pixel high may step by one within a strip."""
    tall = mask.copy()
    tall[1:] |= mask[:-1]
    tall[:-1] |= mask[1:]
    return tall


def _strips(thin: Mask, mask: Mask, wide: int) -> Floats:
    """Return how much of each row of each strip a line covers, float32 (rows, strips) in [0, 1]."""
    rows, columns = mask.shape
    weight = np.zeros((rows, -(-columns // wide) * wide), np.float32)
    np.multiply(mask, np.float32(THICK), out=weight[:, :columns])
    weight[:, :columns] += thin * np.float32(1 - THICK)
    strips = weight.reshape(-1, wide) @ np.full(wide, 1 / wide, np.float32)
    strips = strips.reshape(rows, -1)
    if columns % wide:
        strips[:, -1] *= wide / (columns % wide)
    return strips


def _cores(strips: Floats, parts: int, drift: int, thickest: int) -> Mask | None:
    """Return the places, bool (rows, strips), on a window of so many strips that a line of some slope covers.

    Of places above each other those are kept that windows cover best, within a line's thickness. None: there are none.

    Args:
        strips: how much of each row of each strip is covered.
        parts: strips of a window.
        drift: the most rows that a line rises or falls over a window.
        thickest: rows.
    """
    from scipy import ndimage

    rows, count = strips.shape
    padded = np.pad(strips, ((drift, drift), (0, 0)), constant_values=OUTSIDE)
    cover = np.zeros_like(padded)  # of the best window at each place, where it is enough
    windows = count - parts + 1
    for slope in range(-drift, drift + 1):
        steps = [round(slope * part / (parts - 1)) for part in range(parts)]
        low, high = max(0, -min(steps)), rows + 2 * drift - max(0, *steps)
        total = padded[low + steps[0] : high + steps[0], :windows].copy()
        for part in range(1, parts):
            total += padded[low + steps[part] : high + steps[part], part : part + windows]
        hit = total >= COVERED * parts
        if hit.any():
            total *= hit
            for part, step in enumerate(steps):
                place = cover[low + step : high + step, part : part + windows]
                np.maximum(place, total, out=place)
    if not cover.any():
        return None
    cover = cover[drift : drift + rows] * (strips > 0)
    return np.asarray((cover > 0) & (cover >= BEST * ndimage.maximum_filter1d(cover, 2 * thickest + 1, axis=0)))


def _line(thin: Mask, mask: Mask, corner: tuple[int, int], step: int, thickest: int, whole: int) -> Line | None:
    """Return the line through the thin ink of a part of a picture; None where that is a row of bows and bars.

    Args:
        thin: bool (rows, columns), thin ink on windows that are covered.
        mask: bool (rows, columns), all ink there.
        corner: row and column of the part in the picture.
        step: columns, over which a line is straight.
        thickest: rows.
        whole: columns of the picture.
    """
    rows = np.arange(len(thin))
    there, middle = _crests(thin, max(1, step // 4), thickest)
    thickness, near = thickest, 0.0
    for _ in range(2):  # what lies beside a line, such as a stroke that leaves it, is left out
        if len(there) < 2:
            return None
        smooth = _smooth(there, middle, np.arange(thin.shape[1]), step)
        thin = thin & (np.abs(rows[:, None] - smooth) <= thickness / 2 + near)
        counts = thin.sum(axis=0)
        there = np.flatnonzero(counts)
        counts = counts[there]
        middle = rows @ thin[:, there] / np.maximum(counts, 1)
        thickness, near = max(1, round(float(np.median(counts)))) if len(there) else 1, 1.5
    if len(there) < 4:
        return None
    smooth = _smooth(there, middle, np.arange(thin.shape[1]), step)
    first, last = int(there[0]), int(there[-1]) + 1
    smooth = smooth[first:last]
    waviness = float(np.sqrt(np.mean((middle - smooth[there - first]) ** 2)))
    crossed = mask[np.clip(np.rint(smooth).astype(np.int64), 0, len(mask) - 1), np.arange(first, last)]
    crossed[there - first] = False
    columns = last - first
    empty = 1 - (len(there) + crossed.sum()) / columns
    if not _is_straight(waviness, empty, long=columns >= 3 * step, through=columns >= whole - 4):
        return None
    return Line(corner[1] + first, np.asarray(smooth + corner[0], np.float32), thickness)


def _crests(thin: Mask, wide: int, thickest: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the columns and rows at which a line shows most clearly, one a strip."""
    columns = thin.shape[1]
    starts = np.arange(0, columns, wide)
    ink = np.add.reduceat(thin, starts, axis=1, dtype=np.int64)  # (rows, strips)
    most = ink.max(axis=0)
    rows = np.arange(len(thin))[:, None]
    crest = (ink >= 0.8 * most) & (np.abs(rows - ink.argmax(axis=0)) <= thickest)
    middle = (rows * crest).sum(axis=0) / np.maximum(crest.sum(axis=0), 1)
    there = most >= 0.5 * wide
    return (starts + (np.minimum(starts + wide, columns) - starts - 1) / 2)[there], middle[there]


def _is_straight(waviness: float, empty: float, *, long: bool, through: bool) -> bool:
    """Tell a line, solid or dashed, from a row of bows and bars, which is wavier and has gaps."""
    if empty <= GAPS:
        return waviness <= (1.25 * WAVY if through and empty <= GAPS / 2 else WAVY)
    return long and empty <= DASHES and waviness <= WAVY / 2


def _smooth(
    there: NDArray[Any], middle: NDArray[np.float64], columns: NDArray[np.int64], step: int
) -> NDArray[np.float64]:
    """Return the rows of a line at ``columns``: the medians of its middle's rows over steps, about its trend."""
    half = len(there) // 2
    ends = np.median(there[:half]), np.median(there[half:])
    slope = (np.median(middle[half:]) - np.median(middle[:half])) / (ends[1] - ends[0])
    level = middle - slope * there
    parts = max(1, round((there[-1] - there[0]) / step))
    edges = np.searchsorted(there, np.linspace(there[0], there[-1] + 1, parts + 1)[1:-1])
    knots = [
        (x.mean(), np.median(y)) for x, y in zip(np.split(there, edges), np.split(level, edges), strict=True) if len(x)
    ]
    at, rows = np.array(knots).T
    return np.asarray(np.interp(columns, at, rows) + slope * columns)
