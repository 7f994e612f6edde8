"""A data set, a network and a space so small that a trial takes a moment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_space import RANGES, SPACE

from lenet.data import glyphs
from lenet.data.dataset import Dataset


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """180 training and 40 test glyphs of three classes, 8x8."""
    images, labels = glyphs(220, 5, "017", 8)
    return Dataset("small glyphs", ("0", "1", "7"), images[:180], labels[:180], images[180:], labels[180:])


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
