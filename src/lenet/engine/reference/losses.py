"""The losses: what is made small, and its gradient by the scores of the last layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...errors import LenetError
from ...network import Network
from ...recipe import Loss, LossKind
from .arrays import Array

Labels = NDArray[np.integer]


def check(loss: Loss, network: Network) -> None:
    """Raise ``LenetError`` unless the network's scores are of the kind that the loss is made for."""
    distances = network.smallest_wins
    if loss.kind in (LossKind.DISTANCE, LossKind.DISCRIMINATIVE) and not distances:
        raise LenetError(
            f"the {loss.kind.value} loss is made of distances, but network {network.name!r} doesn't end in an RBF "
            "layer; end it in one, or take the cross-entropy or squared loss"
        )
    if loss.kind is LossKind.SQUARED and distances:
        raise LenetError(
            f"the squared loss wants a large score for the right class, but network {network.name!r} ends in an RBF "
            "layer, whose smallest distance wins; take the discriminative, distance or cross-entropy loss"
        )


def evaluate(loss: Loss, scores: Array, labels: Labels, distances: bool) -> tuple[Array, Array]:
    """Return each image's loss E and its gradient by the scores y.

    Args:
        loss: which loss.
        scores: y (N, classes).
        labels: the right classes D (N,).
        distances: whether the scores are distances of an RBF layer.

    Returns:
        E (N,) and dE/dy (N, classes), for each image by itself: not yet a mean.
    """
    right = _right(scores, labels)
    if loss.kind is LossKind.DISTANCE:  # eq. 8: E = y_D
        return (scores * right).sum(1), right
    if loss.kind is LossKind.DISCRIMINATIVE:  # eq. 9: E = y_D + log(exp(-j) + sum_i exp(-y_i))
        rubbish = np.full_like(scores[:, :1], -loss.j)
        total, chances = _log_sum_exp(np.hstack([-scores, rubbish]))
        return (scores * right).sum(1) + total, right - chances[:, :-1]
    if loss.kind is LossKind.SQUARED:  # E = sum_i (y_i - t_i)^2 / 2, t_D = 1 and t_i = -1 for the others
        gap = scores - (2 * right - 1)
        return (gap**2).sum(1) / 2, gap
    sign = -1 if distances else 1  # E = -log softmax(z)_D with z = y, or z = -y for distances
    total, chances = _log_sum_exp(sign * scores)
    return total - sign * (scores * right).sum(1), sign * (chances - right)


def chances(loss: Loss, scores: Array, labels: Labels, distances: bool) -> Array:
    """Return the softmax p (N, classes) within the loss, that of eq. 9 with its rubbish class; 0 for eq. 8.

    Arguments as for ``evaluate``; not for the squared loss.
    """
    _, gradient = evaluate(loss, scores, labels, distances)  # by a score p - 1 or p; by a distance 1 - p or -p
    right = _right(scores, labels)
    return right - gradient if distances else right + gradient


def _right(scores: Array, labels: Labels) -> Array:
    """Return 1 for the right class and 0 for the others, (N, classes)."""
    right = np.zeros_like(scores)
    right[np.arange(len(labels)), labels] = 1
    return right


def _log_sum_exp(z: Array) -> tuple[Array, Array]:
    """Return log(sum_i exp(z_i)) and its gradient, the softmax, along the last axis; exp can't overflow."""
    most = z.max(1, keepdims=True)
    powers = np.exp(z - most)
    total = powers.sum(1, keepdims=True)
    return (most + np.log(total))[:, 0], powers / total
