"""Where a line of writing may be cut into characters: seams of little ink from its top to its bottom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .ink import Amount
from .straight import Straight

SIDEWAYS = 0.12  # what a step to the side costs, of a pixel of ink
PAPER = 0.01  # what a pixel of paper costs: straight seams are better than bent ones
MOST = 3.2  # pens: a seam through more ink is no cut
LEAST = 1.5  # ink between two cuts, pixels: with less there is nothing
NEAR = 0.12  # of a digit's height: of two cuts nearer than this, the one with less ink stays

Cuts = NDArray[np.int16]


def find_cuts(line: Straight) -> tuple[Cuts, NDArray[np.float32]]:
    """Return the cuts of a line from left to right, int16 (cuts, rows): the column of each in each row; and their ink.

    The first is the left edge, the last the right one. A cut lies left of the pixel in its column.
    """
    amount = line.amount
    rows, columns = amount.shape
    padded = np.pad(amount, ((0, 0), (1, 1)))
    cost = padded + PAPER
    middle = rows // 2
    above, up = _seams(cost[: middle + 1])
    below, down = _seams(cost[middle:][::-1])
    total = above + below - cost[middle]
    at = _valleys(total, line.height)
    seams = np.empty((len(at), rows), np.int16)
    _follow(seams[:, : middle + 1], up, at)
    _follow(seams[:, middle:][:, ::-1], down, at)
    seams = np.clip(seams, 0, columns)
    ink = total[at] - PAPER * rows
    first, last = np.zeros((1, rows), np.int16), np.full((1, rows), columns, np.int16)
    cuts = np.concatenate([first, np.maximum.accumulate(seams, axis=0), last])
    return _apart(amount, cuts, np.concatenate([[0], ink, [0]]).astype(np.float32))


def _apart(amount: Amount, cuts: Cuts, ink: NDArray[np.float32]) -> tuple[Cuts, NDArray[np.float32]]:
    """Return the cuts with ink between each and the next; of two without, the one through less ink stays."""
    sums = np.pad(np.cumsum(amount, axis=1), ((0, 0), (1, 0)))  # ink left of each column
    left_of = np.take_along_axis(sums, cuts.T.astype(np.int64), axis=1).sum(axis=0)  # of each cut
    keep = [0]
    for cut in range(1, len(cuts)):
        if left_of[cut] - left_of[keep[-1]] >= LEAST:
            keep.append(cut)
        elif keep[-1] and ink[cut] <= ink[keep[-1]]:
            keep[-1] = cut
    return cuts[keep], ink[keep]


def _seams(cost: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return the least cost from the first row to each pixel of the last, and the steps that lead there."""
    rows, columns = cost.shape
    best = cost[0].copy()
    steps = np.zeros((rows, columns), np.int8)
    side = np.full(columns + 2, np.inf, np.float32)
    for row in range(1, rows):
        side[1:-1] = best
        left, right = side[:-2] + SIDEWAYS, side[2:] + SIDEWAYS
        step = steps[row]
        least = np.minimum(left, right)
        aside = least < best
        step[aside & (left <= right)] = -1
        step[aside & (left > right)] = 1
        best = np.where(aside, least, best) + cost[row]
    return best, steps


def _follow(seams: NDArray[np.int16], steps: NDArray[np.int8], at: NDArray[np.int64]) -> None:
    """Write the columns of the seams that end at ``at``, from the last row to the first."""
    where = at.copy()
    for row in range(steps.shape[0] - 1, -1, -1):
        seams[:, row] = where
        where = where + steps[row, where]


def _valleys(total: NDArray[np.float32], height: float) -> NDArray[np.int64]:
    """Return the columns of the lowest seams, none nearer than NEAR to a lower one; the middle of a flat one."""
    order = np.argsort(total, kind="stable")
    limit = MOST * 0.12 * height + total.min()
    near = max(2, round(NEAR * height))
    free = np.ones(len(total), bool)
    taken = []
    for column in order:
        if total[column] > limit:
            break
        if not free[column]:
            continue
        lo = hi = column
        while lo > 0 and total[lo - 1] <= total[column] + 0.05:
            lo -= 1
        while hi < len(total) - 1 and total[hi + 1] <= total[column] + 0.05:
            hi += 1
        middle = (lo + hi) // 2
        if not free[middle]:
            middle = column
        taken.append(middle)
        free[max(0, min(lo, middle - near)) : max(hi, middle + near) + 1] = False
    return np.sort(np.array(taken, np.int64))


def pieces(cuts: Cuts, columns: int) -> Cuts:
    """Return the number of the piece between two cuts that each pixel lies in, int16 (rows, columns), from 0."""
    count, rows = cuts.shape
    number = np.zeros((rows, columns + 1), np.int16)
    for cut in cuts[1:-1]:
        number[np.arange(rows), cut] += 1
    return np.cumsum(number[:, :columns], axis=1, dtype=np.int16)
