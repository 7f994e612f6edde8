"""A picture's ink without its rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .ink import Ink, Mask, grown, ink_of
from .paper import Depth, Pixels
from .rules import without_rules

BESIDE = 3  # pixels: the blurred edge of a rule reaches so far

Show = Callable[[str, NDArray[Any], str], None]  # a step's name, a picture, a caption


def clean(pixels: Pixels, show: Show | None = None) -> Ink:
    """Return the writing in a picture: its ink, without ruled lines, boxes and grids.

    Rules are often darker than what is written between them; where some were found, ink is looked for once more
    without them.

    Args:
        pixels: uint8 (rows, columns) or (rows, columns, 3).
        show: is told of each step: its name, a picture, and a caption.
    """
    depth = Depth.of(pixels)
    found = ink_of(depth)
    writing = without_rules(found)
    if writing is not found:
        rules = found.mask & ~writing.mask
        writing = without_rules(_apart_from(ink_of(depth, rules), rules))
    if show is not None:
        show("Picture", pixels, "as it came")
        show("Ink", found.amount, f"pen {found.stroke:.1f} pixels wide")
        show("Rules", writing.amount, "lines, boxes and grids taken away")
    return writing


def _apart_from(ink: Ink, rules: Mask) -> Ink:
    """Return ink without the specks along rules: the pieces half of which lie within BESIDE pixels of one."""
    from scipy import ndimage  # type: ignore[import-untyped]

    labels, count = ndimage.label(ink.mask, np.ones((3, 3)))
    size = np.bincount(labels[ink.mask], minlength=count + 1)
    beside = np.bincount(labels[ink.mask & grown(rules, BESIDE)], minlength=count + 1)
    keep = 2 * beside < size  # False for what is no piece
    mask = keep[labels]
    return Ink(np.where(mask, ink.amount, np.float32(0)), mask, ink.stroke)
