"""The pictures of the self-test."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...data import glyphs
from ...data.glyphs import Draw
from ...network import Shape

GLYPHS, NOISE = 10, 2


def pictures(shape: Shape) -> NDArray[np.uint8]:
    """Return ten digits drawn by ``lenet.data.glyphs`` and two of noise, the same each time: uint8 (12, *shape)."""
    channels, rows, columns = shape
    side = max(rows, columns, 8)
    digits, labels = glyphs(GLYPHS, seed=0, size=side)
    digits = digits[np.argsort(labels, kind="stable"), None, :rows, :columns]
    noise = Draw(0)(0, 256, NOISE, *shape).astype(np.uint8)
    return np.concatenate([np.repeat(digits, channels, axis=1), noise])
