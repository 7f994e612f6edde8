"""How much ink each pixel of a picture holds: the paper's colour, shadows, grain and pattern taken away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Amount = NDArray[np.float32]
Mask = NDArray[np.bool_]

FAINT = 0.06  # of the paper's brightness: where ink and paper differ by less, there is no ink
GRAIN = 4.0  # deviations of the paper, likewise
BINS = 256


@dataclass(frozen=True)
class Ink:
    """The ink of a picture.

    Attributes:
        amount: float32 (rows, columns) in [0, 1], 0 paper, 1 full ink.
        mask: bool (rows, columns), where a stroke is.
        stroke: width of the pen, pixels; 0 where there is no ink.
    """

    amount: Amount
    mask: Mask
    stroke: float


def find_ink(pixels: Pixels, without: Mask | None = None) -> Ink:
    """Return the ink of a picture, dark on light or light on dark.

    Args:
        pixels: uint8 (rows, columns) or (rows, columns, 3).
        without: bool (rows, columns), what is taken for paper.
    """
    from scipy import ndimage

    depth = darkness(pixels)
    calm = ndimage.gaussian_filter(depth, np.clip(min(depth.shape) / 45, 0.4, 1.0))
    seen = calm
    if without is not None:
        depth = np.where(without, np.float32(0), depth)
        seen = calm[~ndimage.binary_dilation(without, iterations=2)]
        calm = np.where(without, np.float32(0), calm)
    level = otsu(seen) if seen.size else 1.0
    deep = calm > level
    if not deep.any() or deep.all():
        return blank(depth.shape)
    paper, full = float(np.median(calm[~deep])), float(np.percentile(calm[deep], 60))
    grain = 1.4826 * float(np.median(np.abs(calm[~deep] - paper)))
    if full - paper < max(FAINT, GRAIN * grain):
        return blank(depth.shape)
    low = paper + max(0.33 * (full - paper), 0.6 * (level - paper))
    amount = np.clip((depth - low) / (0.9 * (full - low)), 0, 1).astype(np.float32)
    mask = _joined((calm > low) & (amount > 0.2), calm > (low + full) / 2)
    return Ink(np.where(mask, amount, 0).astype(np.float32), mask, stroke_width(mask))


def blank(shape: tuple[int, ...]) -> Ink:
    """Return a sheet without ink."""
    return Ink(np.zeros(shape, np.float32), np.zeros(shape, bool), 0.0)


def darkness(pixels: Pixels) -> Amount:
    """Return how far each pixel is from the paper around it, 0 to about 1, whichever of the two is lighter."""
    grey = np.asarray(pixels, np.float32) / 255
    if grey.ndim == 3:
        grey = _towards_ink(grey)
    if _light_ink(grey):
        grey = 1 - grey
    paper = paper_of(grey)
    return np.clip((paper - grey) / np.maximum(paper, 0.2), 0, 1)


def _towards_ink(colours: NDArray[np.float32]) -> Amount:
    """Return the greys of a coloured picture in which its ink differs most from its paper."""
    flat = colours.reshape(-1, 3)
    sample = flat[:: max(1, len(flat) // 20_000)]
    centred = sample - np.median(sample, axis=0)
    spread = centred.T @ centred / len(sample)
    plain = np.full(3, 1 / 3, np.float32)
    direction = np.linalg.eigh(spread.astype(np.float64))[1][:, -1].astype(np.float32)
    direction = direction / max(float(np.abs(direction).sum()), 1e-6)
    if (direction < -0.05).any() and (direction > 0.05).any():  # a change of hue and not of light
        direction = plain
    grey: Amount = colours @ np.abs(direction)
    return grey


def _light_ink(grey: Amount) -> bool:
    """Tell whether the ink is lighter than the paper.

    Three hints, each in [-1, 1] and above 0 for dark ink: the darkest pixels are further from those around
    them than the lightest; the border is light, as paper is; and so is most of the picture.
    """
    level = otsu(grey)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    step = 1 + max(grey.shape) // 1000
    local = (grey - paper_of(grey, 0.5))[::step, ::step]
    darkest, usual, lightest = np.percentile(local, (1, 50, 99))
    tail = ((usual - darkest) - (lightest - usual)) / max(lightest - darkest, 1e-6)
    light_border, light_most = ((part > level).mean() * 2 - 1 for part in (border, grey))
    return bool(1.5 * tail + light_border + light_most < 0)


def paper_of(grey: Amount, share: float = 0.75) -> Amount:
    """Return the brightness of the paper at each pixel of a picture of dark ink: smooth, over the ink too.

    Args:
        grey: float32 (rows, columns) in [0, 1].
        share: of the pixels around that are darker than the paper.
    """
    from scipy import ndimage

    rows, columns = grey.shape
    size = int(np.clip(min(rows, columns) // 3, 8, 64))
    down, across = max(1, rows // size), max(1, columns // size)
    if down * across == 1:
        return np.full_like(grey, np.percentile(grey, 100 * share))
    high, wide = -(-rows // down), -(-columns // across)
    whole = np.pad(grey, ((0, down * high - rows), (0, across * wide - columns)), mode="edge")
    parts = whole.reshape(down, high, across, wide).transpose(0, 2, 1, 3).reshape(down, across, high * wide)
    nth = int(high * wide * share)
    blocks = np.partition(parts, nth, axis=2)[:, :, nth]
    usual = float(np.median(blocks))
    calm = ndimage.median_filter(blocks, 3, mode="nearest")
    blocks = np.where(blocks < 0.85 * calm, calm, blocks)
    blocks = np.where(blocks < 0.6 * usual, usual, blocks)
    rows_at = np.clip((np.arange(rows) + 0.5) / high - 0.5, 0, down - 1)
    columns_at = np.clip((np.arange(columns) + 0.5) / wide - 0.5, 0, across - 1)
    return (_between(rows_at, down) @ blocks @ _between(columns_at, across).T).astype(np.float32)


def _between(at: NDArray[np.float64], count: int) -> Amount:
    """Return the weights, (positions, count), that interpolate linearly between ``count`` values."""
    return np.clip(1 - np.abs(at[:, None] - np.arange(count)), 0, 1).astype(np.float32)


def otsu(values: Amount) -> float:
    """Return the level that parts values in [0, 1] into two classes of the least variance (Otsu, 1979)."""
    counts = np.bincount(np.clip(values.ravel() * (BINS - 1) + 0.5, 0, BINS - 1).astype(np.int64), minlength=BINS)
    weight = np.cumsum(counts, dtype=np.float64)
    total = np.cumsum(counts * np.arange(BINS), dtype=np.float64)
    below, above = weight[:-1], weight[-1] - weight[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (total[-1] * below / weight[-1] - total[:-1]) ** 2 / (below * above)
    between = np.where((below > 0) & (above > 0), between, -1)
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return (float(best.mean()) + 0.5) / (BINS - 1)


def _joined(weak: Mask, strong: Mask) -> Mask:
    """Return the components of ``weak`` that hold a pixel of ``strong``."""
    from scipy import ndimage

    labels, count = ndimage.label(weak, np.ones((3, 3)))
    keep = np.zeros(count + 1, bool)
    keep[labels[strong]] = True
    keep[0] = False
    return keep[labels]


def stroke_width(mask: Mask) -> float:
    """Return the width of the pen, pixels: twice the area over the outline's length; 0 for no ink."""
    area = int(mask.sum())
    if not area:
        return 0.0
    padded = np.pad(mask, 1)
    edges = int((padded[1:] ^ padded[:-1]).sum()) + int((padded[:, 1:] ^ padded[:, :-1]).sum())
    return 2 * area / (edges * np.pi / 4)
