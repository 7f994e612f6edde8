"""Several trained networks that answer together."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..engine.layout import Weights
from ..errors import LenetError
from ..files import write_atomically
from . import description, engines
from .file import pack, unpack
from .images import Images, accept, accept_labels
from .metrics import BATCH, Metrics, answers, gaps, probabilities, tally
from .model import Model

FORMAT = 1  # of the file; docs/models.md
HALF = float(np.finfo(np.float16).max)


class Asked(NamedTuple):
    """What the members answered.

    Attributes:
        first: the first member's scores, float32 (N, classes).
        unsure: the rows (n,) that the others were asked about.
        others: each other's scores of those rows, float32 (n, classes); empty where there are no such rows.
    """

    first: NDArray[np.float32]
    unsure: NDArray[np.int64]
    others: list[NDArray[np.float32]]


class Ensemble:
    """Models of one network whose outputs are added (section III.C). It doesn't change; threads may share it.

    It reads what its members read, and answers as a ``Model`` does. With ``sure``, the committee rule of the paper's
    boosted LeNet-4: all images are read by the first member, and where that is sure, by it alone.

    Attributes:
        members: the models, in the order in which they are asked.
        sure: gap between the first member's two best scores from which on the others are skipped; None: never.
        half: whether the weights are rounded to float16, as the file then holds them.
        metrics: what was measured of it.
        network, preparation, classes, recipe, data, checksum, threads, engine: the first member's.
    """

    def __init__(
        self,
        members: Sequence[Model],
        *,
        sure: float | None = None,
        half: bool = False,
        metrics: Mapping[str, Any] | None = None,
    ) -> None:
        """Check that the members fit each other.

        Args:
            members: one or more models of the same network, preparation and classes.
            sure: gap from which on the first member answers alone, 0 or more; None: all members are always asked.
            half: round the weights to float16: a file of half the size. What was measured of a member before is
                left out then.
            metrics: what was measured of the ensemble; plain numbers, text, lists and dictionaries.

        Raises:
            LenetError: there is no member, they don't fit each other, or a weight is too large for float16.
        """
        if not members:
            raise LenetError("an ensemble needs one or more members, but has none")
        first = members[0]
        for number, member in enumerate(members, 1):
            for name in ("network", "preparation", "classes"):
                if getattr(member, name) != getattr(first, name):
                    raise LenetError(
                        f"the members of an ensemble must have the same {name}; number {number} differs from the first"
                    )
        if sure is not None and not (isfinite(sure) and sure >= 0):
            raise LenetError(f"sure must be a gap between scores, a number of 0 or more, or None, but is {sure!r}")
        self.members = tuple(map(_halved, members)) if half else tuple(members)
        self.sure, self.half, self.metrics = None if sure is None else float(sure), half, dict(metrics or {})
        self.network, self.preparation, self.classes = first.network, first.preparation, first.classes
        self.recipe, self.data, self.checksum = first.recipe, first.data, first.checksum
        self.threads, self.engine = first.threads, first.engine
        self._running: engines.Engine | None = None

    @property
    def name(self) -> str:
        """How many of which network."""
        return f"{len(self.members)} x {self.network.name}"

    @property
    def _engine(self) -> engines.Engine:
        # One for all members; two threads may both build it, and either serves.
        if self._running is None:
            self._running = engines.build(self.engine, self.network, self.preparation, self.threads)
        return self._running

    def predict(self, images: ArrayLike) -> NDArray[np.int64] | int:
        """Return the class of each image, int64 (N,), or a plain ``int`` for one image.

        Raises:
            LenetError: ``images`` aren't what this network reads; see ``accept``.
        """
        array, single = accept(images, self.preparation.shape)
        asked = self._ask(array)
        labels = answers(self._sum(asked) if len(asked.unsure) else asked.first, self.network.smallest_wins)
        return int(labels[0]) if single else labels

    def scores(self, images: ArrayLike) -> NDArray[np.float32]:
        """Return the sum of the members' scores, float32 (N, classes), or (classes,) for one image.

        The largest wins, or the smallest where ``network.smallest_wins``. Where the first member was sure, its scores
        times the number of members stand for the sum, so that all rows are of one scale.
        """
        array, single = accept(images, self.preparation.shape)
        scores = self._sum(self._ask(array)).astype(np.float32)
        return scores[0] if single else scores

    def probabilities(self, images: ArrayLike) -> NDArray[np.float32]:
        """Return the probability of each class, float32 (N, classes), or (classes,) for one image.

        The mean of what the members that were asked give, each as ``Model.probabilities``.
        """
        array, single = accept(images, self.preparation.shape)
        asked, smallest = self._ask(array), self.network.smallest_wins
        shares = probabilities(asked.first, self.members[0].loss, smallest)
        for member, scores in zip(self.members[1:], asked.others, strict=False):
            shares[asked.unsure] += probabilities(scores, member.loss, smallest)
        shares[asked.unsure] /= len(self.members)
        return shares[0] if single else shares

    def cost(self, images: ArrayLike) -> float:
        """Return how many members are asked about an image, on average: 1 to as many as there are.

        Raises:
            LenetError: there are no images, or they aren't what this network reads.
        """
        array, _ = accept(images, self.preparation.shape)
        if not len(array):
            raise LenetError("there are no images to count the members for")
        asked = sum(len(self._unsure(self._first(array[part]))) for part in _parts(len(array)))
        return 1 + asked / len(array) * (len(self.members) - 1)

    def evaluate(self, images: ArrayLike, labels: ArrayLike) -> Metrics:
        """Return error, accuracy, loss and confusion on images with labels (N,) of whole numbers.

        The loss is that of the mean of the scores, by the first member's loss.

        Raises:
            LenetError: images or labels don't fit the network or each other, or there are none.
        """
        array, single = accept(images, self.preparation.shape)
        truth = accept_labels(np.atleast_1d(np.asarray(labels)) if single else labels, len(array), len(self.classes))

        def batches() -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
            for part in _parts(len(array)):
                yield self._sum(self._ask(array[part])) / len(self.members), truth[part]

        return tally(batches(), len(self.classes), self.members[0].loss, self.network.smallest_wins)

    def _first(self, images: Images) -> NDArray[np.float32]:
        return self._engine.scores(self.members[0].flat, images).astype(np.float32, copy=False)

    def _unsure(self, first: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the rows about which the other members are asked."""
        if self.sure is None:
            return np.arange(len(first))
        return np.flatnonzero(gaps(first, self.network.smallest_wins) < self.sure)

    def _ask(self, images: Images) -> Asked:
        """Let the first member read all images, and the others those that it isn't sure of."""
        first = self._first(images)
        unsure = self._unsure(first)
        if not len(unsure):
            return Asked(first, unsure, [])
        rest = images if len(unsure) == len(images) else images[unsure]
        others = [self._engine.scores(member.flat, rest) for member in self.members[1:]]
        return Asked(first, unsure, others)

    def _sum(self, asked: Asked) -> NDArray[np.float64]:
        """Return the sum of the members' scores, (N, classes)."""
        first = asked.first.astype(np.float64)
        total = first * len(self.members)
        total[asked.unsure] = sum(asked.others, first[asked.unsure])
        return total

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the ensemble to one safetensors file: in full or, where that fails, not at all.

        Raises:
            LenetError: the file can't be written.
        """
        about = {
            "kind": "ensemble",
            "format": FORMAT,
            **description.of(self),
            "sure": self.sure,
            "metrics": self.metrics,
            "members": [description.history(member) for member in self.members],
        }
        kind = np.float16 if self.half else np.float32
        weights = [member.weights for member in self.members]
        arrays = {name: np.stack([each[name] for each in weights]).astype(kind) for name in weights[0]}
        with description.packing("an ensemble"):
            data = pack(arrays, about)
        write_atomically(path, data)

    def card(self, licence: str | None = None) -> str:
        """Return a README.md to go with the ensemble's file, as ``Model.card``."""
        from .card import card

        return card(self, licence=licence)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, threads: int | None = None, engine: str = "native") -> Ensemble:
        """Return the ensemble in a file that ``save`` wrote, or in the folder of a run.

        Raises:
            LenetError: there is no such file, or it is damaged or no ensemble; the text names it.
        """
        path = description.file_of(path)
        return cls.unpacked(path, *unpack(path, {"ensemble": FORMAT}), threads=threads, engine=engine)

    @classmethod
    def unpacked(
        cls, path: Path, arrays: Weights, about: Mapping[str, Any], *, threads: int | None, engine: str
    ) -> Ensemble:
        """Return the ensemble of what ``unpack`` gave of the file ``path``.

        Raises:
            LenetError: the parts are damaged or don't fit each other.
        """
        with description.understanding(path):
            shared, members = description.shared(about), about["members"]
            if any(array.shape[:1] != (len(members),) for array in arrays.values()):
                raise LenetError(f"there are {len(members)} members, but not as many in each array")
            models = [
                Model(
                    weights={name: array[number] for name, array in arrays.items()},
                    threads=threads,
                    engine=engine,
                    **shared,
                    **description.own(member),
                )
                for number, member in enumerate(members)
            ]
            half = any(array.dtype == np.float16 for array in arrays.values())
            return cls(models, sure=about["sure"], half=half, metrics=description.measured(about))

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle keeps: everything but the engine, which is made anew."""
        return {**vars(self), "_running": None}

    def __repr__(self) -> str:
        """Return name and test error."""
        test = self.metrics.get("test")
        error = f", test error {100 * test['error']:.2f}%" if isinstance(test, dict) and "error" in test else ""
        return f"Ensemble({self.name!r}{error})"

    def _repr_html_(self) -> str:
        from .html import ensemble

        return ensemble(self)


def _parts(count: int) -> Iterator[slice]:
    return (slice(start, start + BATCH) for start in range(0, count, BATCH))


def _halved(model: Model) -> Model:
    """Return a model whose weights float16 holds, the same one where they are so already."""
    if np.abs(model.flat).max(initial=0.0) > HALF:
        raise LenetError(f"a weight of {model.name!r} is larger than {HALF:g}, float16's largest; leave out half=True")
    rounded = model.flat.astype(np.float16).astype(np.float32)
    if (rounded == model.flat).all():
        return model
    return Model(
        model.network,
        model.preparation,
        rounded,
        classes=model.classes,
        recipe=model.recipe,
        data=model.data,
        checksum=model.checksum,
        threads=model.threads,
        engine=model.engine,
    )
