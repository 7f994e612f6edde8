"""A line of writing as a strip of 32 rows: what a network that slides along it reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .straight import Straight, resized

ROWS = 32
DIGIT = 20.0  # rows of a digit, as in MNIST
STEEPEST = 0.2  # rows a column: what a line may climb
LONG = 2.5  # digits' heights: a shorter line tells nothing of its climb


@dataclass(frozen=True)
class Strip:
    """A line of writing, its digits 20 rows high and their middles in the middle of 32 rows, all along.

    Attributes:
        image: uint8 (32, columns), 0 paper, 255 full ink.
        scale: columns to a column of the straight line.
        climb: rows that the line sinks from a column to the next, before it was levelled.
        top: row of the scaled straight line that row 0 of column 0 was.
    """

    image: NDArray[np.uint8]
    scale: float
    climb: float
    top: float


def strip_of(line: Straight) -> Strip:
    """Return the strip of a straight line."""
    scale = DIGIT / line.height
    amount = resized(line.amount, scale) if abs(scale - 1) > 0.01 else line.amount
    rows, columns = amount.shape
    middle, climb = _middle(amount)
    top = middle - climb * (columns - 1) / 2 - ROWS / 2 + 0.5
    at = np.arange(ROWS)[:, None] + (top + climb * np.arange(columns))  # (32, columns): the row that comes there
    whole = np.floor(at).astype(np.int64)
    part = (at - whole).astype(np.float32)
    padded = np.pad(amount, ((1, 2), (0, 0)))
    above = padded[np.clip(whole + 1, 0, rows + 1), np.arange(columns)]
    below = padded[np.clip(whole + 2, 0, rows + 2), np.arange(columns)]
    levelled = (1 - part) * above + part * below
    return Strip((levelled * 255 + 0.5).astype(np.uint8), scale, climb, top)


def _middle(amount: NDArray[np.float32]) -> tuple[float, float]:
    """Return the row of the ink's middle, halfway along the line, and how many rows it sinks from column to column."""
    rows, columns = amount.shape
    ink = amount.sum(axis=0, dtype=np.float64)
    total = ink.sum()
    if total <= 0:
        return (rows - 1) / 2, 0.0
    moment = np.arange(rows) @ amount.astype(np.float64)
    across = np.arange(columns) - (columns - 1) / 2
    centre, height = float(ink @ across / total), float(moment.sum() / total)
    spread = float(ink @ (across - centre) ** 2)
    climb = 0.0
    if columns > LONG * DIGIT and spread > 0:
        climb = float(np.clip((moment - height * ink) @ (across - centre) / spread, -STEEPEST, STEEPEST))
    return height - climb * centre, climb
