"""Every layer of ``lenet.network``, forward and backward, up to its activation: which file computes which layer."""

from __future__ import annotations

from math import prod

import numpy as np

from ...network import (
    RBF,
    Conv,
    DeformablePool,
    Dense,
    Flatten,
    L2Pool,
    Layer,
    LocalContrastNorm,
    LocalResponseNorm,
    MaxPool,
    MeanPool,
    Pool,
    StochasticPool,
    Subsample,
)
from . import convolution, dense, normalisation, pooling, rbf, subsampling, windows
from .arrays import Array

Weights = dict[str, Array]  # of one layer, by short name such as "weight"


def forward(layer: Layer, weights: Weights, x: Array, uniform: Array | None) -> Array:
    """Return a layer's sums a for its input ``x``.

    Args:
        layer: the layer.
        weights: its arrays, by short name.
        x: (N, I, rows, columns).
        uniform: while training, what a stochastic pool draws with, the shape of the result; otherwise None.

    Returns:
        (N, O, R, C).
    """
    match layer:
        case Conv():
            bias = weights.get("bias")
            a = convolution.forward(x, weights["weight"], bias, stride=layer.stride, padding=layer.padding)
        case Subsample():
            a = subsampling.forward(x, **weights, size=layer.size, stride=layer.step, copies=layer.copies)
        case Pool():
            a = _pool(layer, weights, windows.cut(x, layer.size, layer.step), uniform)
        case LocalResponseNorm():
            a = normalisation.response(x, layer)
        case LocalContrastNorm():
            a = normalisation.contrast(x, layer)
        case Flatten():
            a = x.reshape(len(x), prod(x.shape[1:]), 1, 1)
        case Dense():
            a = _column(dense.forward(_row(x), weights["weight"], weights.get("bias")))
        case RBF():
            a = _column(rbf.forward(_row(x), codes(layer, weights, x)))
        case _:
            raise TypeError(f"no such layer: {layer!r}")
    return a


def backward(layer: Layer, weights: Weights, x: Array, da: Array, uniform: Array | None) -> tuple[Array, Weights]:
    """Return a layer's dE/dx and the gradients of its weights, by short name, for ``da`` = dE/da (N, O, R, C)."""
    dweights: Weights = {}
    match layer:
        case Conv():
            dx, dweights["weight"], dweights["bias"] = convolution.backward(
                x, weights["weight"], da, stride=layer.stride, padding=layer.padding, table=layer.table
            )
        case Subsample():
            dx, dweights["coefficient"], dweights["bias"] = subsampling.backward(
                x, weights["coefficient"], da, size=layer.size, stride=layer.step, copies=layer.copies
            )
        case Pool():
            dw, dweights = _pool_backward(layer, weights, windows.cut(x, layer.size, layer.step), da, uniform)
            dx = windows.join(dw, x.shape, layer.size, layer.step)
        case LocalResponseNorm():
            dx = normalisation.response_backward(x, layer, da)
        case LocalContrastNorm():
            dx = normalisation.contrast_backward(x, layer, da)
        case Flatten():
            dx = da.reshape(x.shape)
        case Dense():
            row, dweights["weight"], dweights["bias"] = dense.backward(_row(x), weights["weight"], _row(da))
            dx = _column(row)
        case RBF():
            row, dweights["weight"] = rbf.backward(_row(x), codes(layer, weights, x), _row(da))
            dx = _column(row)
        case _:
            raise TypeError(f"no such layer: {layer!r}")
    return dx, {
        name: dweights[name] for name in weights
    }  # a layer without a bias has no use for its gradient, nor have fixed codes


def codes(layer: RBF, weights: Weights, x: Array) -> Array:
    """Return the codes w (classes, inputs) of an RBF layer, fixed or learned, of the dtype of its inputs ``x``."""
    return weights["weight"] if layer.learned else np.array(layer.targets(), x.dtype)


def _pool(layer: Pool, weights: Weights, w: Array, uniform: Array | None) -> Array:
    match layer:
        case MeanPool():
            return pooling.mean(w)
        case MaxPool():
            return pooling.largest(w)
        case L2Pool():
            return pooling.l2(w)
        case StochasticPool():
            return pooling.stochastic_mean(w) if uniform is None else pooling.stochastic(w, uniform)
        case DeformablePool():
            return pooling.deformable(w, weights["penalty"])
    raise TypeError(f"no such layer: {layer!r}")


def _pool_backward(layer: Pool, weights: Weights, w: Array, da: Array, uniform: Array | None) -> tuple[Array, Weights]:
    match layer:
        case MeanPool():
            return pooling.mean_backward(w, da), {}
        case MaxPool():
            return pooling.largest_backward(w, da), {}
        case L2Pool():
            return pooling.l2_backward(w, da), {}
        case StochasticPool() if uniform is not None:
            return pooling.stochastic_backward(w, da, uniform), {}
        case DeformablePool():
            dw, dpenalty = pooling.deformable_backward(w, weights["penalty"], da)
            return dw, {"penalty": dpenalty}
    raise TypeError(f"no such layer: {layer!r}")


def _row(x: Array) -> Array:
    return x[:, :, 0, 0]


def _column(x: Array) -> Array:
    return x[:, :, None, None]
