"""A data set and a network so small that the reference engine trains them in a moment."""

import numpy as np
import pytest

from lenet.data import glyphs
from lenet.data.dataset import Dataset
from lenet.network import Conv, Dense, Flatten, MaxPool, Network
from lenet.preparation import Preparation
from lenet.recipe import SGD, Constant, Recipe, Validation
from lenet.training import loop

SMALL = Preparation(shape=(1, 8, 8))


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """90 training and 40 test glyphs of three classes, 8x8."""
    images, labels = glyphs(130, 5, "017", 8)
    return Dataset("small glyphs", ("0", "1", "7"), images[:90], labels[:90], images[90:], labels[90:])


@pytest.fixture
def network() -> Network:
    layers = Conv(3, kernel=3, activation="tanh"), MaxPool(), Flatten(), Dense(3)
    return Network("small", (1, 8, 8), layers)


@pytest.fixture
def recipe() -> Recipe:
    validation = Validation(share=0.2)
    return Recipe(
        preparation=SMALL, optimiser=SGD(0.9), schedule=Constant(0.05), batch=10, passes=3, validation=validation
    )


@pytest.fixture
def often(monkeypatch):
    """Chunks of one update, and a checkpoint after each."""
    monkeypatch.setattr(loop, "GRAIN", 1.0)
    monkeypatch.setattr(loop, "SAVE", 0.0)
    monkeypatch.setattr(loop, "SAVE_AFTER_PASS", 0.0)
    monkeypatch.setattr(loop, "SHOW", 0.0)


class Tape:
    """An engine that computes nothing, but writes down what it is asked; it answers as it is told."""

    def __init__(self):
        self.calls, self.losses, self.scored = [], None, 0

    def train(self, state, images, labels, order, recipe, *, pass_, rates):
        self.calls.append((pass_, order.copy(), rates.copy()))
        assert len(rates) == -(-len(order) // recipe.batch)
        state.updates += len(rates)
        state.flat += len(rates)
        return (self.losses(state.updates) if self.losses else float(len(order))), len(order) // 2

    def scores(self, flat, images):
        """Answer class 0 always."""
        self.scored += 1
        return np.tile(np.float32([1, 0, 0]), (len(images), 1))


@pytest.fixture
def tape(monkeypatch):
    """Let ``train`` build an engine that writes down what it is asked."""
    from lenet.model import engines

    made = Tape()
    monkeypatch.setattr(engines, "build", lambda *_: made)
    return made
