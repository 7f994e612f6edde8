"""Every layer as ONNX, run by ONNX Runtime and held against the reference."""

import numpy as np
import onnx
import pytest
from onnx_runs import SMALL, pictures, random, run, small, with_layers, zoo
from small_networks import agree

import lenet
from lenet.engine.reference import ReferenceEngine
from lenet.errors import LenetError
from lenet.export.onnx import document, layers
from lenet.export.onnx.building import build
from lenet.export.onnx.graph import Graph
from lenet.network import Conv, Dense, Flatten, Layer, MaxPool, Network, Step, Subsample
from lenet.preparation import Preparation
from lenet.zoo import ZOO


def file(model, with_preparation=True, opset=document.DEFAULT_OPSET):
    graph = build(model, with_preparation=with_preparation)
    return document.document(model, graph, with_preparation=with_preparation, opset=opset)


def hold(model, data, first=0):
    """Hold what each layer gives for a few pictures, and one alone, against the reference in double precision."""
    images = pictures(model)[first:]
    right = ReferenceEngine(model.network, model.preparation).features(model.flat, images)
    data = with_layers(data, model)
    for some in (images, images[:1]):
        found = run(data, model, some, with_preparation=True)
        for name, maps in right.items():
            agree(found[name].reshape(len(some), *maps.shape[1:]), maps[: len(some)], 1e-5, what=name)
        sign = -1 if model.network.smallest_wins else 1
        agree(sign * found["scores"], right[model.network.steps[-1].name].reshape(len(images), -1)[: len(some)], 1e-5)


@pytest.mark.parametrize("name", SMALL)
def test_every_layer_and_option(name):
    model = small(name)
    hold(model, file(model), first=name.startswith("contrast"))  # of a blank picture that layer makes noise of rounding


@pytest.mark.parametrize("name", ZOO)
def test_every_network_of_the_zoo(name):
    model = zoo(name)
    hold(model, file(model))


def test_maps_may_follow_units():
    maps = Conv(5, kernel=3, padding=1, activation="tanh"), Subsample(1, copies=2), MaxPool(1)
    network = Network("odd", (1, 4, 4), (Flatten(), Dense(6), *maps, Dense(3)))
    model = random(network, Preparation((1, 4, 4)))
    hold(model, file(model))


def test_layers_may_have_the_names_of_what_goes_in_and_comes_out():
    first = Conv(3, kernel=4, name="scores"), Dense(3, name="label"), Dense(3, name="picture")
    model = random(Network("odd", (1, 4, 4), (*first, Dense(4, name="probabilities"))), Preparation((1, 4, 4)))
    found = run(file(model), model, images := pictures(model), with_preparation=True)
    np.testing.assert_allclose(found["scores"], model.scores(images), rtol=1e-5)
    assert (found["label"] == model.predict(images)).all()


@pytest.mark.parametrize("opset", range(document.FIRST_OPSET, document.LAST_OPSET + 1))
def test_every_opset(opset):
    if opset > onnx.defs.onnx_opset_version():
        pytest.skip(f"this onnx has no opset {opset}")
    names = "response norm, 2", "contrast norm, 5", "DeformablePool, 3 by 2", "stochastic, 3 by 2", "learned codes"
    for model in map(small, (*names, "L2Pool, 3 by 2", "2 copies, 3 by 2", "padded picture")):
        found = run(file(model, opset=opset), model, images := pictures(model), with_preparation=True)
        agree(found["scores"] * (-1 if model.network.smallest_wins else 1), model.scores(images), 1e-5)
        agree(found["probabilities"], model.probabilities(images), 1e-5)


def test_tensors_have_the_names_of_the_paper():
    graph = onnx.load_from_string(file(lenet.load("lenet5"), with_preparation=False)).graph
    outputs = [node.output[0] for node in graph.node]
    paper = ["C1", "S2", "C3", "S4", "C5", "F6", "output"]
    assert [name for name in outputs if name in paper] == paper
    assert [node.name for node in graph.node] == outputs
    assert {"C1.weight", "C1.bias", "S2.weight", "C3.weight", "F6.weight", "output.weight"} <= {
        each.name for each in graph.initializer
    }


def test_a_layer_of_another_kind_is_refused():
    with pytest.raises(LenetError, match="layer X1 is a Layer, which lenet can't write as ONNX"):
        layers.add(Graph("input", (1, 1, 1)), Step(Layer(name="X1"), (1, 1, 1), (1, 1, 1)), {})
