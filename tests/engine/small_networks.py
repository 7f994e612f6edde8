"""Small networks of every kind of layer and option, and how the native engine is held against the reference."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pytest

from lenet import _native
from lenet.engine.native import NativeEngine
from lenet.engine.reference import ReferenceEngine
from lenet.network import (
    RBF,
    Activation,
    Conv,
    DeformablePool,
    Dense,
    Flatten,
    L2Pool,
    LocalContrastNorm,
    LocalResponseNorm,
    MaxPool,
    MeanPool,
    Network,
    StochasticPool,
    Subsample,
)
from lenet.preparation import Preparation
from lenet.recipe import Loss, LossKind

ISAS = _native.available()
SCALED, TANH, SIGMOID, RELU = Activation.SCALED_TANH, Activation.TANH, Activation.SIGMOID, Activation.RELU
TABLE = ((0,), (0, 2), (1, 2), (0, 1, 2), (3,))
CODES = ((1.0, -1.0, 1.0), (-1.0, -1.0, 1.0), (1.0, 1.0, -1.0), (0.5, 0.0, 0.0))
LOGITS = (Flatten(), Dense(5, activation=SIGMOID), Dense(4))
DISTANCES = (Flatten(), Dense(3, activation=SCALED), RBF(codes=CODES))
FIRST = Conv(4, kernel=2, activation=TANH)  # so that every layer after it has a gradient to hand down


def case(shape, *layers, end=LOGITS, padding=0):
    """Return (a picture's shape, padding, the layers of a network); ``layers`` end in maps, ``end`` in four classes."""
    return shape, padding, (*layers, *end)


WIDE = (1, 14, 13)

CASES = {
    **{
        f"kernel {k}": case(WIDE, Conv(5, kernel=k, activation=TANH), Conv(3, kernel=min(k, 14 - k)))
        for k in range(1, 10)
    },
    **{
        f"kernel {k}, stride {s}, padding {p}": case(
            (2, 12, 11), Conv(3, kernel=k, stride=s, padding=p), Conv(2, kernel=2)
        )
        for k, s, p in [(3, 2, 0), (3, 2, 1), (5, 3, 2), (2, 5, 3), (1, 2, 0), (4, 1, 3)]
    },
    "stride and padding after a layer": case(
        WIDE, FIRST, Conv(3, kernel=3, stride=2, padding=2, activation=RELU), Conv(4, kernel=2, stride=2, padding=1)
    ),
    "tables": case(
        WIDE, FIRST, Conv(5, kernel=3, table=TABLE, activation=TANH), Conv(2, kernel=4, table=((0, 4), (2,)))
    ),
    "no bias": case(
        WIDE, Conv(3, bias=False), Conv(9, kernel=2, bias=False, activation=TANH), end=(Flatten(), Dense(4, bias=False))
    ),
    "many maps": case((3, 9, 9), Conv(33, kernel=3, activation=RELU), Conv(17, kernel=3, activation=TANH)),
    "kernels as large as the map": case(WIDE, FIRST, Conv(7, kernel=12, activation=TANH, padding=0)),
    "one row": case((1, 1, 40), Conv(3, kernel=1), MaxPool(size=1, stride=3)),
    "one column": case((1, 40, 1), Conv(3, kernel=1), MeanPool(size=1, stride=2)),
    "wide": case((1, 4, 70), Conv(3, kernel=3, activation=TANH), MaxPool()),
    "padded picture": case((1, 9, 8), Conv(3, kernel=3, activation=SCALED), padding=3),
    "channels": case((3, 8, 8), Conv(4, kernel=3, activation=SCALED), padding=1),
    **{
        f"{pool.__name__}, {size} by {stride}": case(
            WIDE, FIRST, pool(size=size, stride=stride, activation=TANH), Conv(2, kernel=2)
        )
        for pool in (MeanPool, MaxPool, L2Pool, DeformablePool, Subsample)
        for size, stride in [(1, None), (2, None), (2, 1), (3, None), (3, 2), (2, 3), (4, None)]
    },
    **{
        f"{pool.__name__} at once": case((2, 7, 9), pool(), MaxPool(size=2, stride=1))
        for pool in (MeanPool, MaxPool, L2Pool, DeformablePool, Subsample)
    },
    **{
        f"{copies} copies, {size} by {stride}": case(
            WIDE, FIRST, Subsample(size, stride, copies=copies, activation=SCALED), Conv(2, kernel=2)
        )
        for copies, size, stride in [(2, 2, 2), (3, 2, 2), (2, 3, 2), (2, 3, 3)]
    },
    **{
        f"{pool.__name__} of {activation.value}": case(
            WIDE, Conv(3, kernel=3, activation=activation), pool(activation=activation)
        )
        for pool in (MeanPool, MaxPool, Subsample)
        for activation in Activation
    },
    **{
        f"response norm, {n}": case(
            WIDE, Conv(7, kernel=3, activation=RELU), LocalResponseNorm(size=n, alpha=0.2, k=1.5), MaxPool()
        )
        for n in (1, 2, 5, 9)
    },
    "response norm, root": case(
        (3, 6, 5), LocalResponseNorm(beta=0.5), FIRST, LocalResponseNorm(alpha=0.5, beta=0.5, activation=TANH)
    ),
    **{
        f"contrast norm, {n}": case((2, 9, 8), FIRST, LocalContrastNorm(size=n), Conv(2, kernel=3))
        for n in (1, 3, 5, 9, 11)
    },
    "contrast norm, floor": case(
        (2, 9, 8), LocalContrastNorm(size=5, deviation=2.0), FIRST, LocalContrastNorm(floor=0.4, activation=TANH)
    ),
    "flatten, then a function": case((2, 4, 5), Conv(2, kernel=2), end=(Flatten(activation=TANH), Dense(4))),
    "flatten alone": case((2, 3, 2), end=(Flatten(),)),
    "flatten in between": case(
        (2, 3, 2), Flatten(), Dense(6, activation=TANH), end=(Flatten(activation=SIGMOID), Dense(4), Flatten())
    ),
    **{
        f"dense, {n}": case(
            (1, 5, 4), Flatten(), Dense(n, activation=RELU), end=(Dense(n + 3, activation=TANH), Dense(4))
        )
        for n in (1, 7, 16, 33, 120)
    },
    "one class": case((1, 3, 3), end=(Flatten(), Dense(1))),
    "130 classes": case((1, 3, 3), end=(Flatten(), Dense(130))),
    "distances": case(WIDE, FIRST, Subsample(activation=SCALED), end=DISTANCES),
    "codes of characters": case((1, 5, 5), end=(Flatten(), Dense(84, activation=SCALED), RBF(codes="0123456789AB"))),
    "learned codes": case(WIDE, FIRST, Subsample(activation=SCALED), end=(*DISTANCES[:2], RBF(CODES, learned=True))),
    "learned codes alone": case((3, 1, 1), end=(RBF(CODES, learned=True),)),
    "codes alone": case((3, 1, 1), end=(RBF(codes=CODES),)),
    "a function on the last layer": case((1, 5, 5), end=(Flatten(), Dense(4, activation=SCALED))),
}

STOCHASTIC = {
    f"stochastic, {size} by {stride}": case(
        WIDE,
        *before,
        StochasticPool(size=size, stride=stride),
        Conv(2, kernel=2, activation=RELU),
        StochasticPool(size=2, stride=1),
    )
    for before in [(), (Conv(3, kernel=2, activation=RELU),)]
    for size, stride in [(2, None), (3, 2), (3, None)]
}

LOSSES = {
    "logits": [Loss(), Loss(LossKind.SQUARED)],
    "distances": [Loss(), Loss(LossKind.DISTANCE), Loss(LossKind.DISCRIMINATIVE, j=2.0)],
}


def losses(network):
    """Return the losses that a network can be trained by."""
    return LOSSES["distances" if network.smallest_wins else "logits"]


def on(isa, *settings, **threads):
    """Return a native engine on an instruction set."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LENET_ISA", isa)
        return NativeEngine(*settings, **threads)


class Pair:
    """Both engines of one network, with weights, images and labels drawn at random.

    Attributes:
        natives: the native engine on every instruction set of this machine.
        reference: the reference engine, float64.
        flat: weights, float32.
    """

    def __init__(self, shape, padding, layers, *, threads=1, seed=0):
        preparation = Preparation(shape, low=-0.3, high=1.1, padding=padding)
        self.network = Network("small", preparation.input, layers)
        self.threads, self.reference = threads, ReferenceEngine(self.network, preparation)
        self.rng = np.random.default_rng(seed)
        layout = self.reference.layout
        self.flat = np.zeros(layout.size, np.float32)
        for name, size in self.network.parameter_shapes.items():
            scale = 0.3 if len(size) == 1 else np.sqrt(1.5 / np.prod(size[1:]))
            self.flat[layout.slices[name]] = self.rng.normal(0, scale, int(np.prod(size)))
        self.flat[~layout.connected] = 0
        self.shape = shape

    @cached_property
    def natives(self):
        return [on(isa, self.network, self.reference.preparation, threads=self.threads) for isa in ISAS]

    def data(self, count, dtype=np.float32):
        """Return images (count, C, H, W) and labels (count,)."""
        images = self.rng.random((count, *self.shape), np.float32)
        if dtype == np.uint8:
            images = (images * 256).astype(np.uint8)
        return images, self.rng.integers(0, self.network.classes, count)


def agree(ours, right, tolerance=2e-5, what=""):
    """Hold an array against the right one, by the right one's largest number."""
    right = np.asarray(right, np.float64)
    assert ours.shape == right.shape
    scale = max(1e-3, np.abs(right).max(initial=0))
    np.testing.assert_allclose(ours, right, rtol=0, atol=tolerance * scale, err_msg=what)


def agree_on(pair, count, dtype=np.float32):
    """Hold scores, features and the gradients of every loss of ``count`` images against the reference."""
    images, labels = pair.data(count, dtype)
    scores, right = pair.reference.scores(pair.flat, images), pair.reference.features(pair.flat, images)
    for native in pair.natives:
        agree(native.scores(pair.flat, images), scores, what=f"scores, {native.isa}")
        ours = native.features(pair.flat, images)
        assert list(ours) == list(right)
        for name, features in right.items():
            agree(ours[name], features, what=f"{name}, {native.isa}")
    for loss in losses(pair.network):
        agree_on_gradients(pair, images, labels, loss)


def agree_on_gradients(pair, images, labels, loss, random=(0, 0, 0)):
    """Hold loss, errors and gradient against the reference's, array by array."""
    right_mean, right_wrong, right_gradient = pair.reference.gradient(pair.flat, images, labels, loss, random=random)
    for native in pair.natives:
        mean, wrong, gradient = native.gradient(pair.flat, images, labels, loss, random=random)
        assert abs(mean - right_mean) <= 2e-5 * max(1, abs(right_mean))
        assert wrong == right_wrong
        assert not gradient[~native.layout.connected].any()
        for name, place in native.layout.slices.items():
            agree(gradient[place], right_gradient[place], 1e-4, what=f"{name}, {loss.kind.value}, {native.isa}")
