"""Euclidean radial basis functions: the paper's output layer (section II.B, eq. 7)."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from .arrays import Array


def forward(x: Array, codes: Array) -> Array:
    """Return y_i = sum_j (x_j - w_ij)^2: ``x`` (N, inputs), ``codes`` w (classes, inputs) -> (N, classes)."""
    return ((x[:, None, :] - codes) ** 2).sum(-1)


def backward(x: Array, codes: Array, dy: Array) -> tuple[Array, Array]:
    """Return dx_j = sum_i 2 (x_j - w_ij) dy_i, and dw_ij = -2 (x_j - w_ij) dy_i, summed over the images."""
    each = 2 * (x[:, None, :] - codes) * dy[:, :, None]  # (N, classes, inputs)
    return each.sum(1), -each.sum(0)
