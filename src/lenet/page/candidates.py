"""Every plausible character between two cuts of a line, as MNIST would hold it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import _native
from .cuts import Cuts, pieces
from .straight import Straight

SIDE = 28
WIDEST = 1.9  # of a digit's height: what is wider is no character
SPAN = 7  # pieces: no character falls into more
LEAST = 1.5  # ink, pixels: with less there is nothing

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Candidates:
    """What may be characters of a line: the ink between two of its cuts.

    Attributes:
        starts: int32 (N,), number of the cut on the left.
        ends: int32 (N,), number of the cut on the right.
        images: uint8 (N, 28, 28), 0 paper, 255 ink: the ink's box scaled to 20 pixels, its centre of mass in the middle.
        boxes: int32 (N, 4), left, top, right and bottom of the ink, pixels of the line.
    """

    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    images: NDArray[np.uint8]
    boxes: NDArray[np.int32]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.starts)


def find_candidates(line: Straight, cuts: Cuts) -> Candidates:
    """Return the candidates of a line, by their first cut and then by their last."""
    piece = pieces(cuts, line.amount.shape[1])
    count = len(cuts) - 1
    boxes, mass, moments = _ink_of(line.amount, piece, count)
    starts, ends = np.triu_indices(count)
    near = ends - starts < SPAN
    starts, ends = starts[near], ends[near] + 1
    held = _between(mass, starts, ends)
    box = _around(boxes, starts, ends)
    wide = box[:, 2] - box[:, 0]
    empty = mass < LEAST  # at an end, such a piece adds nothing
    bare = (ends - starts > 1) & (empty[starts] | empty[ends - 1])
    fine = (held >= LEAST) & (wide > 0) & (wide <= WIDEST * line.height) & ~bare
    starts, ends, box = starts[fine], ends[fine], box[fine]
    centres = _between(moments, starts, ends) / held[fine, None]
    return Candidates(
        starts.astype(np.int32), ends.astype(np.int32), _drawn(line.amount, piece, starts, ends, box, centres), box
    )


def _ink_of(amount: Floats, piece: Cuts, count: int) -> tuple[NDArray[np.int32], Floats, Floats]:
    """Return for each piece the box of its ink (count, 4), its ink (count,) and the ink's moments x, y (count, 2)."""
    rows, columns = amount.shape
    boxes = np.tile(np.array([columns, rows, 0, 0], np.int32), (count, 1))
    inked_rows, inked_columns = np.nonzero(amount > 0.25)
    number = piece[inked_rows, inked_columns]
    for side, (least, values) in enumerate(
        [(True, inked_columns), (True, inked_rows), (False, inked_columns + 1), (False, inked_rows + 1)]
    ):
        (np.minimum if least else np.maximum).at(boxes[:, side], number, values)
    flat, number = amount.ravel(), piece.ravel()
    mass = np.bincount(number, flat, count)
    down, across = np.arange(rows) + 0.5, np.arange(columns) + 0.5
    moments = [
        np.bincount(number, (amount * at).ravel(), count)
        for at in (across.astype(np.float32), down[:, None].astype(np.float32))
    ]
    return boxes, mass.astype(np.float32), np.stack(moments, axis=1).astype(np.float32)


def _between(values: Floats, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Floats:
    """Return the sums of values from start up to end, without end."""
    sums = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0, dtype=np.float64)])
    return np.asarray(sums[ends] - sums[starts], np.float32)


def _around(boxes: NDArray[np.int32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the boxes around those from start up to end, without end."""
    each = np.minimum(starts[:, None] + np.arange(SPAN), ends[:, None] - 1)  # (N, SPAN)
    parts = boxes[each]
    return np.concatenate([parts[:, :, :2].min(axis=1), parts[:, :, 2:].max(axis=1)], axis=1)


def _drawn(
    amount: Floats,
    piece: Cuts,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    boxes: NDArray[np.int32],
    centres: Floats,
) -> NDArray[np.uint8]:
    images = np.empty((len(starts), SIDE, SIDE), np.uint8)
    spans = np.column_stack([starts, ends, boxes]).astype(np.int32)
    _native.cut_out(np.ascontiguousarray(amount), piece, spans, np.ascontiguousarray(centres), images)
    return images
