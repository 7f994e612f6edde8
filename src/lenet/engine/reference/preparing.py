"""From a user's images to a network's input."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ...errors import LenetError
from ...preparation import Preparation
from .arrays import Array


def pixels(images: NDArray[np.generic], preparation: Preparation, dtype: DTypeLike) -> Array:
    """Return images as numbers p from 0 to 1, (N, channels, rows, columns).

    Args:
        images: (N, channels, rows, columns) of ``preparation.shape``, or (N, rows, columns) where that has one
            channel: uint8, of which 255 is 1, or floating-point from 0 to 1.
        preparation: says which shape is expected.
        dtype: of the result.

    Raises:
        LenetError: another shape or dtype, a number outside 0 to 1, or NaN.
    """
    channels, rows, columns = preparation.shape
    expected = f"(N, {channels}, {rows}, {columns})" + (f" or (N, {rows}, {columns})" if channels == 1 else "")
    images = np.asarray(images)
    if images.ndim == 3 and channels == 1:
        images = images[:, None]
    if images.shape[1:] != preparation.shape:
        raise LenetError(f"images must be of shape {expected}, but are {images.shape}")
    if images.dtype == np.uint8:
        whole: Array = images.astype(dtype)
        return whole / whole.dtype.type(255)
    if images.dtype.kind != "f":
        raise LenetError(f"images must be uint8 (0 to 255) or floating-point (0 to 1), but are {images.dtype}")
    p: Array = images.astype(dtype)
    if np.isnan(p).any():
        raise LenetError("images must be numbers, but some are NaN")
    if p.size and not 0 <= p.min() <= p.max() <= 1:
        raise LenetError(
            f"floating-point images must lie within 0 and 1, but these go from {p.min():.6g} to {p.max():.6g}; "
            "divide by 255, or give uint8"
        )
    return p


def prepare(p: Array, preparation: Preparation) -> Array:
    """Return the network's input x = low + (high - low) p, with a border of ``low``: ``p`` as ``pixels`` gives it."""
    border = (preparation.padding, preparation.padding)
    x: Array = preparation.low + (preparation.high - preparation.low) * p
    return np.pad(x, ((0, 0), (0, 0), border, border), constant_values=preparation.low)
