"""A line of writing brought to one size, one pen and upright strokes, as the cuts and candidates expect it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .ink import Ink, Mask
from .paper import Amount

HEIGHT = 32.0  # of a digit, pixels: what lines are brought to
CLOSE = 0.7, 1.4  # of HEIGHT: a line whose digits are within is left at its size, and so as sharp as it is
WIDEST = 32_000  # columns and rows together: what follows counts columns in 16 bits
PENS = 0.105, 0.135  # of a digit's height: thinner pens are widened to the one, thicker ones narrowed to the other
EDGE = 0.25  # of full ink: a change of as much is an edge
LEAST_EDGES = 12  # pixels: with fewer, no slant is told
MOST_SLANT = 0.9  # columns a row
WIDENED, NARROWED = 0.8, 0.6  # of the pen's width, at most: bows stay open, and no stroke vanishes
ENOUGH = 0.25  # pixels: strokes aren't widened by less
DASH = 6  # heights: what is wider is a dash or the rest of a rule, and tells nothing of a digit's height
LOWEST = 4.0  # pixels, of a digit's height


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
    """Return a line's ink at the common size; None where there is none.

    Args:
        ink: of the line and nothing else.
        slant: whether strokes may be leaning; False: they are left as they are.
        height: of its digits, pixels; None: it is measured.
    """
    rows, columns = (np.flatnonzero(ink.mask.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(columns[0])
    part = np.s_[top : rows[-1] + 1, left : columns[-1] + 1]
    if height is None:
        height = digit_height(ink.mask[part])
    amount = _of_one_pen(ink.amount[part], ink.stroke, height)
    scale = 1.0 if CLOSE[0] <= height / HEIGHT <= CLOSE[1] else HEIGHT / height
    scale = min(scale, WIDEST / sum(amount.shape))
    if scale != 1:
        amount = resized(amount, scale)
    shear = slant_of(amount) if slant else 0.0
    upright, shift = sheared(amount, shear)
    return Straight(upright, height * scale, scale, shear, left * scale - shift, top * scale)


def _of_one_pen(amount: Amount, stroke: float, height: float) -> Amount:
    """Return amounts with strokes as wide as PENS has them, or nearer to it."""
    thin, thick = (pen * height - stroke for pen in PENS)
    if thin > 0:
        return _grown(amount, min(thin, WIDENED * stroke))
    if thick < 0:
        return 1 - _grown(1 - amount, min(-thick, NARROWED * stroke), beyond=1.0)
    return amount


def _grown(amount: Amount, by: float, beyond: float = 0.0) -> Amount:
    """Return amounts with each stroke widened by so many pixels; by the part of one as a mixture.

    Args:
        amount: float32 (rows, columns) in [0, 1].
        by: pixels.
        beyond: what is outside of the picture.
    """
    from scipy import ndimage  # type: ignore[import-untyped]

    if by <= ENOUGH:
        return amount
    whole = int(by)
    less, more = (
        ndimage.maximum_filter(amount, 1 + steps, mode="constant", cval=beyond) for steps in (whole, whole + 1)
    )
    mixed: Amount = (1 - (by - whole)) * less + (by - whole) * more
    return mixed


def digit_height(mask: Mask) -> float:
    """Return the height of the digits of a line, pixels: that of the piece in the middle of its ink, by height.

    Each pixel counts as often as its piece is high, so that specks and dots hardly do.
    """
    from scipy import ndimage

    labels, count = ndimage.label(mask, np.ones((3, 3)))
    if count == 0:
        return float(mask.shape[0])
    boxes = ndimage.find_objects(labels)
    tall, wide = (np.array([box[axis].stop - box[axis].start for box in boxes], float) for axis in (0, 1))
    tall = np.where(wide > DASH * tall, 1, tall)
    weight = np.bincount(labels.ravel(), minlength=count + 1)[1:] * tall
    order = np.argsort(tall)
    share = np.cumsum(weight[order]) / weight.sum()
    return float(max(tall[order][np.searchsorted(share, 0.5)], LOWEST))


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
    """Return a line without its shear, and how far its row 0 was moved to the right, pixels."""
    rows, columns = amount.shape
    if not shear:
        return amount, 0.0
    moves = -shear * np.arange(rows)
    moves -= moves.min()
    wide = columns + int(np.ceil(moves.max())) + 1
    padded = np.zeros((rows, wide + 4), np.float32)  # 2 columns of paper on the left, and enough on the right
    padded[:, 2 : 2 + columns] = amount
    at = np.arange(wide) - moves[:, None]  # (rows, wide): the column that comes there
    whole = np.floor(at).astype(np.int64)
    part = (at - whole).astype(np.float32)
    index = np.clip(whole + 2, 0, wide + 2)
    row = np.arange(rows)[:, None]
    return (1 - part) * padded[row, index] + part * padded[row, index + 1], float(moves[0])


def resized(amount: Amount, scale: float) -> Amount:
    """Return amounts at another size: as means of what they cover where they shrink, else interpolated."""
    from PIL import Image

    rows, columns = amount.shape
    size = max(1, round(columns * scale)), max(1, round(rows * scale))
    kinds = Image.Resampling
    kind = kinds.BICUBIC if scale >= 1 else kinds.BILINEAR if scale > 0.5 else kinds.BOX
    return np.clip(np.asarray(Image.fromarray(amount).resize(size, kind), np.float32), 0, 1)
