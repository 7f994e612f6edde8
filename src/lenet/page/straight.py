"""A line of writing brought to one size, one pen and upright strokes, as the cuts and candidates expect it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .ink import Amount, Ink, Mask

HEIGHT = 32.0  # of a digit, pixels: what lines are brought to
CLOSE = (0.7, 1.4)  # of HEIGHT: a line whose digits are within is left at its size
PENS = 0.105, 0.135  # of a digit's height: thinner pens are widened to the one, thicker ones narrowed to the other
EDGE = 0.25  # of full ink: a change of as much is an edge
LEAST_EDGES = 12  # pixels: with fewer, no slant is told
MOST_SLANT = 0.9  # columns a row


@dataclass(frozen=True)
class Straight:
    """A line of writing, its strokes upright.

    Attributes:
        amount: float32 (rows, columns) in [0, 1].
        height: of a digit, pixels of ``amount``.
        scale: pixels of ``amount`` to a pixel of the picture.
        shear: columns that a row lies further to the right in the picture than here, a row further down.
        left: of the column 0 at row 0 in the picture, pixels of ``amount``.
        top: of the row 0, likewise.
    """

    amount: Amount
    height: float
    scale: float
    shear: float
    left: float
    top: float


def straighten(ink: Ink, *, slant: bool = True, height: float | None = None) -> Straight | None:
    """Return a line's ink at the common size; None where there is none."""
    rows, columns = (np.flatnonzero(ink.mask.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(columns[0])
    cut = np.s_[top : rows[-1] + 1, left : columns[-1] + 1]
    amount, mask = ink.amount[cut], ink.mask[cut]
    height = digit_height(mask) if height is None else height
    scale = 1.0 if CLOSE[0] <= height / HEIGHT <= CLOSE[1] else HEIGHT / height
    thin, thick = (pen * height - ink.stroke for pen in PENS)
    if thin > 0:
        amount = _grown(amount, min(thin, 0.8 * ink.stroke))
    elif thick < 0:
        amount = 1 - _grown(1 - amount, min(-thick, 0.6 * ink.stroke), paper=1.0)
    if scale != 1:
        amount = resized(amount, scale)
    shear = slant_of(amount) if slant else 0.0
    upright, shift = sheared(amount, shear)
    return Straight(upright, height * scale, scale, shear, left * scale - shift, top * scale)


def digit_height(mask: Mask) -> float:
    """Return the height of the digits of a line, pixels: that of its larger pieces of ink."""
    from scipy import ndimage

    labels, count = ndimage.label(mask, np.ones((3, 3)))
    if count == 0:
        return float(mask.shape[0])
    tall = np.array([s[0].stop - s[0].start for s in ndimage.find_objects(labels)], float)
    wide = np.array([s[1].stop - s[1].start for s in ndimage.find_objects(labels)], float)
    tall = np.where(wide > 6 * tall, 1, tall)  # a dash or a rest of a rule
    weight = np.bincount(labels.ravel(), minlength=count + 1)[1:] * tall
    order = np.argsort(tall)
    share = np.cumsum(weight[order]) / weight.sum()
    return float(max(tall[order][np.searchsorted(share, 0.5)], 4.0))


def slant_of(amount: Amount) -> float:
    """Return the shear of the strokes, columns a row, positive where they lean to the left.

    The edges of strokes lie along dx/dy = -gy/gx of the ink's gradient: the mean over those that are nearer to upright
    than to level. Taken again on what it makes upright, as round strokes draw it to 0.
    """
    slant = 0.0
    for _ in range(2):
        upright = sheared(amount, slant)[0]
        if min(upright.shape) < 3:
            break
        across = upright[1:-1, 2:] - upright[1:-1, :-2]
        down = upright[2:, 1:-1] - upright[:-2, 1:-1]
        steep = (np.abs(across) > EDGE) & (np.abs(down) < np.abs(across))
        across, down = across[steep], down[steep]
        if len(across) < LEAST_EDGES:
            break
        slant -= float((across * down).sum() / (across**2).sum())
    return float(np.clip(slant, -MOST_SLANT, MOST_SLANT))


def sheared(amount: Amount, shear: float) -> tuple[Amount, float]:
    """Return a line without its shear, and how far its row 0 was moved to the right."""
    rows, columns = amount.shape
    if not shear:
        return amount, 0.0
    moves = -shear * np.arange(rows)
    moves -= moves.min()
    wide = columns + int(np.ceil(moves.max())) + 1
    padded = np.pad(amount, ((0, 0), (2, wide - columns + 2)))
    at = np.arange(wide)[None] - moves[:, None]  # (rows, wide): the column that comes there
    whole = np.floor(at).astype(np.int64)
    part = (at - whole).astype(np.float32)
    index = np.clip(whole + 2, 0, padded.shape[1] - 2)
    line = np.arange(rows)[:, None]
    return (1 - part) * padded[line, index] + part * padded[line, index + 1], float(moves[0])


def resized(amount: Amount, scale: float) -> Amount:
    """Return amounts at another size."""
    from PIL import Image

    rows, columns = amount.shape
    size = max(1, round(columns * scale)), max(1, round(rows * scale))
    kind = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    kind = Image.Resampling.BILINEAR if 0.5 < scale < 1 else kind
    return np.clip(np.asarray(Image.fromarray(amount).resize(size, kind)), 0, 1)


def _grown(amount: Amount, by: float, paper: float = 0.0) -> Amount:
    """Return amounts with each stroke widened by so many pixels; by a share of the next whole one."""
    from scipy import ndimage

    if by <= 0.25:
        return amount
    whole = int(by)
    lesser, more = (
        ndimage.maximum_filter(amount, 1 + steps, mode="constant", cval=paper)
        for steps in (whole, whole + 1)
    )
    return (1 - (by - whole)) * lesser + (by - whole) * more
