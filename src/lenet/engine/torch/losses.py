"""The losses of the reference (``reference/losses.py``); PyTorch makes their gradients."""

from __future__ import annotations

import torch
from torch import Tensor

from ...recipe import Loss, LossKind


def each(loss: Loss, scores: Tensor, labels: Tensor, distances: bool) -> Tensor:
    """Return each image's loss E (n,): ``scores`` y (n, classes), ``labels`` D (n,).

    Args:
        loss: which loss.
        scores: of the last layer.
        labels: the right classes, int64.
        distances: whether the scores are distances of an RBF layer.
    """
    right = scores.gather(1, labels[:, None])[:, 0]
    if loss.kind is LossKind.DISTANCE:  # eq. 8
        return right
    if loss.kind is LossKind.DISCRIMINATIVE:  # eq. 9
        rubbish = torch.full_like(scores[:, :1], -loss.j)
        return right + torch.cat([-scores, rubbish], 1).logsumexp(1)
    if loss.kind is LossKind.SQUARED:  # sum_i (y_i - t_i)^2 / 2 with t_D = 1, the others -1
        return ((scores + 1) ** 2).sum(1) / 2 - 2 * right
    if distances:
        return right + (-scores).logsumexp(1)
    return scores.logsumexp(1) - right
