"""Variants of ``tanh-same``, compared: what each pooling does, kernel sizes, map counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean

from ..network import (
    Activation,
    Conv,
    DeformablePool,
    Dense,
    L2Pool,
    Layer,
    LocalContrastNorm,
    LocalResponseNorm,
    MaxPool,
    MeanPool,
    Network,
    Pool,
    StochasticPool,
    Subsample,
)
from ..recipe import Recipe, Validation
from ..report.table import Table
from ..zoo import ZOO, Entry
from .claims import CLAIMS, TEST, VALIDATION, Claim
from .ideas import ideas
from .plan import Unit
from .results import Result
from .table import by_claim, count, spread, text, time

BASE, TANH = ZOO["tanh-same"], Activation.TANH


@dataclass(frozen=True)
class Study:
    """Variants by two properties.

    Attributes:
        name: what it is asked for by.
        title: in words.
        heads: what the two properties are called; the second may be empty.
        variants: by the two.
        measure: what is compared: the test error, or the validation error where something is to be chosen.
    """

    name: str
    title: str
    heads: tuple[str, str]
    variants: Mapping[tuple[str, str], Claim]
    measure: str = TEST

    def table(self, results: Mapping[Unit, Result]) -> Table:
        """Return a row for each variant that has results."""
        found = by_claim(results)
        rows, heads = [], tuple(filter(None, self.heads))
        for labels, claim in self.variants.items():
            if mine := found.get(claim):
                counts = count(mine[0].parameters), count(mine[0].multiply_adds)
                seconds = time(fmean(result.seconds for result in mine))
                rows.append(
                    (
                        *labels[: len(heads)],
                        text(self.measure, spread(mine, self.measure)),
                        f"{len(mine)}",
                        *counts,
                        seconds,
                    )
                )
        numbers = (self.measure, "runs", "parameters", "multiply-adds", "a run")
        return Table((*heads, *numbers), rows, words=heads, spare=("multiply-adds", "parameters"))


def _variant(name: str, *layers: Layer, padding: int = 2, minutes: float = 0.5) -> Claim:
    """Return a variant of ``tanh-same`` by its recipe, but for the padding of the digits; itself where it is that."""
    preparation = replace(BASE.recipe.preparation, padding=padding)
    network = Network(name, preparation.input, (*layers, Dense(84, activation=TANH), Dense(10)))
    if network.layers == BASE.network.layers:
        return CLAIMS["tanh-same"]
    work = Entry(network, replace(BASE.recipe, preparation=preparation), BASE.source)
    return Claim(name, work, "a variant of tanh-same", source=BASE.source, minutes=minutes)


# Overlapping windows of 3x3, 2 apart, make 13x13 of 28x28; with C3 padded by 1 all else is as ever: 11x11, 5x5, 1x1.
POOLS: dict[str, Pool] = {
    "mean": MeanPool(),
    "max": MaxPool(),
    "overlapping mean": MeanPool(3, stride=2),
    "overlapping max": MaxPool(3, stride=2),
    "L2": L2Pool(),
    "stochastic": StochasticPool(),
    "deformable": DeformablePool(),
    "trainable": Subsample(),
}
NORMS: dict[str, tuple[Layer, ...]] = {
    "none": (),
    "local response": (LocalResponseNorm(),),
    "local contrast": (LocalContrastNorm(),),
}


def _pooled(pool: str, norm: str) -> Claim:
    name = "-".join(("pooling", *pool.split(), *(() if norm == "none" else norm.split()[1:]))).lower()
    layer, padding = POOLS[pool], POOLS[pool].step < POOLS[pool].size
    first, second = Conv(6, activation=TANH), Conv(16, padding=int(padding), activation=TANH)
    return _variant(name, first, layer, *NORMS[norm], second, layer, Conv(120, activation=TANH))


def _kernels(first: int, second: int) -> Claim:
    """Return kernels of these sizes; the digits are padded so that C1 has 28x28, and C5 reads all that S4 has left."""
    rest = (14 - second + 1) // 2
    layers = Conv(6, first, activation=TANH), MeanPool(), Conv(16, second, activation=TANH), MeanPool()
    name = f"kernels-{first}-{second}"
    return _variant(name, *layers, Conv(120, rest, activation=TANH), padding=(first - 1) // 2)


def _maps(first: int, second: int) -> Claim:
    layers = Conv(first, activation=TANH), MeanPool(), Conv(second, activation=TANH), MeanPool()
    minutes = 0.1 * first
    return _variant(f"maps-{first}-{second}", *layers, Conv(120, activation=TANH), minutes=minutes)


def _recipe(place: int, idea: str, recipe: Recipe) -> Claim:
    """Return LeNet-5 by a recipe that is trained on the first 50,000 training digits, and judged on the others."""
    recipe = replace(recipe, validation=Validation(rows=(50_000, 60_000)))
    row = ZOO["lenet5"]
    work = Entry(row.network, recipe, row.source)
    return Claim(f"recipe-{place}", work, idea, source="lenet", minutes=0.03 * recipe.passes)


SIZES, MAPS = (3, 5, 7), ((3, 8), (6, 16), (12, 32), (20, 50))
STUDIES = {
    study.name: study
    for study in (
        Study(
            "pooling",
            "What each pooling does, and a normalisation after the first",
            ("pooling", "normalisation"),
            {(pool, norm): _pooled(pool, norm) for pool in POOLS for norm in NORMS},
        ),
        Study(
            "kernels",
            "Kernel sizes",
            ("C1", "C3"),
            {(f"{a}x{a} in C1", f"{b}x{b} in C3"): _kernels(a, b) for a in SIZES for b in SIZES},
        ),
        Study("maps", "Map counts", ("C1 and C3", ""), {(f"{a} and {b} maps", ""): _maps(a, b) for a, b in MAPS}),
        Study(
            "recipes",
            "LeNet-5's best recipe, idea by idea, on the last 10,000 training digits",
            ("idea", ""),
            {(idea, ""): _recipe(place, idea, recipe) for place, (idea, recipe) in enumerate(ideas())},
            VALIDATION,
        ),
    )
}
