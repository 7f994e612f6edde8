"""Lines taken out of ink, and the strokes that cross or touch them mended."""

from __future__ import annotations

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
    kept = _bridges(_goes_on(above), _goes_on(below), thick)
    for side, flip in ((above, 1), (below, -1)):
        kept[::flip] |= _bowls(side, thick)
    taken = np.zeros_like(band)
    taken[depth : depth + thick] = ~kept
    for side, place in ((above, depth - 1 - np.arange(ROUGH)), (below, depth + thick + np.arange(ROUGH))):
        taken[place] = ~_goes_on(side)
    taken &= band
    gone[at[taken], np.broadcast_to(across, at.shape)[taken]] = True


def _goes_on(side: Mask) -> Mask:
    """Return the columns, bool (columns,), where ink goes on beside a line, further than its edge is rough."""
    return np.asarray(side[: ROUGH + 1].all(axis=0))


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


def _bowls(side: Mask, thick: int) -> Mask:
    """Return the pixels, bool (thick, columns), of round strokes whose turn a line hides, seen from the line outwards.

    The two arms of a stroke that turns come together towards the line. Near its turn a stroke is a parabola, so that
    the square of the arms' distance is linear: it is zero at the turn. Where that lies within the line, the ink
    between the arms is kept.
    """
    columns = side.shape[1]
    kept = np.zeros((thick, columns), bool)
    near, far = side[0] & side[1], side[-1]
    deep = len(side) - 1
    edges = np.flatnonzero(np.diff(near.view(np.int8)))
    if len(edges) < 3:
        return kept
    begins, ends = edges[::2] + 1, edges[1::2] + 1
    if near[0]:
        begins, ends = np.append(0, edges[1::2] + 1), edges[::2] + 1
    if near[-1]:
        ends = np.append(ends, columns)
    for left, right in zip(ends[:-1], begins[1:], strict=True):  # a gap between two arms
        gap = right - left
        outer_left = left - 1 - np.argmax(far[left - 1 :: -1]) if far[:left].any() else -1
        outer_right = right + np.argmax(far[right:]) if far[right:].any() else columns
        wider = outer_right - outer_left - 1
        if gap < wider <= gap + 6 * deep and gap * gap * deep <= (thick + 0.5) * (wider * wider - gap * gap):
            kept[:, left:right] = True
    return kept
