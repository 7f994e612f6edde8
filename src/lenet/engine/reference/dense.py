"""Fully connected units: F6 of the paper (section II.B)."""

from __future__ import annotations

from .arrays import Array


def forward(x: Array, weight: Array, bias: Array | None) -> Array:
    """Return a_i = bias_i + sum_j weight_ij x_j: ``x`` (N, inputs), ``weight`` (units, inputs) -> (N, units)."""
    a: Array = x @ weight.T
    return a if bias is None else a + bias


def backward(x: Array, weight: Array, da: Array) -> tuple[Array, Array, Array]:
    """Return the gradients (dx, dweight, dbias) for ``da`` (N, units)."""
    return da @ weight, da.T @ x, da.sum(0)
