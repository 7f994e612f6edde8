"""Claims of networks so small that they train in a moment, and what of results is the same on every machine."""

from __future__ import annotations

from dataclasses import replace

from lenet.data import glyphs
from lenet.data.dataset import Dataset
from lenet.network import Conv, Dense, Flatten, MaxPool, Network
from lenet.preparation import Preparation
from lenet.recipe import SGD, Constant, Recipe
from lenet.reproduce.claims import Baseline, Claim
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


def small_digits() -> Dataset:
    """Return 90 training and 40 test glyphs of three classes, 8x8."""
    images, labels = glyphs(130, 5, "017", 8)
    return Dataset("small", ("0", "1", "7"), images[:90], labels[:90], images[90:], labels[90:])


def networks(**changes) -> dict[str, Claim]:
    """Return two claims of networks; one takes a pattern an update."""
    table = (
        Claim(
            "batches",
            entry(**changes),
            "batches of 10",
            {"test error": 0.25, "training error": 0.1},
            figures=(9,),
            minutes=2,
        ),
        Claim(
            "single",
            entry(batch=1, training_each_pass=True, **changes),
            "a pattern an update",
            figures=(5, 8, 9),
            minutes=1,
        ),
    )
    return {claim.name: claim for claim in table}


def method() -> dict[str, Claim]:
    """Return the claim of a method that is no network."""
    work = Baseline("linear", data="small")
    return {"line": Claim("line", work, "least squares", {"test error": 0.1}, figures=(9,), minutes=3)}


def plain(results) -> list[dict]:
    """Return what doesn't differ from one machine and time to another."""
    return [{k: v for k, v in vars(r).items() if k not in ("seconds", "threads", "machine")} for r in results]
