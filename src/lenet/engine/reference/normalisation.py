"""The layers that normalise a pixel by its neighbours: across maps (LRN) and across a window (LCN)."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import numpy as np

from ...network import LocalContrastNorm, LocalResponseNorm
from .arrays import Array


def response(x: Array, layer: LocalResponseNorm) -> Array:
    """Return y = x d^-beta with d = k + alpha sum of x^2 over the neighbouring maps (Krizhevsky et al., 2012, 3.3)."""
    return x * _divisor(x, layer) ** -layer.beta


def response_backward(x: Array, layer: LocalResponseNorm, dy: Array) -> Array:
    """Return dx_i = dy_i d_i^-beta - 2 alpha beta x_i sum of dy_j x_j d_j^(-beta-1) over the j whose sum takes in i."""
    d = _divisor(x, layer)
    through = np.einsum("ji,njrc->nirc", _beside(x, layer), dy * x * d ** (-layer.beta - 1))
    return dy * d**-layer.beta - 2 * layer.alpha * layer.beta * x * through


def _divisor(x: Array, layer: LocalResponseNorm) -> Array:
    return layer.k + layer.alpha * np.einsum("ji,nirc->njrc", _beside(x, layer), x**2)


def _beside(x: Array, layer: LocalResponseNorm) -> Array:
    """Return (I, I): 1 where the sum of map j takes in map i."""
    j, i = np.indices((x.shape[1], x.shape[1]))
    beside = (i >= j - layer.size // 2) & (i <= j + (layer.size - 1) // 2)
    return beside.astype(x.dtype)


def contrast(x: Array, layer: LocalContrastNorm) -> Array:
    """Return y = v / d: ``x`` less its local mean, over the local deviation (Jarrett et al., 2009, section 2)."""
    v, _, d = _contrast_parts(x, layer)
    return v / d[:, None]


def contrast_backward(x: Array, layer: LocalContrastNorm, dy: Array) -> Array:
    """Return dx, back through y = v / d, d = max(mean of s, s, floor), s = sqrt(sum w v^2) and v = x - sum w x."""
    v, s, d = _contrast_parts(x, layer)
    mean = s.mean((1, 2), keepdims=True)
    dd = -(dy * v).sum(1) / d**2  # (N, R, C)
    own, shared = (s > mean) & (s > layer.floor), (s <= mean) & (mean > layer.floor)
    dmean = (dd * shared).sum((1, 2), keepdims=True)
    ds = dd * own + dmean / s[0].size
    dsquares = np.divide(ds, 2 * s, out=np.zeros_like(s), where=s > 0)
    dv = dy / d[:, None] + 2 * v * _spread(dsquares, x, layer)
    return dv - _spread(dv.sum(1), x, layer)


def _contrast_parts(x: Array, layer: LocalContrastNorm) -> tuple[Array, Array, Array]:
    """Return v (N, I, R, C), s (N, R, C) and the divisor d (N, R, C)."""
    v = x - _local_mean(x, layer)[:, None]
    s = np.sqrt(_local_mean(v**2, layer))
    return v, s, np.maximum(np.maximum(s, s.mean((1, 2), keepdims=True)), layer.floor)


def _local_mean(z: Array, layer: LocalContrastNorm) -> Array:
    """Return sum w z for each place: ``z`` (N, I, R, C) -> (N, R, C)."""
    rows, columns = _gaussians(z, layer)
    return np.einsum("rp,npq,cq->nrc", rows, z.mean(1), columns, optimize=True)


def _spread(dz: Array, x: Array, layer: LocalContrastNorm) -> Array:
    """Return the gradient of ``z`` for one of its local mean (N, R, C): its transpose, (N, 1, R, C) for every map."""
    rows, columns = _gaussians(x, layer)
    back = np.einsum("rp,nrc,cq->npq", rows, dz, columns, optimize=True)
    return back[:, None] / x.shape[1]


def gaussian(length: int, layer: LocalContrastNorm) -> Array:
    """Return (length, length): for each place along a side the weights of all places; each row sums to 1.

    The window's Gaussian is a product of one over rows and one over columns, and so is its part inside the image.
    """
    at, from_ = np.indices((length, length))
    near = abs(from_ - at) <= layer.size // 2
    weights = np.exp(-((from_ - at) ** 2) / (2 * layer.sigma**2)) * near
    return weights / weights.sum(1, keepdims=True)


def _gaussians(x: Array, layer: LocalContrastNorm) -> tuple[Array, Array]:
    """Return the weights along the rows and along the columns of ``x``, of its dtype."""
    rows, columns = (gaussian(length, layer).astype(x.dtype) for length in x.shape[2:])
    return rows, columns
