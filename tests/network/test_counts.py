"""Every published count, layer by layer."""

import numpy as np
import pytest

from lenet import zoo
from lenet.engine.layout import Layout

LENET5 = [  # the paper, section II.B: name, output, parameters, connections
    ("C1", (6, 28, 28), 156, 122_304),
    ("S2", (6, 14, 14), 12, 5_880),
    ("C3", (16, 10, 10), 1_516, 151_600),
    ("S4", (16, 5, 5), 32, 2_000),
    ("C5", (120, 1, 1), 48_120, 48_120),
    ("F6", (84, 1, 1), 10_164, 10_164),
    ("output", (10, 1, 1), 0, 840),
]

PARAMETERS = {
    "lenet5": 60_000,
    "lenet1": 2_578,
    "lenet4": 17_998,
    "relu-valid": 44_426,
    "sigmoid-max": 61_706,
    "d2l": 61_706,
    "relu-3x3": 60_074,
    "tanh-20-50": 431_080,
    "tanh-same": 61_706,
    "caffe": 431_080,
    "reader": 60_000,
    "reader-sliding": 60_000,
}


@pytest.mark.parametrize(("name", "output", "parameters", "connections"), LENET5)
def test_lenet5_layer_by_layer(name, output, parameters, connections):
    step = zoo.entry("lenet5").network[name]
    assert (step.output, step.parameters, step.connections) == (output, parameters, connections)


def test_lenet5_in_all():
    network = zoo.entry("lenet5").network
    assert [step.name for step in network.steps] == [name for name, *_ in LENET5]
    assert (network.parameters, network.connections, network.multiply_adds) == (60_000, 340_908, 328_096)


@pytest.mark.parametrize(
    ("name", "parameters", "connections"), [("lenet1", 2_578, 98_442), ("lenet4", 17_998, 259_306)]
)
def test_its_smaller_sisters(name, parameters, connections):
    network = zoo.entry(name).network
    assert (network.parameters, network.connections) == (parameters, connections)


def test_multiply_adds_of_a_network_without_a_table():
    counts = {step.name: step.multiply_adds for step in zoo.entry("tanh-same").network.steps}
    assert counts == {"C1": 117_600, "S2": 0, "C3": 240_000, "S4": 0, "C5": 48_000, "F6": 10_080, "output": 840}
    assert sum(counts.values()) == 416_520


@pytest.mark.parametrize("name", zoo.ZOO)
def test_every_network_of_the_zoo(name):
    row = zoo.entry(name)
    layout = Layout(row.network)
    assert row.network.name == name
    assert row.network.parameters == PARAMETERS[name]
    assert row.network.parameters == np.count_nonzero(layout.connected)
    assert layout.size == sum(int(np.prod(shape)) for shape in row.network.parameter_shapes.values())
    assert row.network.classes == (len(zoo.READ) if name.startswith("reader") else 10)
    for recipe in (row.recipe, row.published or row.recipe):
        assert recipe.preparation.input == row.network.input
    assert row.network.smallest_wins == (name in ("lenet5", "reader", "reader-sliding"))


def test_the_zoo_is_complete():
    assert zoo.ZOO.keys() == PARAMETERS.keys()
