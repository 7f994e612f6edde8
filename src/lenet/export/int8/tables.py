"""Functions as tables of 257 numbers, between which is interpolated."""

from __future__ import annotations

import numpy as np

from ...network import LocalResponseNorm
from .quantised import PIECE, TANH_ONE, Whole

PIECES = 256
ONE = 2**15
POSITION = PIECES << PIECE  # arguments of a look-up lie below this


def tanh() -> Whole:
    """Return tanh at 0, 1/32, 2/32, .. 8, in units of 2^-15."""
    return np.asarray(np.rint(TANH_ONE * np.tanh(np.arange(PIECES + 1) / 32)), np.int64)


def response(layer: LocalResponseNorm, scale: float, most: int) -> tuple[Whole, int, float]:
    """Return local response normalisation's factor (k + alpha sum of squares)^-beta as a table.

    Args:
        layer: its constants.
        scale: of its input.
        most: the largest sum of squares, in whole numbers.

    Returns:
        The factor, as a part of its largest in units of 2^-15, at 257 sums; by how many bits to shift a sum of
        squares left (right where below 0) to get its place in the table; and what 1 of such a unit is worth.
    """
    shift = POSITION.bit_length() - 1 - most.bit_length()
    sums = np.arange(PIECES + 1) * 2.0 ** (PIECE - shift)
    factor = (layer.k + layer.alpha * scale**2 * sums) ** -layer.beta
    return np.rint(ONE * factor / factor[0]).astype(np.int64), shift, float(factor[0]) / ONE


def look_up(table: Whole, position: Whole) -> Whole:
    """Return a table's value at positions from 0 to 2^15 - 1, of which the last 7 bits lie between two entries."""
    piece, part = position >> PIECE, position & ((1 << PIECE) - 1)
    between: Whole = table[piece] * ((1 << PIECE) - part) + table[piece + 1] * part
    rounded: Whole = (between + (1 << PIECE - 1)) >> PIECE
    return rounded
