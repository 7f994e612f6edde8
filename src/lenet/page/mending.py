"""Lines taken out of ink, and the strokes that cross or touch them mended."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .pieces import Mask
from .straight_lines import Line

ROUGH = 2  # pixels that a line's edge may stand out; a stroke that goes on stands out further
SLANTED = 1.2  # columns a row: strokes that cross a line at up to 50 degrees from the vertical are mended


def erase(mask: Mask, lines: list[Line], stroke: float) -> Mask:
    """Return where ``mask``, bool (rows, columns), is ink of the horizontal lines and of no stroke that crosses them.

    Args:
        mask: bool (rows, columns), where ink is.
        lines: to take away.
        stroke: width of the pen, pixels.
    """
    gone = np.zeros_like(mask)
    for line in lines:
        _erase_one(mask, line, stroke, gone)
    return gone


def _erase_one(mask: Mask, line: Line, stroke: float, gone: Mask) -> None:
    rows = mask.shape[0]
    thick = line.thickness
    depth = ROUGH + max(2, round(stroke))
    top = np.rint(line.middle - (thick - 1) / 2).astype(np.int64) - depth
    across = np.arange(line.left, line.left + line.length)
    at = top + np.arange(2 * depth + thick)[:, None]  # (rows around the line, columns)
    inside = (at >= 0) & (at < rows)
    at = np.clip(at, 0, rows - 1)
    band = mask[at, across] & inside
    above, below = band[depth - 1 :: -1], band[depth + thick :]  # from the line outwards
    strokes = [_widened(side[: ROUGH + 1].all(axis=0), ROUGH) for side in (above, below)]
    kept = _bridges(above[0] & strokes[0], below[0] & strokes[1], thick)
    for side, which, flip in ((above, 0, 1), (below, 1, -1)):
        bowls = _bowls(side, thick, stroke)
        kept[::flip] |= bowls
        strokes[which] |= bowls[0]
    taken = np.zeros_like(band)  # of a line's rough edges, what is not of a stroke that goes on
    taken[depth - ROUGH : depth] = ~strokes[0]
    taken[depth : depth + thick] = ~kept
    taken[depth + thick : depth + thick + ROUGH] = ~strokes[1]
    taken &= band
    gone[at[taken], np.broadcast_to(across, at.shape)[taken]] = True


def _widened(columns: Mask, by: int) -> Mask:
    """Return columns with so many to each side."""
    wider = columns.copy()
    for step in range(1, min(by, len(columns) - 1) + 1):
        wider[step:] |= columns[:-step]
        wider[:-step] |= columns[step:]
    return wider


def _bridges(above: Mask, below: Mask, thick: int) -> Mask:
    """Return the pixels, bool (thick, columns), on straight ways from ink above a line to ink below it."""
    columns = len(above)
    kept = np.zeros((thick, columns), bool)
    reach = int(np.ceil(SLANTED * thick))
    for shift in range(-reach, reach + 1):
        if abs(shift) >= columns:
            continue
        hit = above[max(0, -shift) : columns - max(0, shift)] & below[max(0, shift) : columns + min(0, shift)]
        if not hit.any():
            continue
        starts = np.flatnonzero(hit) + max(0, -shift)
        for row in range(thick):
            kept[row, starts + round(shift * (row + 1) / (thick + 1))] = True
    return kept


def _bowls(side: Mask, thick: int, stroke: float) -> Mask:
    """Return the pixels, bool (thick, columns), of round strokes whose turn a line hides, seen from outside.

    The two arms of a stroke that turns come together towards the line. Near its turn a stroke is a parabola, so that
    the square of the arms' distance is linear: it is zero at the turn. Where that lies within the line, the ink of
    the turn is kept, as deep as the pen is wide.
    """
    columns = side.shape[1]
    kept = np.zeros((thick, columns), bool)
    near, far = side[ROUGH - 1], side[-1]
    deep = len(side) - ROUGH
    arms = np.flatnonzero(np.diff(near.view(np.int8), prepend=np.int8(0), append=np.int8(0))).reshape(-1, 2)
    for (start, left), (right, end) in pairwise(arms):  # a gap between two arms, from left to right
        gap = right - left
        outer_left, outer_right = np.flatnonzero(far[:left]), np.flatnonzero(far[right:])
        if not len(outer_left) or not len(outer_right):
            continue
        wider = right + outer_right[0] - outer_left[-1] - 1
        if gap < wider <= gap + 6 * deep:
            turn = deep * gap * gap / (wider * wider - gap * gap)  # rows further in
            if turn <= ROUGH - 1 + thick + 0.5:
                arm = round(stroke)
                turning = np.s_[max(start, left - arm) : min(end, right + arm)]
                kept[: max(1, round(turn - ROUGH + 1 + stroke)), turning] = True
    return kept
