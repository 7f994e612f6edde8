"""Where a line of writing may be cut into characters: seams of little ink from its top to its bottom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .paper import Amount
from .straight import Straight

SIDEWAYS = 0.4  # what a step to the side costs, of a pixel of ink: a joint is not to be walked around
PAPER = 0.01  # what a pixel of paper costs: straight seams are better than bent ones
MOST = 3.2  # pens: a seam that costs so much more than the cheapest is no cut
PEN = 0.12  # of a digit's height
LEAST = 1.5  # ink between two cuts, pixels: with less there is nothing
NEAR = 0.12  # of a digit's height: of two cuts nearer than this, the one with less ink stays
FLAT = 0.05  # ink: a seam beside another that costs no more than that above it lies in the same valley

Cuts = NDArray[np.int16]
Costs = NDArray[np.float32]


def find_cuts(line: Straight) -> tuple[Cuts, Costs]:
    """Return where a line may be cut, from left to right: seams that step by a column a row at most.

    Ink, steps and length cost. Of the seams from the top to the bottom through each pixel of the row in the middle of
    the ink the cheapest is taken; the cuts are the valleys of their costs along that row.

    Returns:
        The cuts, int16 (cuts, rows): the column of each in each row, left of whose pixel it lies. The first is the
        left edge, the last the right one, or one with less than LEAST of ink to the right of it. And what the ink and
        the steps of each cost, float32 (cuts,), pixels of ink.
    """
    amount = line.amount
    rows, columns = amount.shape
    cost = np.full((rows, columns + 2), PAPER, np.float32)
    cost[:, 1:-1] += amount
    middle = int(np.average(np.arange(rows), weights=amount.sum(axis=1) + 1e-6))  # small zeros may lie low
    above, up = _seams(cost[: middle + 1])
    below, down = _seams(cost[middle:][::-1])
    total = above + below - cost[middle]
    at = _valleys(total, line.height)
    seams = np.empty((len(at), rows), np.int16)
    _follow(seams[:, : middle + 1], up, at)
    _follow(seams[:, middle:][:, ::-1], down, at)
    seams = np.maximum.accumulate(np.clip(seams, 0, columns), axis=0)
    first, last = np.zeros((1, rows), np.int16), np.full((1, rows), columns, np.int16)
    ink = np.concatenate([[0], total[at] - PAPER * rows, [0]]).astype(np.float32)
    return _apart(amount, np.concatenate([first, seams, last]), ink)


def _seams(cost: Costs) -> tuple[Costs, NDArray[np.int8]]:
    """Return the least cost from the first row to each pixel of the last, and the steps back that lead there.

    Returns:
        float32 (columns,), and int8 (rows, columns): -1, 0 or 1, from a pixel to the column in the row before.
    """
    rows, columns = cost.shape
    room = np.full(columns + 2, np.inf, np.float32)  # nothing comes from beyond the edges
    best = room[1:-1]
    best[:] = cost[0]
    leftward, aside = np.zeros((2, rows, columns), bool)
    for row in range(1, rows):
        side = room + SIDEWAYS
        left, right = side[:-2], side[2:]
        np.less_equal(left, right, out=leftward[row])
        least = np.minimum(left, right)
        np.less(least, best, out=aside[row])
        np.minimum(least, best, out=best)
        best += cost[row]
    return best, np.where(leftward, np.int8(-1), np.int8(1)) * aside


def _follow(seams: Cuts, steps: NDArray[np.int8], at: NDArray[np.int64]) -> None:
    """Write the columns of the seams that end at ``at``, from the last row to the first, into (seams, rows)."""
    where = at.copy()
    for row in range(steps.shape[0] - 1, -1, -1):
        seams[:, row] = where
        where = where + steps[row, where]


def _valleys(total: Costs, height: float) -> NDArray[np.int64]:
    """Return the columns of the lowest seams, none nearer than NEAR to a lower one; the middle of a flat one.

    Args:
        total: float32 (columns,), the cost of the best seam through each pixel of the middle row.
        height: of a digit, pixels.
    """
    limit = total.min() + np.float32(MOST * PEN * height)
    order = np.argsort(total, kind="stable")
    order = order[: np.searchsorted(total[order], limit, side="right")]
    near = max(2, round(NEAR * height))
    costs, ceilings = total.tolist(), (total + np.float32(FLAT)).tolist()
    free = [True] * len(costs)
    taken = []
    for column in order.tolist():
        if not free[column]:
            continue
        low = high = column
        while low > 0 and costs[low - 1] <= ceilings[column]:
            low -= 1
        while high < len(costs) - 1 and costs[high + 1] <= ceilings[column]:
            high += 1
        middle = (low + high) // 2
        if not free[middle]:
            middle = column
        taken.append(middle)
        begin, end = max(0, min(low, middle - near)), min(len(costs), max(high, middle + near) + 1)
        free[begin:end] = [False] * (end - begin)
    return np.sort(np.array(taken, np.int64))


def _apart(amount: Amount, cuts: Cuts, ink: Costs) -> tuple[Cuts, Costs]:
    """Return the cuts with ink between each and the next; of two without, the one through less ink stays."""
    rows, columns = amount.shape
    sums = np.zeros((rows, columns + 1), np.float32)  # ink left of each column
    np.cumsum(amount, axis=1, out=sums[:, 1:])
    left_of = np.take_along_axis(sums, cuts.T.astype(np.int64), axis=1).sum(axis=0).tolist()  # of each cut
    keep = [0]
    for cut in range(1, len(cuts)):
        if left_of[cut] - left_of[keep[-1]] >= LEAST:
            keep.append(cut)
        elif keep[-1] and ink[cut] <= ink[keep[-1]]:
            keep[-1] = cut
    if len(keep) == 1:  # there's hardly any ink at all
        keep.append(len(cuts) - 1)
    return cuts[keep], ink[keep]


def pieces(cuts: Cuts, columns: int) -> NDArray[np.int16]:
    """Return the number of the piece between two cuts that each pixel lies in, int16 (rows, columns), from 0."""
    rows = cuts.shape[1]
    wide = columns + 1
    at = cuts[1:-1] + wide * np.arange(rows)
    begun = np.bincount(at.ravel(), minlength=rows * wide).reshape(rows, wide)
    return np.cumsum(begun[:, :columns], axis=1, dtype=np.int16)
