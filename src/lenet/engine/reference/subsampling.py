"""The paper's subsampling: S2 and S4 (section II.B)."""

from __future__ import annotations

import numpy as np

from . import windows
from .arrays import Array


def forward(x: Array, coefficient: Array, bias: Array, *, size: int, stride: int, copies: int = 1) -> Array:
    """Return a = coefficient x (sum of the window) + bias, with a coefficient and a bias for each output map.

    Args:
        x: (N, I, rows, columns).
        coefficient: (I x copies,).
        bias: (I x copies,).
        size: rows and columns of a window.
        stride: pixels from one window to the next.
        copies: output maps for each input map: output map o reads input map o // copies.

    Returns:
        (N, I x copies, R, C).
    """
    return coefficient[:, None, None] * sums(x, size, stride, copies) + bias[:, None, None]


def backward(x: Array, coefficient: Array, da: Array, *, size: int, stride: int, copies: int = 1) -> tuple[Array, ...]:
    """Return the gradients (dx, dcoefficient, dbias) for ``da`` (N, I x copies, R, C)."""
    dsums = coefficient[:, None, None] * da
    dsums = dsums.reshape(len(x), x.shape[1], copies, *da.shape[2:]).sum(2)  # the copies read the same sum
    dwindows = np.repeat(dsums[..., None], size**2, axis=-1)
    dcoefficient = (da * sums(x, size, stride, copies)).sum((0, 2, 3))
    return windows.join(dwindows, x.shape, size, stride), dcoefficient, da.sum((0, 2, 3))


def sums(x: Array, size: int, stride: int, copies: int) -> Array:
    """Return the sum of each window, (N, I x copies, R, C): that of an input map for each of its copies."""
    return np.repeat(windows.cut(x, size, stride).sum(-1), copies, axis=1)
