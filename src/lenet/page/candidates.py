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
SPAN = 9  # pieces: no character falls into more
LEAST = 1.5  # ink, pixels: with less there is nothing
INKED = 0.25  # ink of a pixel that a box is drawn around

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Candidates:
    """What may be characters of a line: the ink between two of its cuts.

    Attributes:
        starts: int32 (N,), number of the cut on the left.
        ends: int32 (N,), number of the cut on the right.
        images: uint8 (N, 28, 28), 0 paper, 255 ink: its box scaled to 20 pixels, its centre of mass in the middle.
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
    """Return the candidates of a line, by their first cut and then by their last.

    Each is the ink of up to SPAN pieces beside each other, the first and the last of which hold some.

    Args:
        line: its ink.
        cuts: int16 (cuts, rows), from left to right, the first and last of which are its edges.
    """
    piece = pieces(cuts, line.amount.shape[1])
    count = len(cuts) - 1
    boxes, mass, moments = _ink_of(line.amount, piece, count)
    starts, ends = np.triu_indices(count)
    near = ends - starts < SPAN
    starts, ends = starts[near], ends[near] + 1
    held = _sums(mass, starts, ends)
    box = _around(boxes, starts, ends)
    wide = box[:, 2] - box[:, 0]
    empty = mass < LEAST
    bare = (ends - starts > 1) & (empty[starts] | empty[ends - 1])
    fine = (held >= LEAST) & (wide > 0) & (wide <= WIDEST * line.height) & ~bare
    starts, ends, box = starts[fine], ends[fine], box[fine]
    centres = _sums(moments, starts, ends) / held[fine, None]
    images = np.empty((len(starts), SIDE, SIDE), np.uint8)
    spans = np.column_stack([starts, ends, box]).astype(np.int32)
    _native.cut_out(np.ascontiguousarray(line.amount), piece, spans, centres, images)
    return Candidates(starts.astype(np.int32), ends.astype(np.int32), images, box)


def _ink_of(amount: Floats, piece: NDArray[np.int16], count: int) -> tuple[NDArray[np.int32], Floats, Floats]:
    """Return each piece's box (count, 4), its ink (count,), and the ink's moments across and down (count, 2).

    The box of a piece without ink has its left beyond its right, so that it adds nothing to another.
    """
    rows, columns = amount.shape
    boxes = np.tile(np.array([columns, rows, 0, 0], np.int32), (count, 1))
    inked = amount > INKED
    for side, there in enumerate((inked.T, inked)):  # pixels by columns, then by rows: each piece's last one counts
        place, _ = there.nonzero()
        number = (piece.T if side == 0 else piece)[there]
        boxes[number[::-1], side] = place[::-1]
        boxes[number, side + 2] = place + 1
    number = piece.ravel()
    across, down = (np.arange(size, dtype=np.float32) + np.float32(0.5) for size in (columns, rows))
    mass, *moments = (
        np.bincount(number, values.ravel(), count) for values in (amount, amount * across, amount * down[:, None])
    )
    return boxes, mass.astype(np.float32), np.stack(moments, axis=1).astype(np.float32)


def _sums(values: Floats, starts: Numbers, ends: Numbers) -> Floats:
    """Return the sums of values, (pieces, ...), from start up to end, without end."""
    sums = np.zeros((len(values) + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, out=sums[1:])
    return (sums[ends] - sums[starts]).astype(np.float32)


def _around(boxes: NDArray[np.int32], starts: Numbers, ends: Numbers) -> NDArray[np.int32]:
    """Return the boxes, (N, 4), around those from start up to end, without end."""
    each = np.minimum(starts[:, None] + np.arange(SPAN), ends[:, None] - 1)  # (N, SPAN)
    parts = boxes[each]
    return np.concatenate([parts[:, :, :2].min(axis=1), parts[:, :, 2:].max(axis=1)], axis=1)
