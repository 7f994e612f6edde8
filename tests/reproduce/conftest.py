"""Claims of a moment, on glyphs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_claims import entry

from lenet.data import glyphs
from lenet.data.dataset import Dataset
from lenet.reproduce.claims import Baseline, Claim
from lenet.training import loop


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """90 training and 40 test glyphs of three classes, 8x8."""
    images, labels = glyphs(130, 5, "017", 8)
    return Dataset("small", ("0", "1", "7"), images[:90], labels[:90], images[90:], labels[90:])


@pytest.fixture
def claims() -> dict[str, Claim]:
    """Two networks and a method; one network takes a pattern an update."""
    table = (
        Claim(
            "batches", entry(), "batches of 10", {"test error": 0.25, "training error": 0.1}, figures=(9,), minutes=2
        ),
        Claim("single", entry(batch=1, training_each_pass=True), "a pattern an update", figures=(5, 8, 9), minutes=1),
        Claim("line", Baseline("linear", data="small"), "least squares", {"test error": 0.1}, figures=(9,), minutes=3),
    )
    return {claim.name: claim for claim in table}


@pytest.fixture
def often(monkeypatch):
    """Chunks of one update, and an observer that is told of each."""
    monkeypatch.setattr(loop, "GRAIN", 1.0)
    monkeypatch.setattr(loop, "SHOW", 0.0)


@pytest.fixture
def load(digits):
    """Return what gives data sets by name."""
    return lambda name: replace(digits, name=name)
