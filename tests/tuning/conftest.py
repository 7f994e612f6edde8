"""A data set, a network and a space so small that a trial takes a moment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lenet.data import glyphs
from lenet.data.dataset import Dataset

SPACE = """
[network]
name = "small"
input = [1, 8, 8]
layers = [
  { type = "Conv", maps = 3, kernel = 3, activation = "tanh" },
  { type = "MaxPool" },
  { type = "Flatten" },
  { type = "Dense", units = 6, activation = "tanh" },
  { type = "Dense", units = 3 },
]

[recipe]
batch = 10
passes = 4
optimiser = { type = "SGD", momentum = 0.9 }
schedule = { type = "Constant", value = 0.05 }
validation = { share = 0.3 }
preparation = { shape = [1, 8, 8] }

[search]
trials = 8
"""

RANGES = """
[space]
C1.kernel = [3, 5, 7, 9]
C1.maps = { low = 2, high = 8, step = 2 }
S2.type = ["MaxPool", "MeanPool", "Subsample"]
"*".activation = ["tanh", "relu"]
recipe.schedule.value = { low = 0.001, high = 0.3, log = true }
"""


def small_digits() -> Dataset:
    images, labels = glyphs(220, 5, "017", 8)
    return Dataset("small glyphs", ("0", "1", "7"), images[:180], labels[:180], images[180:], labels[180:])


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """180 training and 40 test glyphs of three classes, 8x8."""
    return small_digits()


@pytest.fixture(scope="session")
def digits_file(tmp_path_factory, digits) -> Path:
    path = tmp_path_factory.mktemp("digits") / "digits.npz"
    np.savez(
        path,
        x_train=digits.train_images,
        y_train=digits.train_labels,
        x_test=digits.test_images,
        y_test=digits.test_labels,
    )
    return path


@pytest.fixture
def written(tmp_path):
    """Write a space's file: the small network and recipe, with these ranges and what else is given."""

    def write(ranges: str = RANGES, base: str = SPACE) -> Path:
        path = tmp_path / "space.toml"
        path.write_text(base + ranges)
        return path

    return write


@pytest.fixture(autouse=True)
def no_wait_for_the_disk(monkeypatch):
    """Checkpoints after every pass of a few milliseconds would wait for the disk most of the time."""
    monkeypatch.setattr("os.fsync", lambda _: None)
