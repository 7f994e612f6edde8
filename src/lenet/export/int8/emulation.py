"""A network in whole numbers, computed in NumPy: bit for bit what the C code computes.

Sums of products are left to the reference engine in floating point, where whole numbers are exact in any order up to
2^24 (float32) and 2^53 (float64); ``Stage.bound`` keeps all of them below 2^31.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...engine.reference import convolution, dense, rbf, subsampling, windows
from ...model import Metrics
from ...model.images import accept, accept_labels
from ...model.metrics import answers, probabilities, tally
from ...network import (
    RBF,
    Conv,
    DeformablePool,
    Dense,
    L2Pool,
    LocalResponseNorm,
    MaxPool,
    MeanPool,
    StochasticPool,
    Subsample,
)
from . import tables
from .quantised import ARGUMENT, Finish, Quantised, Scaling, Stage, Whole

SOME = 50  # pictures at once: what a layer answers stays in the cache


class Emulation:
    """Answers as the C code of a network in whole numbers does, with the methods of a ``Model``.

    Pictures of floats in [0, 1] are rounded to bytes.

    Attributes:
        network: the network in whole numbers.
    """

    def __init__(self, network: Quantised) -> None:
        self.network = network

    @property
    def name(self) -> str:
        """The network's name."""
        return f"{self.network.network.name} (int8)"

    @property
    def classes(self) -> tuple[str, ...]:
        """The name of each class."""
        return self.network.classes

    def whole_scores(self, images: ArrayLike) -> NDArray[np.int32]:
        """Return the scores as the C code gives them, int32 (N, classes), or (classes,) for one picture."""
        array, single = accept(images, self.network.preparation.shape)
        scores = np.concatenate([self._scores(array[first : first + SOME]) for first in range(0, len(array), SOME)])
        return scores[0] if single else scores

    def scores(self, images: ArrayLike) -> NDArray[np.float32]:
        """Return the scores in the model's units: ``whole_scores`` times the network's scale."""
        return (self.whole_scores(images) * self.network.scale).astype(np.float32)

    def predict(self, images: ArrayLike) -> NDArray[np.int64] | int:
        """Return the class of each picture, int64 (N,), or a plain ``int`` for one; of equal scores the first."""
        scores = self.whole_scores(images)
        labels = answers(np.atleast_2d(scores), self.network.network.smallest_wins)
        return int(labels[0]) if scores.ndim == 1 else labels

    def probabilities(self, images: ArrayLike) -> NDArray[np.float32]:
        """Return the probability of each class, as ``Model.probabilities`` does."""
        scores = self.scores(images)
        shares = probabilities(np.atleast_2d(scores), self.network.loss, self.network.network.smallest_wins)
        return shares[0] if scores.ndim == 1 else shares

    def evaluate(self, images: ArrayLike, labels: ArrayLike) -> Metrics:
        """Return error, accuracy, loss and confusion on pictures with labels (N,), as ``Model.evaluate`` does."""
        array, _ = accept(images, self.network.preparation.shape)
        truth = accept_labels(labels, len(array), len(self.classes))
        batches = iter([(self.scores(array), truth)])
        return tally(batches, len(self.classes), self.network.loss, self.network.network.smallest_wins)

    def _scores(self, images: NDArray[Any]) -> NDArray[np.int32]:
        q = _bytes(images).astype(np.int64)
        border = (self.network.preparation.padding,) * 2
        q = np.pad(q, ((0, 0), (0, 0), border, border))
        for stage in self.network.stages:
            q = run(stage, q)
        return q.reshape(len(images), -1).astype(np.int32)


def run(stage: Stage, q: Whole) -> Whole:
    """Return a layer's output (N, O, R, C) for its input ``q`` (N, I, rows, columns), both int64."""
    shape = (len(q), *stage.step.input)  # a row of units where a Flatten went before
    sums = _sums(stage, (q - stage.input.zero).reshape(shape))
    assert not sums.size or int(np.abs(sums).max()) <= stage.bound
    return finished(stage.finish, sums)


def finished(finish: Finish, sums: Whole) -> Whole:
    """Return what ``Finish`` makes of sums (N, O, R, C)."""
    output = finish.output
    low, high = output.low - output.zero, output.high - output.zero
    if finish.after is None:
        return output.zero + scaled(finish.scaling, sums, low, high)
    z = scaled(finish.scaling, sums, -ARGUMENT, ARGUMENT)
    t = np.sign(z) * tables.look_up(tables.tanh(), np.abs(z))
    return output.zero + scaled(finish.after, t + finish.lift, low, high)


def scaled(scaling: Scaling, sums: Whole, low: int, high: int) -> Whole:
    """Return sums (N, O, R, C) by each map's multiplier, rounded and held within ``low`` and ``high``."""
    if scaling.multiplier:
        multiplier = np.array(scaling.multiplier, np.int64)[:, None, None]
        sums = (sums * multiplier + (1 << scaling.shift - 1)) >> scaling.shift
    held: Whole = np.clip(sums, low, high)
    return held


def _sums(stage: Stage, x: Whole) -> Whole:
    """Return a layer's sums (N, O, R, C) for x = q - zero, (N, I, rows, columns)."""
    layer, kind = stage.step.layer, np.float32 if stage.bound < 2**24 else np.float64
    exact: Any = x.astype(kind)
    arrays: dict[str, Any] = {name: array.astype(kind) for name, array in stage.arrays.items()}
    match layer:
        case Conv():
            sums = convolution.forward(exact, **arrays, stride=layer.stride, padding=layer.padding)
        case Dense():
            sums = dense.forward(exact[:, :, 0, 0], **arrays)[:, :, None, None]
        case Subsample():
            options = {"size": layer.size, "stride": layer.step, "copies": layer.copies}
            sums = subsampling.forward(exact, arrays["weight"], arrays["bias"], **options)
        case RBF():
            sums = rbf.forward(exact[:, :, 0, 0], arrays["codes"])[:, :, None, None]
        case MeanPool() | MaxPool() | L2Pool() | StochasticPool() | DeformablePool():
            return _pooled(stage, windows.cut(x, layer.size, layer.step))
        case LocalResponseNorm():
            return _response(stage, layer, x)
        case _:
            return x.reshape(len(x), *stage.step.output)
    return np.asarray(sums, np.int64)


def _pooled(stage: Stage, w: Whole) -> Whole:
    """Return the sums of pools for their windows ``w`` (N, I, R, C, pixels)."""
    match stage.step.layer:
        case MeanPool():
            sums = w.sum(-1)
        case L2Pool():
            sums = np.sqrt((w**2).sum(-1) << 2 * stage.fraction).astype(np.int64)  # below 2^31: exact, rounded down
        case StochasticPool():
            w = np.maximum(w, 0)
            total = w.sum(-1)
            sums = (((w**2).sum(-1) << stage.fraction) + total // 2) // np.maximum(total, 1)
        case DeformablePool():
            sums = ((w << stage.fraction) - stage.arrays["cost"].reshape(w.shape[1], 1, 1, -1)).max(-1)
        case _:
            sums = w.max(-1)
    return np.asarray(sums, np.int64)


def _response(stage: Stage, layer: LocalResponseNorm, x: Whole) -> Whole:
    before, after = layer.size // 2, (layer.size - 1) // 2
    squares = np.pad(x**2, ((0, 0), (before, after), (0, 0), (0, 0)))
    total = np.lib.stride_tricks.sliding_window_view(squares, layer.size, axis=1).sum(-1)
    position = total << stage.fraction if stage.fraction >= 0 else total >> -stage.fraction
    sums: Whole = x * tables.look_up(stage.arrays["table"], position)
    return sums


def _bytes(images: NDArray[Any]) -> NDArray[np.uint8]:
    return images if images.dtype == np.uint8 else np.rint(images * 255).astype(np.uint8)
