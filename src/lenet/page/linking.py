"""Pieces of ink gathered into lines of writing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .pieces import Boxes, Mask, pieces, usual_height

Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

MOST = 1000  # pieces of ink that are looked at: the largest
LINES = 300  # of a page at most; with more it is noise and not writing
CORE = 0.3  # usual heights: a lower piece, such as a dot or a dash, begins no line
PENS = 1.5  # widths of the pen: likewise
REACH = 4.0  # heights: what is further apart is another line, in the same row
OVERLAP = 0.5  # of the lower of two neighbours' heights, which both share
STACKED = 0.25  # heights: pieces above each other and no further apart are one character
TALL = 1.6  # usual heights: a higher piece may belong to two lines that touch
SHADOW = 4.0  # usual heights: a higher piece at the page's border is no writing
LOW = 0.5  # usual heights: one or two pieces that are lower are specks
BESIDE = (1.0, 0.6)  # heights, across and down: how far a dot or a dash may lie from its line


def linked(mask: Mask, stroke: float) -> tuple[Labels, Boxes, Ints]:
    """Return the pieces of ink, and to which lines of writing they belong.

    Neighbours that share half of their rows are of one line, so that a line may rise, fall and wave. A piece that
    reaches over two lines, where these touch, is parted between them.

    Args:
        mask: bool (rows, columns), where ink is.
        stroke: width of the pen, pixels.

    Returns:
        The pieces' numbers from 1, int32 (rows, columns); their boxes; and the line of each from 0, -1 for specks.
    """
    labels, boxes = pieces(mask, stroke)
    line_of = np.full(len(boxes), -1)
    usual = usual_height(boxes, stroke)
    if not usual:
        return labels, boxes, line_of
    least = max(CORE * usual, PENS * stroke)
    large = (boxes.height >= least) & ~_shadows(boxes, usual, mask.shape)
    tall = large & (boxes.height > TALL * usual)
    if tall.sum() == large.sum():
        tall[:] = False
    core = _largest(boxes, np.flatnonzero(large & ~tall))
    line_of[core] = _chains(boxes[core])
    for piece in _largest(boxes, np.flatnonzero(tall)):
        labels, boxes, line_of = _parted(labels, boxes, line_of, int(piece))
    line_of = _without_specks(boxes, line_of, usual)
    small = (line_of < 0) & (boxes.width <= 2 * usual) & (boxes.height < least) & (boxes.height >= stroke / 2)
    _join(boxes, line_of, _largest(boxes, np.flatnonzero(small)))
    return labels, boxes, line_of


def _shadows(boxes: Boxes, usual: float, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    rows, columns = shape
    at_border = (boxes.left == 0) | (boxes.top == 0) | (boxes.right == columns) | (boxes.bottom == rows)
    return np.asarray(at_border & (boxes.height > SHADOW * usual))


def _largest(boxes: Boxes, which: Ints) -> Ints:
    if len(which) <= MOST:
        return which
    return which[np.argsort(-boxes.height[which], kind="stable")[:MOST]]


def _chains(boxes: Boxes) -> Ints:
    """Return the line of each piece from 0: each is linked to its nearest neighbour to the right, and to the left."""
    count = len(boxes)
    height, middle = boxes.height, boxes.left + boxes.right
    top, bottom = boxes.top, boxes.bottom
    both = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    beside = both >= OVERLAP * np.minimum(height[:, None], height)
    gap = boxes.left - boxes.right[:, None]  # from a row's piece to a column's, on its right
    order = np.lexsort((np.arange(count), middle))
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    beside &= (rank > rank[:, None]) & (gap <= REACH * np.maximum(height[:, None], height))
    far = np.where(beside, np.maximum(gap, 0) + np.abs((top + bottom)[:, None] - (top + bottom)), np.inf)
    if not count:
        return rank
    right, left = far.argmin(axis=1), far.argmin(axis=0)
    has_right, has_left = np.isfinite(far.min(axis=1)), np.isfinite(far.min(axis=0))
    every = np.arange(count)
    pairs = [*zip(every[has_right], right[has_right], strict=True), *zip(left[has_left], every[has_left], strict=True)]
    alone = ~has_right & ~has_left
    if alone.sum() > 1:
        pairs += _stacked(boxes, np.flatnonzero(alone))
    return _groups(count, pairs)


def _stacked(boxes: Boxes, alone: Ints) -> list[tuple[int, int]]:
    """Return the pairs of lone pieces that lie close above each other, as the parts of a broken digit do."""
    some = boxes[alone]
    both = np.minimum(some.right[:, None], some.right) - np.maximum(some.left[:, None], some.left)
    gap = np.maximum(some.top - some.bottom[:, None], some.top[:, None] - some.bottom)
    close = both >= OVERLAP * np.minimum(some.width[:, None], some.width)
    close &= gap <= STACKED * np.maximum(some.height[:, None], some.height)
    above, below = np.nonzero(np.triu(close, 1))
    return list(zip(alone[above].tolist(), alone[below].tolist(), strict=True))


def _groups(count: int, pairs: list[tuple[int, int]]) -> Ints:
    """Return the connected group of each of ``count`` things, numbered from 0."""
    parent = list(range(count))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for one, other in pairs:
        parent[root(int(one))] = root(int(other))
    return np.asarray(np.unique([root(one) for one in range(count)], return_inverse=True)[1], np.int64)


def _parted(labels: Labels, boxes: Boxes, line_of: Ints, piece: int) -> tuple[Labels, Boxes, Ints]:
    """Part a piece between the lines whose middles it reaches over; with none, it is a line of its own."""
    left, top, right, bottom = boxes.sides[piece]
    near = np.maximum(boxes.left - right, left - boxes.right) <= REACH * boxes.height
    middle = (boxes.top + boxes.bottom) / 2
    edge = 0.15 * boxes.height
    near &= (line_of >= 0) & (middle > top + edge) & (middle < bottom - edge)
    lines = np.unique(line_of[near])
    if not len(lines):
        line_of[piece] = line_of.max(initial=-1) + 1
        return labels, boxes, line_of
    centres = np.array([np.median(middle[near & (line_of == line)]) for line in lines])
    lines, centres = lines[np.argsort(centres)], np.sort(centres)
    window = labels[top:bottom, left:right]
    own = window == piece + 1
    ink = own.sum(axis=1)
    cuts = [0]
    for low, high in pairwise(centres):
        rows = np.arange(int(low) - top, max(int(high), int(low) + 1) - top)
        pull = np.abs(rows - (low + high) / 2 + top) / max(1, high - low)
        cuts.append(int(rows[np.argmin(ink[rows] + 0.2 * ink.max() * pull)]))
    line_of[piece] = lines[0]
    sides = [boxes.sides]
    for number, (first, last) in enumerate(zip(cuts, [*cuts[1:], len(ink)], strict=True)):
        part = own[first:last]
        y, x = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
        box = (left + x[0], top + first + y[0], left + x[-1] + 1, top + first + y[-1] + 1)
        if number == 0:
            boxes.sides[piece] = box
            continue
        window[first:last][part] = len(boxes) + len(sides)
        sides.append(np.array([box]))
    return labels, Boxes(np.concatenate(sides)), np.append(line_of, lines[1:])


def _without_specks(boxes: Boxes, line_of: Ints, usual: float) -> Ints:
    """Return the lines, numbered anew, without those of one or two low pieces; none where there are too many."""
    count = int(line_of.max(initial=-1)) + 1
    some = line_of >= 0
    members = np.bincount(line_of[some], minlength=count)
    highest = np.zeros(count, np.int64)
    np.maximum.at(highest, line_of[some], boxes.height[some])
    keep = (highest >= LOW * usual) | (members > 2)
    if keep.sum() > LINES:
        return np.full_like(line_of, -1)
    number = np.append(np.where(keep, np.cumsum(keep) - 1, -1), -1)
    return np.asarray(number[line_of])


def _join(boxes: Boxes, line_of: Ints, small: Ints) -> None:
    """Give small pieces to the line of the nearest large one, where it is near."""
    core = np.flatnonzero(line_of >= 0)
    if not len(core) or not len(small):
        return
    dots, large = boxes[small], boxes[core]
    across = np.maximum(large.left - dots.right[:, None], dots.left[:, None] - large.right)
    down = np.maximum(large.top - dots.bottom[:, None], dots.top[:, None] - large.bottom)
    across, down = np.maximum(across, 0), np.maximum(down, 0)
    near = (across <= BESIDE[0] * large.height) & (down <= BESIDE[1] * large.height)
    far = np.where(near, across + 2 * down, np.inf)
    nearest = far.argmin(axis=1)
    line_of[small] = np.where(np.isfinite(far.min(axis=1)), line_of[core[nearest]], -1)
