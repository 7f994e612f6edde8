"""Claims of a moment, on glyphs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_claims import method, networks, small_digits

from lenet.data.dataset import Dataset
from lenet.reproduce.claims import Claim
from lenet.training import loop


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """90 training and 40 test glyphs of three classes, 8x8."""
    return small_digits()


@pytest.fixture
def claims() -> dict[str, Claim]:
    """Two networks and a method; one network takes a pattern an update."""
    return {**networks(), **method()}


@pytest.fixture
def often(monkeypatch):
    """Chunks of one update, and an observer that is told of each."""
    monkeypatch.setattr(loop, "GRAIN", 1.0)
    monkeypatch.setattr(loop, "SHOW", 0.0)


@pytest.fixture
def load(digits):
    """Return what gives data sets by name."""
    return lambda name: replace(digits, name=name)
