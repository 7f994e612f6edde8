"""The Gauss-Newton estimate of the second derivatives, for diagonal Levenberg-Marquardt (the paper's appendix C).

With sums a_i = sum_j u_ij x_j and outputs f(a_i), and without the terms that Gauss and Newton leave out:

    eq. 25   h_k = sum of d2E/du_ij2 over the connections (i, j) that share parameter k
    eq. 26   d2E/du_ij2 = d2E/da_i2 x_j^2
    eq. 27   d2E/da_i2 = f'(a_i)^2 sum_k u_ki^2 d2E/da_k2

``d2x`` is d2E/dx2, of the shape of ``x``, for each image by itself. It begins with the exact one, at the scores of the
network, or at the inputs of its RBF layer.
"""

from __future__ import annotations

import numpy as np

from ...errors import LenetError
from ...network import (
    RBF,
    Activation,
    Conv,
    DeformablePool,
    Dense,
    Flatten,
    L2Pool,
    Layer,
    MaxPool,
    MeanPool,
    Network,
    StochasticPool,
    Subsample,
)
from ...recipe import Loss, LossKind
from . import activation, layers, losses, pooling, subsampling, windows
from .arrays import Array

LINEAR = (Conv, Dense)
PICKING = (MaxPool, StochasticPool, Flatten)  # each output is one of the inputs


def check(network: Network) -> None:
    """Raise ``LenetError`` unless the estimate is defined for the network.

    That is: for its last layer, and for every layer that comes after one with parameters.
    """
    for place, step in enumerate(network.steps):
        layer, last = step.layer, place == len(network.steps) - 1
        known = isinstance(layer, (*LINEAR, *PICKING, Subsample, MeanPool, L2Pool, DeformablePool))
        known = known or (isinstance(layer, RBF) and last and layer.activation is Activation.NONE)
        if not known and (last or place >= first_learning(network)):
            raise LenetError(
                f"layer {step.name} of network {network.name!r}, {type(layer).__name__}, has no second derivatives "
                "here, which DiagonalLM needs; take SGD or Adam, or another layer"
            )


def first_learning(network: Network) -> int:
    """Return the place of the first layer with parameters: the way back ends there."""
    return next((place for place, step in enumerate(network.steps) if step.parameters), len(network.steps))


def by_scores(loss: Loss, scores: Array, labels: losses.Labels) -> Array:
    """Return d2E/dy2 (N, classes) for the scores y of a network without an RBF layer."""
    if loss.kind is LossKind.SQUARED:  # E = sum_i (y_i - t_i)^2 / 2
        return np.ones_like(scores)
    p = losses.chances(loss, scores, labels, distances=False)
    curvature: Array = p * (1 - p)
    return curvature


def by_inputs(loss: Loss, x: Array, codes: Array, scores: Array, labels: losses.Labels) -> Array:
    """Return d2E/dx2 (N, inputs) for the inputs x of an RBF layer.

    With p_i = exp(-y_i) / (exp(-j) + sum_k exp(-y_k)) (eq. 9; of the cross entropy, without exp(-j); of eq. 8, 0):
    d2E/dx_j2 = 2 - 2 sum_i p_i + 4 [sum_i p_i (x_j - w_ij)^2 - (sum_i p_i (x_j - w_ij))^2], which is never below 0.
    """
    p = losses.chances(loss, scores, labels, distances=True)[:, :, None]
    gap = x[:, None, :] - codes  # (N, classes, inputs)
    spread = (p * gap**2).sum(1) - (p * gap).sum(1) ** 2
    curvature: Array = np.maximum(2 - 2 * p.sum(1) + 4 * spread, 0)
    return curvature


def by_codes(loss: Loss, x: Array, codes: Array, scores: Array, labels: losses.Labels) -> Array:
    """Return d2E/dw2 (classes, inputs) for the codes w of an RBF layer, summed over the images.

    d2E/dw_ij2 = 2 [i = D] - 2 p_i + 4 p_i (1 - p_i) (x_j - w_ij)^2, which may be below 0, and counts 0 there.
    """
    p = losses.chances(loss, scores, labels, distances=True)
    right = np.eye(p.shape[1])[labels]
    gap = x[:, None, :] - codes
    curvature: Array = np.maximum(2 * (right - p)[:, :, None] + 4 * (p * (1 - p))[:, :, None] * gap**2, 0).sum(0)
    return curvature


def through(kind: Activation, y: Array, d2y: Array) -> Array:
    """Return d2E/da2 = f'(a)^2 d2E/dy2 for y = f(a)."""
    return activation.backward(kind, y, np.ones_like(y)) ** 2 * d2y


def backward(
    layer: Layer, weights: layers.Weights, x: Array, d2a: Array, uniform: Array | None
) -> tuple[Array, layers.Weights]:
    """Return a layer's d2E/dx2, and those of its weights summed over the images; arguments as ``layers.backward``."""
    match layer:
        case Conv() | Dense():  # the sums of the gradient, with u^2 for u (eq. 27) and x^2 for x (eq. 26)
            return layers.backward(layer, {name: u**2 for name, u in weights.items()}, x**2, d2a, uniform)
        case Subsample():  # a = coefficient S + bias, S the sum of a window
            return _subsample(layer, weights, x, d2a)
        case MeanPool():  # each pixel counts 1 / pixels, and its square
            d2x, _ = layers.backward(layer, weights, x, d2a, uniform)
            return d2x / layer.size**2, {}
        case L2Pool():  # da/dw = w / a
            w = windows.cut(x, layer.size, layer.step)
            slopes = pooling.l2_backward(w, np.ones_like(d2a))
            return windows.join(slopes**2 * d2a[..., None], x.shape, layer.size, layer.step), {}
        case DeformablePool():
            return _deformable(layer, weights["penalty"], x, d2a)
        case _ if isinstance(layer, PICKING):  # slopes of 0 and 1 are their own squares
            return layers.backward(layer, weights, x, d2a, uniform)
    raise TypeError(f"no second derivatives of {layer!r}")


def _subsample(layer: Subsample, weights: layers.Weights, x: Array, d2a: Array) -> tuple[Array, layers.Weights]:
    size, stride, copies = layer.size, layer.step, layer.copies
    d2x, _, dbias = subsampling.backward(x, weights["coefficient"] ** 2, d2a, size=size, stride=stride, copies=copies)
    sums = subsampling.sums(x, size, stride, copies)
    return d2x, {"coefficient": (d2a * sums**2).sum((0, 2, 3)), "bias": dbias}


def _deformable(layer: DeformablePool, penalty: Array, x: Array, d2a: Array) -> tuple[Array, layers.Weights]:
    """Only the pixel that won counts: by 1, and its penalties by minus its offsets."""
    w = windows.cut(x, layer.size, layer.step)
    won, _ = pooling.deformable_backward(w, penalty, np.ones_like(d2a))  # 1 for the pixel, 0 for the others
    d2w = won * d2a[..., None]
    offsets = pooling.offsets(layer.size, w.dtype)
    return windows.join(d2w, x.shape, layer.size, layer.step), {"penalty": d2w.sum((0, 2, 3)) @ offsets**2}
