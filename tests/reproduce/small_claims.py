"""A network so small that it trains in a moment, and what of results is the same on every machine."""

from __future__ import annotations

from dataclasses import replace

from lenet.network import Conv, Dense, Flatten, MaxPool, Network
from lenet.preparation import Preparation
from lenet.recipe import SGD, Constant, Recipe
from lenet.zoo import Entry

NETWORK = Network("small", (1, 8, 8), (Conv(3, kernel=3, activation="tanh"), MaxPool(), Flatten(), Dense(3)))
RECIPE = Recipe(
    data="small",
    preparation=Preparation(shape=(1, 8, 8)),
    optimiser=SGD(0.9),
    schedule=Constant(0.05),
    batch=10,
    passes=3,
    test_each_pass=True,
)


def entry(**changes) -> Entry:
    return Entry(NETWORK, replace(RECIPE, **changes), "a test")


def plain(results) -> list[dict]:
    """Return what doesn't differ from one machine and time to another."""
    return [{k: v for k, v in vars(r).items() if k not in ("seconds", "threads", "machine")} for r in results]
