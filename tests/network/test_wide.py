"""A network over a whole line: its shapes, its parameters, and what can't slide."""

import pytest

from lenet import zoo
from lenet.errors import LenetError
from lenet.network import (
    RBF,
    Activation,
    Conv,
    Dense,
    Flatten,
    LocalContrastNorm,
    LocalResponseNorm,
    MaxPool,
    Network,
    stride,
    wide,
)


def test_lenet5_answers_every_4_columns():
    lenet5 = zoo.entry("lenet5").network
    assert stride(lenet5) == 4
    for columns, places in ((32, 1), (35, 1), (36, 2), (160, 33)):
        assert wide(lenet5, columns)["F6"].output == (84, 1, places)


def test_the_parameters_stay_in_their_places():
    for name in ("lenet5", "lenet1", "lenet4", "d2l", "caffe", "sigmoid-max"):
        network = zoo.entry(name).network
        sizes = [step.parameters for step in network.steps if step.parameters]
        assert [step.parameters for step in wide(network, 80).steps if step.parameters] == sizes


def test_the_last_layers_activation_moves_to_the_end():
    network = wide(zoo.entry("lenet5").network, 64)
    assert [layer.activation for layer in network.layers[-2:]] == [Activation.NONE, Activation.SCALED_TANH]


def test_a_dense_layer_becomes_a_kernel_as_large_as_the_maps():
    layers = wide(zoo.entry("relu-valid").network, 28).layers
    assert [layer.kernel for layer in layers if isinstance(layer, Conv)] == [5, 5, 4, 1, 1]


@pytest.mark.parametrize(
    "layers",
    [
        (Conv(4, padding=2), Flatten(), Dense(3)),
        (LocalContrastNorm(), Conv(4), Flatten(), Dense(3)),
        (Conv(4), Flatten(activation="relu"), Dense(3)),
        (Conv(4), Flatten(), LocalResponseNorm(), Dense(3)),
        (Conv(4), MaxPool(), Flatten()),
        (Conv(4, kernel=8), MaxPool(), Flatten(), Conv(3, kernel=1)),
    ],
    ids=["padding", "edge", "flatten's activation", "norm of units", "no output layer", "conv of units"],
)
def test_what_sees_more_than_a_window_is_refused(layers):
    with pytest.raises(LenetError, match="can't slide along a line"):
        wide(Network("stuck", (1, 16, 16), layers), 64)


def test_maps_that_are_not_square_are_refused():
    with pytest.raises(LenetError, match="its layer flatten1 sees more"):
        wide(Network("oblong", (1, 16, 12), (Conv(4), Flatten(), Dense(3))), 64)


def test_a_line_is_as_wide_as_a_window_or_wider():
    with pytest.raises(LenetError, match="at least as wide as a window, 32 columns, but has 31"):
        wide(zoo.entry("lenet5").network, 31)


def test_two_flattenings_are_one():
    network = Network("twice", (1, 16, 16), (Conv(4), Flatten(), Flatten(), Dense(84), RBF("01")))
    assert [step.output for step in wide(network, 20).steps] == [(4, 12, 16), (84, 1, 5), (420, 1, 1)]
