"""Names, shapes, receptive fields, and what a user can get wrong."""

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
    MeanPool,
    Network,
    Subsample,
)


def names(*layers, input=(1, 28, 28)):
    return [step.name for step in Network("n", input, layers).steps]


def test_layers_are_named_as_in_the_paper():
    assert names(LocalResponseNorm(), Conv(6), MaxPool(), Flatten(), Dense(9), Dense(10)) == [
        "N0", "C1", "S2", "flatten2", "F3", "output",
    ]  # fmt: skip
    assert names(Conv(6, name="first"), MaxPool(), Conv(2), Flatten(), Dense(10)) == [
        "first", "S2", "C3", "flatten3", "output",
    ]  # fmt: skip


def test_two_norms_or_flattens_in_a_row_are_told_apart():
    assert names(LocalResponseNorm(), LocalContrastNorm(), Conv(2), Flatten(), Flatten(), Dense(2)) == [
        "N0", "N0-1", "C1", "flatten1", "flatten1-4", "output",
    ]  # fmt: skip


def test_a_step_is_found_by_name():
    network = zoo.entry("lenet5").network
    assert network["C3"].layer.maps == 16
    with pytest.raises(KeyError):
        network["C4"]


def test_shapes_follow_stride_padding_and_overlap():
    network = Network(
        "n",
        (3, 20, 17),
        (Conv(4, kernel=3, stride=2, padding=1), MaxPool(size=3, stride=2), Subsample(copies=2), Flatten()),
    )
    assert [step.output for step in network.steps] == [(4, 10, 9), (4, 4, 4), (8, 2, 2), (32, 1, 1)]
    assert network.parameter_shapes == {
        "C1.weight": (4, 3, 3, 3), "C1.bias": (4,), "S3.coefficient": (8,), "S3.bias": (8,),
    }  # fmt: skip


def test_receptive_fields():
    assert zoo.entry("lenet5").network.receptive_fields() == (5, 6, 14, 16, 32, None, None)
    assert zoo.entry("relu-valid").network.receptive_fields() == (5, 6, 14, 16, None, None, None, None)
    assert zoo.entry("sigmoid-max").network.receptive_fields()[:3] == (1, 5, 6)


def test_activations_by_name():
    assert Conv(6, activation="relu") == Conv(6, activation=Activation.RELU)


def chain(*layers, input=(1, 12, 12)):
    return lambda: Network("mine", input, layers)


MISTAKES = [
    (lambda: Conv(6, activation="rellu"), "there is no activation 'rellu'; did you mean relu?"),
    (lambda: Conv(6, activation="xxxxxx"), "no activation 'xxxxxx'; known: none, relu, scaled-tanh, sigmoid, tanh"),
    (lambda: Conv(0), "Conv's maps must be a whole number of 1 or more, but is 0"),
    (lambda: Conv(6, kernel=2.5), "Conv's kernel must be a whole number of 1 or more, but is 2.5"),
    (lambda: Conv(6, stride=True), "Conv's stride must be a whole number of 1 or more, but is True"),
    (lambda: Conv(6, padding=-1), "Conv's padding must be a whole number of 0 or more, but is -1"),
    (lambda: Conv(3, table=((0,), (1,))), "Conv's table has 2 rows for 3 maps"),
    (lambda: Conv(2, table=((0,), ())), r"must list input maps from 0, rising, at least one; one is \(\)"),
    (lambda: Conv(2, table=((0,), (2, 1))), r"from 0, rising, at least one; one is \(2, 1\)"),
    (lambda: Conv(2, table=((0,), (-1,))), r"one is \(-1,\)"),
    (lambda: Dense(0), "Dense's units must be a whole number of 1 or more, but is 0"),
    (lambda: MaxPool(size=0), "MaxPool's size must be a whole number of 1 or more, but is 0"),
    (lambda: MeanPool(stride=0), "MeanPool's stride must be a whole number of 1 or more, but is 0"),
    (lambda: Subsample(copies=0), "Subsample's copies must be a whole number of 1 or more, but is 0"),
    (lambda: LocalResponseNorm(k=0), "LocalResponseNorm needs k above 0, alpha and beta not below 0"),
    (lambda: LocalContrastNorm(size=4), "LocalContrastNorm's size must be odd, but is 4"),
    (lambda: LocalContrastNorm(floor=0), "LocalContrastNorm's floor must be above 0, but is 0"),
    (lambda: LocalContrastNorm(deviation=0), "LocalContrastNorm's deviation must be above 0, but is 0"),
    (lambda: RBF("12é"), "RBF's codes must be printable ASCII characters; .'é'. isn't"),
    (lambda: RBF(()), "RBF's codes must be one row of equal length for each class"),
    (lambda: RBF(((1,), (1, 2))), "RBF's codes must be one row of equal length for each class"),
    (chain(), "network 'mine' has no layers"),
    (chain(Flatten(), input=(1, 12)), r"a network's input is \(maps, rows, columns\), but is \(1, 12\)"),
    (
        chain(Flatten(), input=(1, 12, 0)),
        "each of a network's input maps, rows and columns must be a whole number of 1",
    ),
    (
        chain(Conv(6, kernel=13)),
        "layer output of network 'mine': a kernel of 13 doesn't fit into 12 pixels; make it small",
    ),
    (
        chain(Conv(6, kernel=11), MaxPool(size=3)),
        "layer output of network 'mine': a window of 3 doesn't fit into 2 pixels",
    ),
    (
        chain(Conv(2, table=((0,), (1,))), Flatten()),
        "layer C1.*: Conv's table names input map 1, but the input has maps 0 to 0",
    ),
    (
        chain(Conv(2), Dense(10)),
        r"layer output.*: Dense reads a row of units, but its input is \(2, 8, 8\); put a Flatten",
    ),
    (chain(Flatten(), Dense(80), RBF()), r"layer output.*: RBF's codes have 84 numbers, but its input is \(80, 1, 1\)"),
    (chain(Conv(2)), r"network 'mine' ends in \(2, 8, 8\); it must end in a row of classes, \(classes, 1, 1\)"),
    (chain(Flatten(name="a"), Dense(2, name="a")), "layer names must differ and be words .*; 'a' isn't or doesn't"),
    (chain(Flatten(name="a b"), Dense(2)), "layer names must differ and be words .*; 'a b' isn't or doesn't"),
    (chain(Flatten(name="input"), Dense(2)), "layer names must differ and be words .*; 'input' isn't or doesn't"),
    (lambda: zoo.entry("lenet-5"), "there is no network 'lenet-5'; did you mean lenet5"),
]


@pytest.mark.parametrize(("build", "message"), MISTAKES, ids=[message[:50] for _, message in MISTAKES])
def test_mistakes_are_told_in_words(build, message):
    with pytest.raises(LenetError, match=message):
        build()
