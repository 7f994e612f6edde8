"""A picture's ink without its rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .ink import Ink, Mask, Pixels, find_ink
from .rules import without_rules

BESIDE = 3  # pixels

Show = Callable[[str, "np.ndarray[tuple[int, ...], np.dtype[np.generic]]", str], None]


def clean(pixels: Pixels, show: Show | None = None) -> Ink:
    """Return the writing in a picture: its ink, without ruled lines, boxes and grids.

    Rules are often darker than what is written between them; where some were found, ink is looked for once more
    without them.

    Args:
        pixels: uint8 (rows, columns) or (rows, columns, 3).
        show: is told of each step: its name, a picture, and a caption.
    """
    found = find_ink(pixels)
    writing = without_rules(found)
    if writing is not found:
        gone = found.mask & ~writing.mask
        writing = without_rules(_apart_from(find_ink(pixels, without=gone), gone))
    if show is not None:
        show("Picture", pixels, "as it came")
        show("Ink", found.amount, f"pen {found.stroke:.1f} pixels wide")
        show("Rules", writing.amount, "lines, boxes and grids taken away")
    return writing


def _apart_from(ink: Ink, rules: Mask) -> Ink:
    """Return ink without the specks along rules: what lies within BESIDE pixels of one for the most part."""
    from scipy import ndimage

    labels, count = ndimage.label(ink.mask, np.ones((3, 3)))
    close = ndimage.binary_dilation(rules, iterations=BESIDE)
    size = np.bincount(labels.ravel(), minlength=count + 1)
    beside = np.bincount(labels[close], minlength=count + 1)
    keep = 2 * beside < size
    keep[0] = False
    mask = keep[labels]
    return Ink(np.where(mask, ink.amount, np.float32(0)), mask, ink.stroke)
