"""How far each pixel of a picture is from the paper around it: colours, shadows and uneven light taken away."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Amount = NDArray[np.float32]
Number = TypeVar("Number", bound=np.generic)

GRAIN_BLUR = 0.4, 1.0  # pixels, a Gaussian's deviation: that blurs the thin strokes of small pictures less
GRAIN_SIDE = 45  # pixels: the shorter side of a picture is so many times the deviation
DARKEST = 0.2  # brightness: paper that is darker counts as this bright, or its grain would be ink
BLOCKS = 8, 64  # pixels: the paper is measured in squares of a third of the shorter side, within these
PAPER_SHARE = 0.75  # of a square's pixels that are no lighter than its paper: strokes and a letter's shade
SHADE = 0.85  # of the squares around: a square darker than that is full of ink
UNDER_INK = 0.6  # of most squares: likewise, where those around are full of ink too
BINS = 256
SAMPLE = 20_000  # pixels that the direction of a picture's colours is found from
MANY = 1 << 20  # pixels: of larger pictures, levels are measured on some of the pixels


@dataclass(frozen=True)
class Depth:
    """How far the pixels of a picture are from the paper around them, towards the ink.

    Attributes:
        raw: float32 (rows, columns) in [0, 1], 0 paper.
        calm: the same without the grain of paper and sensor: smoothed by a pixel at most.
    """

    raw: Amount
    calm: Amount

    @classmethod
    def of(cls, pixels: Pixels) -> Depth:
        """Return the depth of a picture, uint8 (rows, columns) or (rows, columns, 3)."""
        from scipy import ndimage  # type: ignore[import-untyped]

        raw = darkness(pixels)
        return cls(raw, ndimage.gaussian_filter(raw, np.clip(min(raw.shape) / GRAIN_SIDE, *GRAIN_BLUR)))


def darkness(pixels: Pixels) -> Amount:
    """Return how far each pixel is from the paper around it, whichever of paper and ink is lighter.

    Args:
        pixels: uint8 (rows, columns) or (rows, columns, 3).

    Returns:
        float32 (rows, columns) in [0, 1]: by which share of the paper's brightness a pixel is darker; where the ink is
        lighter, the same of the negative.
    """
    grey: Amount = np.asarray(pixels, np.float32) / np.float32(255)
    if grey.ndim == 3:
        grey = _towards_ink(grey)
    if light_ink(grey):
        grey = np.float32(1) - grey
    paper = paper_of(grey)
    return np.clip((paper - grey) / np.maximum(paper, DARKEST), 0, 1)


def _towards_ink(colours: Amount) -> Amount:
    """Return the greys of a coloured picture, (rows, columns, 3), in which its ink differs most from its paper.

    They are the first principal component about the usual colour, unless that's a change of hue rather than of light.
    """
    flat = colours.reshape(-1, 3)
    sample = flat[:: max(1, len(flat) // SAMPLE)]
    centred = sample - np.median(sample, axis=0)
    spread = centred.T @ centred / len(sample)
    direction = np.linalg.eigh(spread.astype(np.float64))[1][:, -1].astype(np.float32)
    direction = direction / max(float(np.abs(direction).sum()), 1e-6)
    if (direction < -0.05).any() and (direction > 0.05).any():
        direction = np.full(3, 1 / 3, np.float32)
    grey: Amount = colours @ np.abs(direction)
    return grey


def light_ink(grey: Amount) -> bool:
    """Tell whether the ink is lighter than the paper.

    Three hints, each in [-1, 1] and above 0 for dark ink: the darkest pixels are further from those around
    them than the lightest; the border is light, as paper is; and so is most of the picture.

    Args:
        grey: float32 (rows, columns) in [0, 1].
    """
    level = otsu(some(grey))
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    step = 1 + max(grey.shape) // 1000
    local = grey[::step, ::step] - paper_of(grey, 0.5, step)
    darkest, usual, lightest = np.percentile(local, (1, 50, 99))
    tail = ((usual - darkest) - (lightest - usual)) / max(lightest - darkest, 1e-6)
    light_border, light_most = ((part > level).mean() * 2 - 1 for part in (border, grey))
    return bool(1.5 * tail + light_border + light_most < 0)


def paper_of(grey: Amount, share: float = PAPER_SHARE, step: int = 1) -> Amount:
    """Return the brightness of the paper of a picture of dark ink: smooth, over the ink too.

    Args:
        grey: float32 (rows, columns) in [0, 1].
        share: of the pixels of a square that are darker than its paper.
        step: of the rows and columns, at which it is wanted.

    Returns:
        float32 (rows / step, columns / step) in [0, 1].
    """
    rows, columns = grey.shape
    size = int(np.clip(min(rows, columns) // 3, *BLOCKS))
    down, across = max(1, rows // size), max(1, columns // size)
    if down * across == 1:
        return np.full_like(grey, np.percentile(grey, 100 * share))[::step, ::step]
    high, wide = -(-rows // down), -(-columns // across)
    blocks = _without_ink(_block_levels(_extended(grey, down * high, across * wide), down, across, share))
    rows_at = np.clip((np.arange(0, rows, step) + 0.5) / high - 0.5, 0, down - 1)
    columns_at = np.clip((np.arange(0, columns, step) + 0.5) / wide - 0.5, 0, across - 1)
    return (_between(rows_at, down) @ blocks @ _between(columns_at, across).T).astype(np.float32)


def _extended(grey: Amount, rows: int, columns: int) -> Amount:
    """Return a picture with its last row and column repeated up to a size."""
    high, wide = grey.shape
    if (high, wide) == (rows, columns):
        return grey
    whole = np.empty((rows, columns), np.float32)
    whole[:high, :wide] = grey
    whole[high:, :wide] = grey[-1]
    whole[:, wide:] = whole[:, wide - 1 : wide]
    return whole


def _block_levels(grey: Amount, down: int, across: int, share: float) -> Amount:
    """Return a level for each of the (down, across) blocks of a picture: that below which a share of its pixels are."""
    rows, columns = grey.shape
    step = every(grey)
    blocks = grey.reshape(down, rows // down, across, columns // across)[:, ::step, :, ::step]
    pixels = blocks.shape[1] * blocks.shape[3]
    nth = int(pixels * share)
    return np.partition(blocks.transpose(0, 2, 1, 3).reshape(down, across, pixels), nth, axis=2)[:, :, nth]


def _without_ink(blocks: Amount) -> Amount:
    """Return the blocks' levels with those replaced that are full of ink, by the blocks around or by most of them."""
    from scipy import ndimage

    usual = float(np.median(blocks))
    around = ndimage.median_filter(blocks, 3, mode="nearest")
    blocks = np.where(blocks < SHADE * around, around, blocks)
    return np.where(blocks < UNDER_INK * usual, np.float32(usual), blocks)


def _between(at: NDArray[np.float64], count: int) -> Amount:
    """Return the weights, (positions, count), that interpolate linearly between ``count`` values."""
    return np.asarray(np.clip(1 - np.abs(at[:, None] - np.arange(count)), 0, 1), np.float32)


def otsu(values: Amount) -> float:
    """Return the level that parts values in [0, 1] into two classes of the least variance (Otsu, 1979).

    Of equal values, a level just above them.
    """
    counts = np.bincount((values.ravel() * (BINS - 1) + 0.5).astype(np.uint8), minlength=BINS)
    weight = np.cumsum(counts, dtype=np.float64)
    total = np.cumsum(counts * np.arange(BINS), dtype=np.float64)
    parts = np.flatnonzero((weight[:-1] > 0) & (weight[:-1] < weight[-1]))  # bins with values on either side
    if not len(parts):
        return (float(counts.argmax()) + 0.5) / (BINS - 1)
    below = weight[parts]
    between = (total[-1] * below / weight[-1] - total[parts]) ** 2 / (below * (weight[-1] - below))
    best = parts[between >= between.max() * (1 - 1e-9)]
    return (float(best.mean()) + 0.5) / (BINS - 1)


def every(values: NDArray[np.generic]) -> int:
    """Return at which step of rows and columns the levels of a picture, (rows, columns), are measured."""
    return ceil(sqrt(values.size / MANY))


def some(values: NDArray[Number]) -> NDArray[Number]:
    """Return the pixels of a picture that its levels are measured on: all, but for large ones."""
    step = every(values)
    return np.asarray(values[::step, ::step])
