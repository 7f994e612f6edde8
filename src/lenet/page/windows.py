"""Windows of ink that a straight thin line runs through, whatever crosses it: sums of ink along every slope."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .pieces import Mask

PARTS = 8  # of a window at least, each a strip of columns
STEEPEST = 0.08  # rows a column: 4.6 degrees, either way
THIN, THICK = 5, 2  # what a pixel of a thin stroke counts, and of a thick one: a line goes on below what crosses it
OUTSIDE = 0.5  # of a strip beyond the picture that counts as covered: a line may leave it, but none lies there
COVERED = 0.52  # of a window that a line covers; dashes and touching strokes leave gaps
BEST = 0.9  # of the best cover within a line's thickness, which a line has

Levels = NDArray[np.uint8]


def thin_parts(mask: Mask, thickest: int) -> Mask:
    """Return where ``mask``, bool (rows, columns), has runs of at most so many pixels down a column."""
    return mask & ~_opened(mask, thickest + 1)


def _opened(mask: Mask, length: int) -> Mask:
    """Return the pixels of ``mask`` in runs of ``length`` or more down a column."""
    if length > mask.shape[0]:
        return np.zeros_like(mask)
    core, size = mask, 1  # core[i]: mask[i : i + size] is ink
    while size < length:
        step = min(size, length - size)
        core = core[:-step] & core[step:]
        size += step
    opened, size = core, 1  # opened[i]: core[i - size + 1 : i + 1] has ink
    while size < length:
        step = min(size, length - size)
        longer = np.zeros((len(opened) + step, mask.shape[1]), bool)
        longer[:-step] = opened
        longer[step:] |= opened
        opened, size = longer, size + step
    return opened


def covered_windows(mask: Mask, thin: Mask, thickest: int, length: int) -> tuple[Mask, int] | None:
    """Return where nearly horizontal lines may run, and the width of a strip; None where there are none.

    A window is a row of strips along some slope. Of windows above each other those are kept that ink covers best.

    Args:
        mask: bool (rows, columns), where ink is.
        thin: bool (rows, columns), where it is thin.
        thickest: rows, of what counts as thin.
        length: columns of a window.

    Returns:
        bool (rows, strips), and how many columns a strip has.
    """
    from scipy import ndimage  # type: ignore[import-untyped]

    wide = max(1, length // PARTS)
    parts = length // wide
    unit = 250 // parts  # of a strip that is covered: a window's sum is a byte
    strips = _strips(tall(thin), tall(mask), wide, unit)
    enough = round(COVERED * parts * unit)
    if strips.shape[1] < parts or _most(strips, parts) < enough:
        return None
    drift = 2 * max(1, round(STEEPEST * length / 2))
    cover = _best_cover(strips, parts, drift, enough, round(OUTSIDE * unit))
    if not cover.any():
        return None
    cover[strips == 0] = 0
    best = ndimage.maximum_filter1d(cover, 2 * thickest + 1, axis=0)
    return (cover > 0) & (cover >= (BEST * best).astype(np.uint8)), wide


def tall(mask: Mask) -> Mask:
    """Return ink with its neighbours above and below: a line one pixel high may step by one within a strip."""
    grown = mask.copy()
    grown[1:] |= mask[:-1]
    grown[:-1] |= mask[1:]
    return grown


def _strips(thin: Mask, mask: Mask, wide: int, unit: int) -> Levels:
    """Return how much of each row of each strip is covered, (rows, strips), ``unit`` for all of it."""
    rows, columns = mask.shape
    count = -(-columns // wide)
    weight = np.zeros((rows, count * wide), np.uint8)
    np.multiply(mask, np.uint8(THICK), out=weight[:, :columns])
    weight[:, :columns] += thin * np.uint8(THIN - THICK)
    total = np.zeros((rows, count), np.float32)
    for column in range(wide):
        total += weight[:, column::wide]
    size = np.full(count, wide)
    size[-1] -= count * wide - columns
    return (total * (unit / (THIN * size)).astype(np.float32)).astype(np.uint8)


def _most(strips: Levels, parts: int) -> int:
    """Return more than any window's cover: the sum of its strips' best rows."""
    best = np.cumsum(np.append(0, strips.max(axis=0)), dtype=np.int64)
    return int((best[parts:] - best[:-parts]).max())


def _best_cover(strips: Levels, parts: int, drift: int, enough: int, outside: int) -> Levels:
    """Return the cover of the best window through each place, (rows, strips), 0 where none has enough.

    Args:
        strips: how much of each row of each strip is covered.
        parts: strips of a window.
        drift: the most rows that a window rises or falls, even.
        enough: the least cover of a window.
        outside: what a strip beyond the picture counts.
    """
    rows, count = strips.shape
    padded = np.full((rows + 2 * drift, count), outside, np.uint8)
    padded[drift : drift + rows] = strips
    cover = np.zeros_like(padded)
    windows = count - parts + 1
    for slope in range(-drift, drift + 1, 2):  # between two of them a line is one row off at most, as strips allow
        steps = [round(slope * part / (parts - 1)) for part in range(parts)]
        low, high = max(0, -min(steps)), rows + 2 * drift - max(0, *steps)
        total = padded[low + steps[0] : high + steps[0], :windows].copy()
        for part in range(1, parts):
            total += padded[low + steps[part] : high + steps[part], part : part + windows]
        hit = total >= enough
        if hit.any():
            total *= hit
            for part, step in enumerate(steps):
                place = cover[low + step : high + step, part : part + windows]
                np.maximum(place, total, out=place)
    return cover[drift : drift + rows]
