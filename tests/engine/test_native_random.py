"""Networks drawn at random, on both engines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import CODES, Pair, agree, agree_on_gradients, losses

from lenet.errors import LenetError
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
    StochasticPool,
    Subsample,
)

SIZES = st.integers(1, 4)
STEPS = st.none() | st.integers(1, 3)
ACTIVATIONS = st.sampled_from(Activation)
KINKS = (MaxPool, DeformablePool, StochasticPool, LocalContrastNorm)  # where float32 and float64 may take two ways


@st.composite
def convolutions(draw, maps):
    """Return a convolution over ``maps`` input maps, with a table or without."""
    rows = st.sets(st.integers(0, maps - 1), min_size=1).map(lambda row: tuple(sorted(row)))
    table = draw(st.none() | st.lists(rows, min_size=1, max_size=9).map(tuple))
    return Conv(
        draw(st.integers(1, 20)) if table is None else len(table),
        kernel=draw(st.integers(1, 6)),
        stride=draw(SIZES),
        padding=draw(st.integers(0, 3)),
        table=table,
        bias=draw(st.booleans()),
        activation=draw(ACTIVATIONS),
    )


def layers(maps):
    """Return a strategy for any layer that reads ``maps`` maps."""
    pools = [
        st.builds(pool, size=SIZES, stride=STEPS, activation=ACTIVATIONS)
        for pool in (MeanPool, MaxPool, L2Pool, DeformablePool, StochasticPool)
    ]
    return st.one_of(
        convolutions(maps),
        convolutions(maps),
        *pools,
        st.builds(Subsample, size=SIZES, stride=STEPS, activation=ACTIVATIONS, copies=st.integers(1, 3)),
        st.builds(LocalResponseNorm, size=st.integers(1, 7), alpha=st.floats(0, 1), beta=st.floats(0, 1)),
        st.builds(LocalContrastNorm, size=st.sampled_from([1, 3, 5, 9]), floor=st.floats(0.05, 1)),
    )


@st.composite
def networks(draw):
    """Return the shape of a picture, its padding, and layers that fit."""
    picture, padding = (
        (draw(st.integers(1, 3)), draw(st.integers(1, 12)), draw(st.integers(1, 12))),
        draw(st.integers(0, 2)),
    )
    shape = (picture[0], picture[1] + 2 * padding, picture[2] + 2 * padding)
    made = []
    for _ in range(draw(st.integers(0, 4))):
        layer = draw(layers(shape[0]))
        try:
            shape = layer.output_shape(shape)
        except LenetError:
            break
        made.append(layer)
    made.append(Flatten(activation=draw(ACTIVATIONS)))
    if draw(st.booleans()):
        made += [Dense(3, activation=Activation.TANH), RBF(codes=CODES)]
    else:
        made += [Dense(draw(st.integers(1, 40)), bias=draw(st.booleans()))]
    return picture, padding, tuple(made)


def holds(network, count, seed):
    """Hold a network against the reference; gradients only where no rounding can change their way."""
    pair = Pair(*network, threads=2, seed=seed)
    images, labels = pair.data(count)
    scores = pair.reference.scores(pair.flat, images)
    for native in pair.natives:
        agree(native.scores(pair.flat, images), scores, 1e-4, what=native.isa)
        assert np.isfinite(native.gradient(pair.flat, images, labels, losses(pair.network)[0])[2]).all()
    if not any(isinstance(layer, KINKS) or layer.activation is Activation.RELU for layer in pair.network.layers):
        for loss in losses(pair.network):
            agree_on_gradients(pair, images, labels, loss)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(networks(), st.integers(1, 40), st.integers(0, 9))
def test_any_network_agrees(network, count, seed):
    holds(network, count, seed)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, derandomize=True, database=None)
@given(networks(), st.integers(1, 70), st.integers(0, 99))
def test_many_networks_agree(network, count, seed):
    holds(network, count, seed)
