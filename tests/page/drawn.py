"""Ink as the tests draw it."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from lenet.page.ink import Ink


def ink(amount) -> Ink:
    """Ink of amounts (rows, columns) in [0, 1]; a stroke is where there is more than 0.4."""
    amount = np.asarray(amount, np.float32)
    mask = amount > 0.4
    return Ink(amount, mask, stroke(mask))


def stroke(mask) -> float:
    """Width of the pen: twice the median distance of the strokes' middle lines from the paper."""
    if not mask.any():
        return 0.0
    distance = ndimage.distance_transform_edt(np.pad(mask, 1))
    ridge = (distance == ndimage.maximum_filter(distance, 3)) & (distance > 0)
    return float(max(1.0, 2 * np.median(distance[ridge]) - 0.5))
