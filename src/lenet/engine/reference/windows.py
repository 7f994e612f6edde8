"""The windows of a pooling layer, and the way back from their gradients to the map's."""

from __future__ import annotations

import numpy as np

from .arrays import Array, Places


def cut(x: Array, size: int, stride: int) -> Array:
    """Return the pixels of every window, row by row: ``x`` (N, I, rows, columns) -> (N, I, R, C, size x size)."""
    rows, columns = ((length - size) // stride + 1 for length in x.shape[2:])
    pixels = [
        x[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride] for u, v in np.ndindex(size, size)
    ]
    return np.stack(pixels, axis=-1)


def join(dwindows: Array, shape: tuple[int, ...], size: int, stride: int) -> Array:
    """Return dE/dx of ``shape``: each pixel's gradient is the sum over the windows (as ``cut``) that it lies in."""
    dx = np.zeros(shape, dwindows.dtype)
    rows, columns = dwindows.shape[2:4]
    for place, (u, v) in enumerate(np.ndindex(size, size)):
        dx[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride] += dwindows[..., place]
    return dx


def pick(windows: Array, place: Places) -> Array:
    """Return the pixel of each window at its ``place`` (N, I, R, C), which counts row by row."""
    return np.take_along_axis(windows, place[..., None], axis=-1)[..., 0]


def put(da: Array, place: Places, pixels: int) -> Array:
    """Return the gradient of each window's ``pixels``: ``da`` (N, I, R, C) at its ``place``, 0 elsewhere."""
    dwindows = np.zeros((*da.shape, pixels), da.dtype)
    np.put_along_axis(dwindows, place[..., None], da[..., None], axis=-1)
    return dwindows
