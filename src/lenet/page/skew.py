"""How far writing is turned, and the ink turned upright."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .box import Box
from .ink import Ink
from .pieces import pieces, usual_height

MOST = 15.0  # degrees, either way
STEPS = (1.0, 0.1)  # degrees, of the two searches
PIXELS = 6000  # of ink that are looked at
BIN = 0.1  # of a digit's height: rows of ink that count as one
WIDE = 5.0  # heights of a digit: narrower writing doesn't show how far it is turned
SURE = 1.04  # times as even as it is: what a turn must reach

Floats = NDArray[np.float64]


def angle(ink: Ink) -> float:
    """Return by how many degrees the lines of writing, and rules, fall to the right; they rise where it is below 0.

    It is the turn, of up to 15 degrees, at which the ink gathers in the fewest rows: the sum of the squares of rows'
    ink is the largest (Postl, 1986, by shears). 0 where the writing is narrower than five digits are high.
    """
    if ink.mask.shape[1] < WIDE * 8 or not ink.mask.any():
        return 0.0
    step = 1 + int(np.sqrt(ink.mask.size) // 1000)
    thin = ink.mask[::step, ::step]
    height = usual_height(pieces(thin, ink.stroke / step)[1], ink.stroke / step)
    at = np.flatnonzero(thin)
    y, x = np.divmod(at[:: 1 + len(at) // PIXELS].astype(np.float64), thin.shape[1])
    if not height or x.max() - x.min() < WIDE * height:
        return 0.0
    y, x = y / max(1.0, BIN * height), (x - x.mean()) / max(1.0, BIN * height)
    coarse, fine = STEPS
    turns = np.arange(-MOST, MOST + coarse / 2, coarse)
    gathered = _gathered(y, x, turns)
    best = turns[gathered.argmax()]
    turns = np.clip(np.arange(best - coarse, best + coarse + fine / 2, fine), -MOST, MOST)
    near = _gathered(y, x, turns)
    if near.max() < SURE * gathered[len(gathered) // 2]:
        return 0.0
    return float(turns[near.argmax()])


def _gathered(y: Floats, x: Floats, turns: Floats) -> Floats:
    """Return the sum of the squares of rows' ink after each turn, (turns,)."""
    rows = np.rint(y - np.tan(np.radians(turns))[:, None] * x).astype(np.int64)
    rows -= rows.min()
    count = int(rows.max()) + 1
    rows += (np.arange(len(turns)) * count)[:, None]
    ink = np.bincount(rows.ravel(), minlength=count * len(turns)).reshape(len(turns), count)
    return np.asarray((ink.astype(np.float64) ** 2).sum(axis=1))


def upright(ink: Ink, degrees: float) -> Ink:
    """Return ink turned back by so many degrees, on a sheet that holds all of it.

    Args:
        ink: to turn.
        degrees: by which its lines fall to the right, as ``angle`` gives it.
    """
    from PIL import Image

    if not degrees:
        return ink
    amount, mask = (
        np.asarray(Image.fromarray(sheet).rotate(degrees, Image.Resampling.BILINEAR, expand=True))
        for sheet in (ink.amount, ink.mask.view(np.uint8) * np.uint8(255))
    )
    return Ink(np.clip(amount, 0, 1), mask > 127, ink.stroke)


def before(box: Box, degrees: float, shape: tuple[int, int]) -> Box:
    """Return the box, in the picture before it was turned ``upright``, that holds a box after it.

    Args:
        box: after it.
        degrees: as given to ``upright``.
        shape: rows and columns of the picture before it.
    """
    rows, columns = shape
    turn = np.radians(degrees)
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    wide = abs(columns * cos) + abs(rows * sin)
    high = abs(rows * cos) + abs(columns * sin)
    x = np.array([box.left, box.right, box.left, box.right]) - wide / 2
    y = np.array([box.top, box.top, box.bottom, box.bottom]) - high / 2
    x, y = cos * x - sin * y + columns / 2, sin * x + cos * y + rows / 2
    return Box(
        max(0, int(np.floor(x.min()))),
        max(0, int(np.floor(y.min()))),
        min(columns, int(np.ceil(x.max()))),
        min(rows, int(np.ceil(y.max()))),
    )
