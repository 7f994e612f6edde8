"""The functions that end a layer, y = f(a), and their slopes."""

from __future__ import annotations

import numpy as np

from ...network import AMPLITUDE, SLOPE, Activation
from .arrays import Array


def forward(kind: Activation, a: Array) -> Array:
    """Return y = f(a), of the shape of the sums ``a``."""
    if kind is Activation.SCALED_TANH:  # appendix A: f(a) = A tanh(S a)
        return AMPLITUDE * np.tanh(SLOPE * a)
    if kind is Activation.TANH:
        return np.tanh(a)
    if kind is Activation.SIGMOID:  # 1 / (1 + exp(-a)), written so that exp can't overflow
        return (1 + np.tanh(a / 2)) / 2
    if kind is Activation.RELU:
        return np.maximum(a, 0)
    return a


def backward(kind: Activation, y: Array, dy: Array) -> Array:
    """Return dE/da = f'(a) dE/dy, with the slope f'(a) written in terms of y = f(a)."""
    if kind is Activation.SCALED_TANH:  # (A tanh(S a))' = A S (1 - tanh(S a)^2)
        return dy * AMPLITUDE * SLOPE * (1 - (y / AMPLITUDE) ** 2)
    if kind is Activation.TANH:
        return dy * (1 - y**2)
    if kind is Activation.SIGMOID:
        return dy * y * (1 - y)
    if kind is Activation.RELU:
        return dy * (y > 0)
    return dy
