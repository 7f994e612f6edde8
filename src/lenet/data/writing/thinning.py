"""A character's picture -> its medial axis: the line that the pen went, and how wide it was there.

Thinning is Zhang and Suen's, "A fast parallel algorithm for thinning digital patterns" (1984), on the inked pixels
only; the whole picture is never walked.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]

# Neighbours clockwise from the one above: (dy, dx), bits 0 to 7 of a neighbourhood's code.
CLOCKWISE = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
BITS = 1 << np.arange(8)


def thinned(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the skeleton, one pixel wide, of ink that leaves the picture's outermost pixels blank; bool (H, W)."""
    flat = ink.astype(np.uint8).ravel()
    around = np.array([dy * ink.shape[1] + dx for dy, dx in CLOCKWISE])
    places: Places = np.flatnonzero(flat)
    changed = True
    while changed:
        changed = False
        for step in range(2):
            goes = _removable(step)[flat[places[:, None] + around] @ BITS]
            if goes.any():
                flat[places[goes]] = 0
                places = places[~goes]
                changed = True
    return flat.reshape(ink.shape).astype(bool)


@cache
def _removable(step: int) -> NDArray[np.bool_]:
    """Return whether a pixel goes in a step (0 or 1), for each code of its 8 neighbours; bool (256,)."""
    neighbours = (np.arange(256)[:, None] >> np.arange(8)) & 1  # (256, 8)
    count = neighbours.sum(1)
    rises = ((neighbours == 0) & (np.roll(neighbours, -1, 1) == 1)).sum(1)
    north, east, south, west = neighbours[:, ::2].T
    if step == 0:
        edge = (north * east * south == 0) & (east * south * west == 0)
    else:
        edge = (north * east * west == 0) & (north * south * west == 0)
    removable: NDArray[np.bool_] = (count >= 2) & (count <= 6) & (rises == 1) & edge
    return removable


def linked(skeleton: NDArray[np.bool_]) -> tuple[Places, Places]:
    """Return a skeleton as a graph.

    Returns:
        The pixels, (P, 2) rows and columns, and which are neighbours, (E, 2) numbers of pixels; two at a corner are
        none where a third joins them.
    """
    height, width = skeleton.shape
    pixels = np.argwhere(skeleton)
    number = np.full((height + 2, width + 2), -1, np.intp)
    number[1:-1, 1:-1][skeleton] = np.arange(len(pixels))
    rows, columns = pixels[:, 0] + 1, pixels[:, 1] + 1
    here = np.arange(len(pixels))
    right, below = number[rows, columns + 1], number[rows + 1, columns]
    left = number[rows, columns - 1]
    corners = (number[rows + 1, columns + 1], right, below), (number[rows + 1, columns - 1], left, below)
    straight = [np.stack([here, other], 1)[other >= 0] for other in (right, below)]
    slanted = [np.stack([here, corner], 1)[(corner >= 0) & (one < 0) & (two < 0)] for corner, one, two in corners]
    return pixels, np.concatenate(straight + slanted)
