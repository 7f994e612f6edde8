import sys
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from bench.agree import agree
from bench.problem import batches, patterns, prepare, random_weights
from bench.systems import SYSTEMS, prepared, system
from bench.systems.reference import Reference
from bench.tasks import measure, reading, training, updates
from lenet.engine.reference import ReferenceEngine
from lenet.errors import LenetError
from lenet.network import Network
from lenet.recipe import Loss, LossKind
from lenet.zoo import ZOO

NEEDS = {"torch": "torch", "torch-channels-last": "torch", "jax": "jax", "onnxruntime": "onnxruntime"}
NEEDS |= {"openvino": "openvino", "lenet": "lenet._native"}
INSTALLED = [pytest.param(n, marks=pytest.mark.skipif(not find_spec(p), reason=f"no {p}")) for n, p in NEEDS.items()]


def digits(count=40):
    random = np.random.default_rng(0)
    return random.integers(0, 256, (count, 28, 28), dtype=np.uint8), random.integers(0, 10, count)


@pytest.mark.parametrize("network", ["tanh-same", "lenet5", "lenet1", "relu-3x3"])
@pytest.mark.parametrize("name", INSTALLED)
def test_answers_agree(name, network):
    oracle = Reference(batches(network, *digits(), threads=1))
    found = agree(oracle, system(name)(oracle.problem), digits=8, updates=2, batch=8)
    assert found.scores < 1e-5
    assert (found.changes is None) == (name in ("onnxruntime", "openvino"))


@pytest.mark.parametrize("kind", [kind for kind in LossKind if kind is not LossKind.SQUARED])
@pytest.mark.parametrize("name", INSTALLED)
def test_losses_agree(name, kind):
    if not system(name).trains:
        pytest.skip("it doesn't train")
    problem = patterns("lenet5", *digits(), threads=1)
    problem = replace(problem, recipe=replace(problem.recipe, loss=Loss(kind)))
    oracle = Reference(problem)
    agree(oracle, system(name)(problem), digits=8, updates=1, batch=8)


@pytest.mark.parametrize("name", INSTALLED)
def test_single_digit_is_read_as_in_a_batch(name):
    images, labels = digits()
    problem = batches("tanh-same", images, labels, threads=1)
    ready = system(name)(problem)
    together = ready.read(ready.hold(images[:5]))
    assert [ready.single(ready.hold(images[i : i + 1])) for i in range(5)] == list(together)


def test_wrong_answers_are_refused():
    oracle = Reference(batches("tanh-same", *digits(), threads=1))
    wrong = Reference(replace(oracle.problem, weights=random_weights(oracle.problem.network, seed=1)))
    with pytest.raises(LenetError, match="scores of tanh-same differ"):
        agree(oracle, wrong, digits=4)
    slow = Reference(
        replace(oracle.problem, recipe=replace(oracle.problem.recipe, optimiser=type(oracle.problem.optimiser)()))
    )
    with pytest.raises(LenetError, match="changes of tanh-same's weights differ"):
        agree(oracle, slow, digits=4, updates=2, batch=4)


def test_prepare_is_the_engines():
    images, _ = digits(2)
    for entry in (ZOO["lenet5"], ZOO["tanh-20-50"]):
        preparation = entry.recipe.preparation
        engine = ReferenceEngine(entry.network, preparation)
        flat = engine.layout.flatten(random_weights(entry.network))
        np.testing.assert_allclose(prepare(preparation, images), engine.features(flat, images)["input"], atol=1e-6)


def test_training_multiply_adds_of_tanh_same():
    problem = batches("tanh-same", *digits(1), threads=1)
    assert (problem.network.multiply_adds, problem.training_multiply_adds) == (416_520, 1_131_960)


def test_missing_systems_are_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    monkeypatch.delitem(sys.modules, "bench.systems.jax", raising=False)
    skipped = {}
    assert list(prepared(["jax"], batches("tanh-same", *digits(1), threads=1), skipped)) == []
    assert "pip install jax" in skipped["jax"]
    with pytest.raises(LenetError, match="did you mean jax"):
        system("jaxx")
    assert set(NEEDS) | {"torch-compiled"} == set(SYSTEMS)


def test_unknown_layers_are_told():
    pytest.importorskip("torch")
    skipped = {}
    assert not list(prepared(["torch"], batches("sigmoid-max", *digits(1), threads=1), skipped))
    assert "has no LocalResponseNorm" in skipped["torch"]


class Fast(Reference):
    """A system that does nothing, to see what is asked of it."""

    name = "lenet"

    def __init__(self, problem):
        self.problem, self.trained, self.read_ = problem, [], []

    def train(self, batch, digits):
        self.trained.append((batch, digits))

    def read(self, held):
        self.read_.append(len(held))

    def single(self, held):
        self.read(held)


def test_tasks_ask_for_whole_batches():
    images, labels = digits(40)
    problem = batches("tanh-same", images, labels, threads=1)
    fast = Fast(problem)
    found = measure(training(problem, 16), [fast], 3, 0.01, lambda: 1e9)
    assert {batch for batch, _ in fast.trained} == {16}
    assert {count for _, count in fast.trained} == {16, 32}
    (row,) = found.rows
    assert (row.digits, len(row.seconds), row.slower, len(found.limit)) == (32, 3, 1.0, 3)
    assert row.share == pytest.approx(sorted(1_131_960 / s / 1e9 for s in row.seconds)[1])
    measure(updates(problem), [fast], 1, 0.001, None)
    assert fast.trained[-1][0] == 1
    for count in (1, 10):
        measure(reading(problem, images, count), [fast], 1, 0.001, None)
        assert fast.read_[-1] == count


def test_unconnected_weights_are_zero():
    network: Network = ZOO["lenet5"].network
    assert np.count_nonzero(random_weights(network)["C3.weight"]) == 60 * 25
