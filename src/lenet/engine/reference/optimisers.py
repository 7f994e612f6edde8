"""How the weights move: one update of ``lenet.recipe.SGD``, ``Adam`` or ``DiagonalLM``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...recipe import SGD, Adam, DiagonalLM, Optimiser
from ..state import State
from .arrays import Array


def update(state: State, gradient: Array, rate: float, optimiser: Optimiser, biases: NDArray[np.bool_]) -> None:
    """Move ``state.flat`` by one update, in place, and what the optimiser remembers with it.

    Args:
        state: weights w, slots and number of updates; changed.
        gradient: the mean gradient of the batch (size,).
        rate: the schedule's rate.
        optimiser: which, with its constants.
        biases: which weights are biases (size,): theirs is ``bias_factor`` times the rate.
    """
    state.updates += 1
    if isinstance(optimiser, DiagonalLM):
        return _diagonal(state, gradient, rate, optimiser)
    rates = np.where(biases, rate * optimiser.bias_factor, rate).astype(gradient.dtype)
    if isinstance(optimiser, SGD):
        _sgd(state, gradient, rates, optimiser)
    else:
        _adam(state, gradient, rates, optimiser)


def _diagonal(state: State, g: Array, rate: float, lm: DiagonalLM) -> None:
    """The paper's appendix C: w = w - rate / (mu + h) g, with h as ``curvature`` gave it before the pass."""
    (h,) = state.slots
    state.flat[:] = state.flat - rate * g / (lm.mu + h)


def _sgd(state: State, g: Array, rates: Array, sgd: SGD) -> None:
    """Gradient descent: v = momentum v + g; w = w - rate v; Nesterov: w = w - rate (g + momentum v)."""
    w = state.flat
    g = g + sgd.decay * w
    if not sgd.momentum:
        w[:] = w - rates * g
        return
    (v,) = state.slots
    v[:] = sgd.momentum * v + g
    w[:] = w - rates * (g + sgd.momentum * v if sgd.nesterov else v)


def _adam(state: State, g: Array, rates: Array, adam: Adam) -> None:
    """Algorithm 1 of Kingma and Ba (2015); the decay is apart from it (Loshchilov and Hutter, 2019)."""
    w, (mean, square), t = state.flat, state.slots, state.updates
    mean[:] = adam.beta1 * mean + (1 - adam.beta1) * g
    square[:] = adam.beta2 * square + (1 - adam.beta2) * g**2
    unbiased_mean, unbiased_square = mean / (1 - adam.beta1**t), square / (1 - adam.beta2**t)
    w[:] = w - rates * (unbiased_mean / (np.sqrt(unbiased_square) + adam.epsilon) + adam.decay * w)
