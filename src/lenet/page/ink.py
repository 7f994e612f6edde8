"""How much ink each pixel of a picture holds: the paper's colour, shadows, grain and pattern taken away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .paper import Amount, Depth, Pixels, otsu, some

Mask = NDArray[np.bool_]

FAINT = 0.06  # of the paper's brightness: where ink and paper differ by less, there is no ink
GRAIN = 4.0  # deviations of the paper, likewise
NORMAL = 1.4826  # a normal distribution's deviation over the median of its distances from the middle
FULL = 60  # per cent of a stroke's pixels that are no darker than full ink: its edges, and the faint parts of it
LOW = 0.33  # of the way from paper to full ink, where ink begins
LOW_LEVEL = 0.6  # of the way from paper to the level that parts the two, likewise; the higher of both counts
SOLID = 0.9  # of the way from there to full ink: what is darker is full ink too
STROKE = 0.2  # ink of a pixel on a stroke, at least
NEAR = 2  # pixels around what is taken for paper, whose blur isn't measured


@dataclass(frozen=True)
class Ink:
    """The ink of a picture.

    Attributes:
        amount: float32 (rows, columns) in [0, 1], 0 paper, 1 full ink; 0 wherever ``mask`` is False.
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
        without: bool (rows, columns), what is taken for paper; None: nothing is.
    """
    return ink_of(Depth.of(pixels), without)


def ink_of(depth: Depth, without: Mask | None = None) -> Ink:
    """Return the ink of a picture whose depth is known; arguments are as those of ``find_ink``."""
    raw, calm = depth.raw, depth.calm
    seen = some(calm)
    if without is not None:
        seen = seen[~some(grown(without, NEAR))]
        raw, calm = (np.where(without, np.float32(0), values) for values in (raw, calm))
    level = otsu(seen) if seen.size else 1.0
    low, full = _low_and_full(some(calm), level)
    if low >= full:
        return blank(raw.shape)
    amount = np.clip((raw - low) / (SOLID * (full - low)), 0, 1)
    mask = _joined((calm > low) & (amount > STROKE), calm > (low + full) / 2)
    return Ink(np.where(mask, amount, np.float32(0)), mask, stroke_width(mask))


def _low_and_full(calm: Amount, level: float) -> tuple[float, float]:
    """Return the depths from which on there is ink, and full ink; both 1 where nothing stands out from the paper.

    Args:
        calm: float32 (rows, columns), the picture's depth.
        level: that parts the paper's depths from the ink's.
    """
    deep = calm > level
    if not deep.any() or deep.all():
        return 1.0, 1.0
    on_paper = calm[~deep]
    paper, full = float(np.median(on_paper)), float(np.percentile(calm[deep], FULL))
    grain = NORMAL * float(np.median(np.abs(on_paper - paper)))
    if full - paper < max(FAINT, GRAIN * grain):
        return 1.0, 1.0
    return paper + max(LOW * (full - paper), LOW_LEVEL * (level - paper)), full


def blank(shape: tuple[int, ...]) -> Ink:
    """Return a sheet, (rows, columns), without ink."""
    return Ink(np.zeros(shape, np.float32), np.zeros(shape, bool), 0.0)


def grown(mask: Mask, by: int) -> Mask:
    """Return a mask, (rows, columns), with all pixels that are at most so many steps up, down or aside from it."""
    for _ in range(by):
        larger = mask.copy()
        larger[1:] |= mask[:-1]
        larger[:-1] |= mask[1:]
        larger[:, 1:] |= mask[:, :-1]
        larger[:, :-1] |= mask[:, 1:]
        mask = larger
    return mask


def _joined(weak: Mask, strong: Mask) -> Mask:
    """Return the pieces of ``weak``, joined over sides and corners, that hold a pixel of ``strong``."""
    from scipy import ndimage  # type: ignore[import-untyped]

    labels, count = ndimage.label(weak, np.ones((3, 3)))
    keep = np.zeros(count + 1, bool)
    keep[labels[strong]] = True
    keep[0] = False
    return np.asarray(keep[labels])


def stroke_width(mask: Mask) -> float:
    """Return the width of the pen, pixels: twice the area over the outline's length; 0 for no ink.

    The outline is counted along the pixels' sides, which at all slants together is 4 / pi times its length.
    """
    area = np.count_nonzero(mask)
    if not area:
        return 0.0
    inside = np.count_nonzero(mask[1:] ^ mask[:-1]) + np.count_nonzero(mask[:, 1:] ^ mask[:, :-1])
    border = sum(map(np.count_nonzero, (mask[0], mask[-1], mask[:, 0], mask[:, -1])))
    return float(2 * area / ((inside + border) * np.pi / 4))
