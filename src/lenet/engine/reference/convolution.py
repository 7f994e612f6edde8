"""Convolution: C1, C3 and C5 of the paper (section II.B)."""

from __future__ import annotations

import numpy as np

from ...network import Table
from .arrays import Array


def forward(x: Array, weight: Array, bias: Array | None, *, stride: int = 1, padding: int = 0) -> Array:
    """Return a[o, r, c] = bias[o] + sum over i, u, v of weight[o, i, u, v] x[i, stride r + u, stride c + v].

    Args:
        x: (N, I, rows, columns).
        weight: (O, I, kernel, kernel), 0 for the pairs of maps that the connection table leaves out.
        bias: (O,), or None.
        stride: pixels from one output to the next.
        padding: zeros put around each map first.

    Returns:
        (N, O, R, C).
    """
    x = _padded(x, padding)
    rows, columns = ((size - len(weight[0, 0])) // stride + 1 for size in x.shape[2:])
    a = np.zeros((len(x), len(weight), rows, columns), x.dtype)
    for u, v in np.ndindex(weight.shape[2:]):
        pixels = x[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride]  # (N, I, R, C)
        a += np.einsum("oi,nirc->norc", weight[:, :, u, v], pixels, optimize=True)
    return a if bias is None else a + bias[:, None, None]


def backward(
    x: Array, weight: Array, da: Array, *, stride: int = 1, padding: int = 0, table: Table | None = None
) -> tuple[Array, Array, Array]:
    """Return the gradients (dx, dweight, dbias) for ``da`` (N, O, R, C): the sum of ``forward``, read three ways.

    A weight is shared by all places of its map, so that its gradient is a sum over them. The pairs of maps that
    ``table`` leaves out have a gradient of 0.
    """
    shape, x = x.shape, _padded(x, padding)
    rows, columns = da.shape[2:]
    dx, dweight = np.zeros_like(x), np.zeros_like(weight)
    for u, v in np.ndindex(weight.shape[2:]):
        here = (..., slice(u, u + stride * rows, stride), slice(v, v + stride * columns, stride))
        dx[here] += np.einsum("oi,norc->nirc", weight[:, :, u, v], da, optimize=True)
        dweight[:, :, u, v] = np.einsum("norc,nirc->oi", da, x[here], optimize=True)
    for output, inputs in enumerate(table or ()):
        dweight[output, [i for i in range(shape[1]) if i not in inputs]] = 0
    inside = dx[:, :, padding : padding + shape[2], padding : padding + shape[3]]
    return inside, dweight, da.sum((0, 2, 3))


def _padded(x: Array, padding: int) -> Array:
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
