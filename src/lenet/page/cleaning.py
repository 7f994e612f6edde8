"""A picture's ink without its rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .ink import Ink, Pixels, find_ink
from .rules import without_rules

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
        writing = find_ink(pixels, without=found.mask & ~writing.mask)
    if show is not None:
        show("Picture", pixels, "as it came")
        show("Ink", found.amount, f"pen {found.stroke:.1f} pixels wide")
        show("Rules", writing.amount, "lines, boxes and grids taken away")
    return writing
