"""The connected pieces of ink."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .box import Box

Mask = NDArray[np.bool_]

SPECKS = 5000  # pieces: a page of writing has fewer


class Boxes:
    """Boxes of pieces, as columns: each int64 (pieces,)."""

    def __init__(self, sides: NDArray[np.int64]) -> None:
        """Take left, top, right and bottom, int64 (pieces, 4)."""
        self.sides = sides
        self.left, self.top, self.right, self.bottom = sides.T

    @property
    def width(self) -> NDArray[np.int64]:
        """Columns of each."""
        return np.asarray(self.right - self.left)

    @property
    def height(self) -> NDArray[np.int64]:
        """Rows of each."""
        return np.asarray(self.bottom - self.top)

    def around(self) -> Box:
        """Return the smallest box that holds all."""
        low, high = self.sides[:, :2].min(axis=0), self.sides[:, 2:].max(axis=0)
        return Box(int(low[0]), int(low[1]), int(high[0]), int(high[1]))

    def __len__(self) -> int:
        return len(self.sides)

    def __getitem__(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Boxes:
        return Boxes(self.sides[which])


def pieces(mask: Mask, stroke: float = 0) -> tuple[NDArray[np.int32], Boxes]:
    """Return the pieces of ink, joined over sides and corners: their numbers from 1, int32 (rows, columns); boxes.

    Where there are more than writing has, those are left out that are smaller than a dot.

    Args:
        mask: bool (rows, columns), where ink is.
        stroke: width of the pen, pixels; 0 if it doesn't matter.
    """
    from scipy import ndimage  # type: ignore[import-untyped]

    labels, count = ndimage.label(mask, np.ones((3, 3)))
    if count > SPECKS:
        keep = np.bincount(labels.ravel(), minlength=count + 1) >= max(3, stroke * stroke)
        keep[0] = False
        labels = np.where(keep, np.cumsum(keep), 0).astype(np.int32)[labels]
    sides = [(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(labels)]
    return labels, Boxes(np.array(sides, np.int64).reshape(-1, 4))


def usual_height(boxes: Boxes, stroke: float) -> float:
    """Return the height of most of the writing, rows: the median of its pieces, each counted by its height; 0 for none.

    What is lower than 2.5 widths of the pen, such as a speck or a dash, doesn't count; nor, where there is enough else,
    what is six times as high as the others and no stroke by its size: a grid, a frame, a shadow.

    Args:
        boxes: of the pieces of ink.
        stroke: width of the pen, pixels.
    """
    heights = np.sort(boxes.height)
    heights = heights[np.searchsorted(heights, 2.5 * stroke) :]
    if not len(heights):
        return 0.0
    usual = heights[heights <= max(6 * int(heights[len(heights) // 2]), 40 * stroke)]
    heights = usual if len(usual) >= 10 else heights
    total = np.cumsum(heights)
    return float(heights[np.searchsorted(total, total[-1] / 2)])
