"""What was claimed of each network and method: one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import unknown
from ..network import RBF
from ..zoo import PAPER_DISTORTION, PAPER_SOURCE, ZOO, Entry

TEST, LOSS, TRAINING, VALIDATION, REJECTED, COST = (
    "test error", "test loss", "training error", "validation error", "rejected", "cost",
)  # fmt: skip
MEASURES = (TEST, LOSS, TRAINING, VALIDATION, REJECTED, COST)


@dataclass(frozen=True)
class Baseline:
    """A method from scikit-learn.

    Attributes:
        method: a name in ``baselines.METHODS``.
        settings: its arguments.
        drawn: whether it draws anything at random, so that seeds differ.
        data: name of the data set.
    """

    method: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    drawn: bool = False
    data: str = "mnist"


@dataclass(frozen=True, eq=False)
class Claim:
    """What was claimed, and what has to be run to check it.

    Attributes:
        name: what it is asked for by.
        work: the network with the recipe that is followed, or a method of scikit-learn.
        what: in words.
        claimed: share by measure, such as ``{"test error": 0.0095}``; empty: nothing was claimed. ``rejected`` is the
            share of test digits to reject for 0.5% error on the rest, ``cost`` how many networks are asked about one.
        source: where.
        figures: of the paper that show it.
        boosted: whether three networks are trained by boosting, to answer together.
        minutes: that a run takes on one core, about; only the order of runs depends on it.
    """

    name: str
    work: Entry | Baseline
    what: str
    claimed: Mapping[str, float] = field(default_factory=dict)
    source: str = PAPER_SOURCE
    figures: tuple[int, ...] = ()
    minutes: float = 1.0
    boosted: bool = False

    @property
    def data(self) -> str:
        """Name of the data set."""
        return self.work.data if isinstance(self.work, Baseline) else self.work.recipe.data

    @property
    def drawn(self) -> bool:
        """Whether seeds differ."""
        return self.work.drawn if isinstance(self.work, Baseline) else True


def _zoo(name: str, recipe: str = "published", **changes: Any) -> Entry | None:
    """Return a network of the zoo with one of its recipes, changed; None where it has none of that name."""
    row = ZOO[name]
    found = row.recipes().get(recipe)
    return None if found is None else Entry(row.network, replace(found, **changes), row.source)


def _learned(row: Entry | None) -> Entry | None:
    """Return the row with codes that are trained (section III.C)."""
    assert row is not None
    *layers, codes = row.network.layers
    assert isinstance(codes, RBF)
    return replace(row, network=replace(row.network, layers=(*layers, replace(codes, learned=True))))


PAPER5 = _zoo("lenet5", training_each_pass=True)

# fmt: off
_TABLE: tuple[tuple[Any, ...], ...] = (
    ("lenet5", PAPER5, "LeNet-5 as the paper trains it",
     {TEST: 0.0095, TRAINING: 0.0035}, PAPER_SOURCE, (5, 6, 8, 9), 3.0),
    ("lenet5-distorted", _zoo("lenet5", "distorted", training_each_pass=True),
     "the same with 540,000 distorted digits besides", {TEST: 0.008}, PAPER_SOURCE, (6, 9), 4.0),
    ("lenet5-15000", _zoo("lenet5", size=15_000, training_each_pass=True),
     "LeNet-5 on the first 15,000 training digits", {}, PAPER_SOURCE, (6,), 0.8),
    ("lenet5-30000", _zoo("lenet5", size=30_000, training_each_pass=True),
     "LeNet-5 on the first 30,000 training digits", {}, PAPER_SOURCE, (6,), 1.5),
    ("lenet5-learned-codes", _learned(_zoo("lenet5")), "LeNet-5 whose output codes are trained too",
     {}, PAPER_SOURCE, (), 3.0),
    ("lenet5-quick", _zoo("lenet5", "default"), "LeNet-5 by our own quick recipe",
     {}, "lenet", (9,), 0.1),
    ("lenet5-best", _zoo("lenet5", "best"), "LeNet-5 by the best recipe found",
     {}, "lenet", (9,), 10.0),
    ("reader", _zoo("reader"), "LeNet-5's layers that read pictures of writing, on candidates cut out of it",
     {}, "lenet", (), 12.0),
    ("reader-sliding", _zoo("reader-sliding"), "LeNet-5's layers, to be slid along a line, on windows of lines",
     {}, "lenet", (), 12.0),
    ("lenet4", _zoo("lenet4"), "LeNet-4",
     {TEST: 0.011, REJECTED: 0.018}, PAPER_SOURCE, (9,), 2.0),
    ("lenet4-boosted", _zoo("lenet4", distortion=PAPER_DISTORTION), "three LeNet-4 by boosting, with distortions",
     {TEST: 0.007, REJECTED: 0.005, COST: 1.75}, PAPER_SOURCE, (9,), 8.0, True),
    ("lenet1", _zoo("lenet1"), "LeNet-1",
     {TEST: 0.017, REJECTED: 0.037}, PAPER_SOURCE, (9,), 1.0),
    ("relu-valid", _zoo("relu-valid"), "28x28, ReLU, mean pools", {}, ZOO["relu-valid"].source, (), 0.3),
    ("sigmoid-max", _zoo("sigmoid-max"), "sigmoids, max pools", {}, ZOO["sigmoid-max"].source, (), 0.5),
    ("d2l", _zoo("d2l"), "sigmoids, mean pools, Fashion-MNIST", {}, ZOO["d2l"].source, (), 0.5),
    ("relu-3x3", _zoo("relu-3x3"), "3x3 kernels, ReLU, max pools",
     {TEST: 0.023, TRAINING: 0.019}, ZOO["relu-3x3"].source, (), 0.6),
    ("tanh-same", _zoo("tanh-same"), "tanh, mean pools",
     {TEST: 0.0141, LOSS: 0.0459}, ZOO["tanh-same"].source, (), 0.3),
    ("caffe", _zoo("caffe"), "20 and 50 maps, ReLU, max pools", {TEST: 0.01}, ZOO["caffe"].source, (), 1.0),
    ("tanh-20-50", _zoo("tanh-20-50"), "20 and 50 maps, tanh, early stopping",
     {TEST: 0.0092, VALIDATION: 0.0091}, ZOO["tanh-20-50"].source, (), 25.0),
    ("linear", Baseline("linear"), "a weighted sum of the pixels for each class, by least squares",
     {TEST: 0.12}, PAPER_SOURCE, (9,), 0.2),
    ("nearest", Baseline("nearest", {"neighbours": 3}), "k nearest neighbours, Euclidean, k = 3",
     {TEST: 0.05}, PAPER_SOURCE, (9,), 0.5),
    ("rbf-1000", Baseline("rbf", {"centres": 1000}, drawn=True), "1000 Gaussians, then a linear classifier",
     {TEST: 0.036}, PAPER_SOURCE, (9,), 1.0),
    ("two-layers", Baseline("layers", {"units": (300, 100), "passes": 20}, drawn=True), "784-300-100-10 units",
     {TEST: 0.0305}, PAPER_SOURCE, (9,), 3.0),
    ("svm", Baseline("svm", {"degree": 4}), "support vectors, polynomials of degree 4",
     {TEST: 0.011, REJECTED: 0.018}, PAPER_SOURCE, (9,), 5.0),
)
# fmt: on

CLAIMS: dict[str, Claim] = {row[0]: Claim(*row) for row in _TABLE if row[1] is not None}


def find(name: str) -> Claim:
    """Return the claim of that name; raise ``LenetError`` with those there are."""
    if name not in CLAIMS:
        raise unknown("claim", name, CLAIMS, f"(claims: {', '.join(CLAIMS)})")
    return CLAIMS[name]


def of_figure(number: int, *, everything: bool) -> Iterator[Claim]:
    """Yield the claims that a figure shows; the methods beside the LeNets only with ``everything``."""
    for claim in CLAIMS.values():
        if number in claim.figures and (everything or not isinstance(claim.work, Baseline)):
            yield claim
