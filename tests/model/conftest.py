"""A model of random weights, which the reference engine runs."""

import numpy as np
import pytest

from lenet.model import Model
from lenet.network import RBF, Conv, Dense, Flatten, MaxPool, Network
from lenet.preparation import Preparation
from lenet.recipe import Loss, LossKind, Recipe
from lenet.training import draw

SMALL = Preparation(shape=(1, 8, 8))


def made(*layers, loss=None, shape=(1, 8, 8), seed=0, **more) -> Model:
    network = Network("small", shape, layers)
    preparation = Preparation(shape=shape)
    recipe = Recipe(preparation=preparation, loss=loss or Loss(), seed=seed)
    flat = draw(network, recipe.start, seed)
    return Model(network, preparation, flat, recipe=recipe, engine="reference", **more)


@pytest.fixture
def make():
    """Make a model of these layers."""
    return made


@pytest.fixture
def several():
    """Make models of one network that start from different seeds."""

    def make_several(count=3, **more) -> list[Model]:
        layers = Conv(3, kernel=3, activation="tanh"), MaxPool(), Flatten(), Dense(3)
        return [made(*layers, seed=seed, metrics={"test": {"error": 0.1 * seed}}, **more) for seed in range(count)]

    return make_several


@pytest.fixture
def model() -> Model:
    layers = Conv(3, kernel=3, activation="tanh"), MaxPool(), Flatten(), Dense(4)
    metrics = {"test": {"error": 0.25, "loss": 1.5}}
    return made(*layers, classes=("a", "b", "c", "d"), metrics=metrics, data="toys", checksum="abc")


@pytest.fixture
def distances() -> Model:
    codes = ((1.0, 1.0, -1.0), (-1.0, 1.0, 1.0), (1.0, -1.0, 1.0))
    return made(Conv(3, kernel=8, activation="tanh"), RBF(codes), loss=Loss(LossKind.DISCRIMINATIVE, j=2.5))


@pytest.fixture
def colours() -> Model:
    return made(Conv(2, kernel=8), shape=(3, 8, 8))


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (7, 8, 8), dtype=np.uint8)
