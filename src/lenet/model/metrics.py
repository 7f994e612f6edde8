"""How well a network reads: losses, probabilities, error and confusion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..recipe import Loss, LossKind

BATCH = 4096  # images measured at once: enough to keep every core at work, few enough to stop soon on Ctrl-C


@dataclass(frozen=True, eq=False)
class Metrics:
    """What came of reading labelled images.

    Attributes:
        loss: mean over the images.
        confusion: int64 (classes, classes): how many images of the class of the row got the answer of the column.
    """

    loss: float
    confusion: NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many images were read."""
        return int(self.confusion.sum())

    @property
    def wrong(self) -> int:
        """How many were read wrong."""
        return self.count - int(self.confusion.trace())

    @property
    def error(self) -> float:
        """The share that was read wrong, 0 to 1."""
        return self.wrong / self.count

    @property
    def accuracy(self) -> float:
        """The share that was read right, 0 to 1."""
        return 1 - self.error

    def summary(self) -> dict[str, float | int]:
        """Return the numbers without the confusion matrix, as a file keeps them."""
        return {name: getattr(self, name) for name in ("error", "accuracy", "loss", "wrong", "count")}


def probabilities(scores: NDArray[Any], loss: Loss, smallest_wins: bool) -> NDArray[np.float32]:
    """Return (N, classes) from scores (N, classes): softmax(y), or softmax(-y) where the smallest wins.

    A network with an RBF output that was trained by the discriminative loss knows one class more, rubbish, at the
    distance j (section III.C, eq. 9): p_i = exp(-y_i) / (exp(-j) + sum exp(-y)). A row then adds up to less than
    1, and what is missing is the probability that the image is none of the classes.
    """
    values: NDArray[np.float64] = (-1.0 if smallest_wins else 1.0) * scores.astype(np.float64)
    shares = np.exp(values - _total(values, loss)[:, None])
    return np.asarray(shares, np.float32)


def losses(scores: NDArray[Any], labels: NDArray[Any], loss: Loss, smallest_wins: bool) -> NDArray[np.float64]:
    """Return the loss of each image, (N,), from scores (N, classes) and labels (N,); see ``LossKind``."""
    values: NDArray[np.float64] = scores.astype(np.float64)
    right: NDArray[np.float64] = values[np.arange(len(labels)), labels]
    if loss.kind is LossKind.DISTANCE:
        return right
    if loss.kind is LossKind.DISCRIMINATIVE:
        return np.add(right, _total(-values, loss))
    if loss.kind is LossKind.SQUARED:
        targets = np.where(np.arange(values.shape[1]) == labels[:, None], 1.0, -1.0)
        halves: NDArray[np.float64] = np.square(values - targets).sum(axis=1) / 2
        return halves
    sign = -1.0 if smallest_wins else 1.0
    total: NDArray[np.float64] = np.logaddexp.reduce(sign * values, axis=1)
    return np.subtract(total, sign * right)


def _total(values: NDArray[np.float64], loss: Loss) -> NDArray[np.float64]:
    """Return log sum exp of each row, with exp(-j) in the sum where the loss has a rubbish class."""
    total: NDArray[np.float64] = np.logaddexp.reduce(values, axis=1)
    if loss.kind is LossKind.DISCRIMINATIVE:
        total = np.asarray(np.logaddexp(total, -loss.j))
    return total


def answers(scores: NDArray[Any], smallest_wins: bool) -> NDArray[np.int64]:
    """Return the class that each row of scores (N, classes) names, (N,)."""
    return np.asarray(scores.argmin(axis=1) if smallest_wins else scores.argmax(axis=1), np.int64)


def gaps(scores: NDArray[Any], smallest_wins: bool) -> NDArray[Any]:
    """Return by how much the best score of each row of (N, classes) beats the second best, (N,), 0 or more.

    It is infinite where there is one class only.
    """
    if scores.shape[1] < 2:
        return np.full(len(scores), np.inf, scores.dtype)
    if smallest_wins:
        best = np.partition(scores, 1, axis=1)
        return np.asarray(best[:, 1] - best[:, 0])
    best = np.partition(scores, -2, axis=1)
    return np.asarray(best[:, -1] - best[:, -2])


def tally(
    batches: Iterator[tuple[NDArray[Any], NDArray[Any]]], classes: int, loss: Loss, smallest_wins: bool
) -> Metrics:
    """Return the metrics of batches of scores (N, classes) and labels (N,).

    Raises:
        LenetError: there isn't a single image.
    """
    total, confusion = 0.0, np.zeros((classes, classes), np.int64)
    for scores, labels in batches:
        total += float(losses(scores, labels, loss, smallest_wins).sum())
        pairs = labels.astype(np.int64) * classes + answers(scores, smallest_wins)
        confusion += np.bincount(pairs, minlength=classes**2).reshape(classes, classes)
    if not confusion.any():
        raise LenetError("there are no images to measure the error on")
    return Metrics(total / int(confusion.sum()), confusion)
