"""Glyphs and a network so small that classifiers are fitted to them in a moment."""

import numpy as np
import pytest

from lenet import LeNetClassifier
from lenet.data import glyphs
from lenet.network import Conv, Dense, Flatten, MaxPool, Network

SMALL = Network("small", (1, 12, 12), (Conv(4, kernel=3), MaxPool(activation="tanh"), Flatten(), Dense(10)))


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """240 glyphs of three classes, uint8 (240, 12, 12), and their labels 0, 1, 2."""
    images, labels = glyphs(240, 5, "017", 12)
    return images, labels.astype(int)


@pytest.fixture
def small():
    """Make a classifier of the small network."""

    def make(**parameters) -> LeNetClassifier:
        return LeNetClassifier(**{"network": SMALL, "passes": 3, "batch": 16, "threads": 1, **parameters})

    return make
