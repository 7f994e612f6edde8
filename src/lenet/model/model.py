"""A trained network."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..engine.layout import Layout, Weights
from ..errors import LenetError
from ..files import write_atomically
from ..network import Network
from ..preparation import Preparation
from ..recipe import Loss, Recipe
from . import description, engines
from .file import pack, unpack
from .images import accept, accept_labels
from .metrics import BATCH, Metrics, answers, probabilities, tally

FORMAT = 1  # of the file; docs/models.md
_UINT8 = np.dtype(np.uint8)


class Model:
    """A network, its weights, and how its input is prepared. It doesn't change once it is made; threads may share it.

    Images are uint8 (0 paper, 255 ink) or floating-point in [0, 1] (0 paper, 1 ink): one image (28, 28), or a batch
    (N, 28, 28) or (N, 1, 28, 28), or a list of images. Where one image goes in, one answer comes out, without the
    first axis.

    Attributes:
        network: the network.
        preparation: how pixels become the network's input.
        weights: float32 arrays by full name, such as ``C3.weight``; read-only.
        flat: the same numbers end to end, as ``Layout`` lays them out; read-only.
        classes: the name of each class.
        recipe: how it was trained; None: not known.
        metrics: what was measured of it, such as ``{"test": {"error": 0.0095, ...}}``.
        data: name of the data set that it was trained on; empty: not known.
        checksum: SHA-256 of that data set; empty: not known.
        name: the network's name.
        seed: the recipe's seed; None where there is no recipe.
    """

    def __init__(
        self,
        network: Network,
        preparation: Preparation,
        weights: Mapping[str, NDArray[np.floating]] | NDArray[np.float32],
        *,
        classes: tuple[str, ...] | None = None,
        recipe: Recipe | None = None,
        metrics: Mapping[str, Any] | None = None,
        data: str = "",
        checksum: str = "",
        threads: int | None = None,
        engine: str = "native",
    ) -> None:
        """Check that the parts fit each other; nothing is computed yet.

        Args:
            network: the network.
            preparation: how pixels become its input.
            weights: arrays by full name, or all numbers end to end, float32 (``Layout.size``,); copied.
            classes: the name of each class; None: 0, 1, 2, ...
            recipe: how it was trained.
            metrics: what was measured of it; plain numbers, text, lists and dictionaries.
            data: name of the data set that it was trained on.
            checksum: that data set's SHA-256.
            threads: that read at once; None: one a core.
            engine: ``native``, ``reference`` or ``torch``, the last on a device of yours as ``torch:cpu``.

        Raises:
            LenetError: a part doesn't fit another, or a weight isn't finite.
        """
        if preparation.input != network.input:
            raise LenetError(f"the preparation gives {preparation.input}, but {network.name!r} reads {network.input}")
        layout = Layout(network)
        if isinstance(weights, np.ndarray):
            weights = layout.views(_whole(weights, layout))
        self.flat = layout.flatten(weights)
        self.flat.flags.writeable = False
        self.network, self.preparation, self.recipe = network, preparation, recipe
        self.classes = tuple(map(str, range(network.classes))) if classes is None else tuple(map(str, classes))
        if len(self.classes) != network.classes:
            raise LenetError(f"{network.name!r} has {network.classes} classes, but {len(self.classes)} names came")
        self.metrics, self.data, self.checksum = dict(metrics or {}), data, checksum
        self.threads, self.engine = threads, engine
        self._begin()

    def _begin(self) -> None:
        """Make what is not kept in files and copies."""
        self.flat.flags.writeable = False
        self._running: engines.Engine | None = None
        self._one = self.preparation.shape[1:] if self.preparation.shape[0] == 1 else self.preparation.shape
        self._smallest = self.network.smallest_wins

    @property
    def weights(self) -> Weights:
        """The weights, float32, by full name; read-only views of ``flat``."""
        return Layout(self.network).views(self.flat)

    @property
    def name(self) -> str:
        """The network's name."""
        return self.network.name

    @property
    def seed(self) -> int | None:
        """The recipe's seed; None where there is no recipe."""
        return None if self.recipe is None else self.recipe.seed

    @property
    def loss(self) -> Loss:
        """The loss that it was trained with; cross entropy where that isn't known."""
        return Loss() if self.recipe is None else self.recipe.loss

    @property
    def _engine(self) -> engines.Engine:
        # Two threads may both build one; either serves.
        if self._running is None:
            self._running = engines.build(self.engine, self.network, self.preparation, self.threads)
        return self._running

    def predict(self, images: ArrayLike) -> NDArray[np.int64] | int:
        """Return the class of each image, int64 (N,), or a plain ``int`` for one image.

        Raises:
            LenetError: ``images`` aren't what this network reads; see ``accept``.
        """
        if (
            type(images) is np.ndarray
            and images.dtype is _UINT8
            and images.shape == self._one
            and images.flags.c_contiguous
        ):
            # one digit as a picture gives it: with no time to lose
            row = (self._running or self._engine).scores(self.flat, images[None])
            return int(row.argmin() if self._smallest else row.argmax())
        array, single = accept(images, self.preparation.shape)
        labels = answers(self._engine.scores(self.flat, array), self._smallest)
        return int(labels[0]) if single else labels

    def scores(self, images: ArrayLike) -> NDArray[np.float32]:
        """Return the outputs of the last layer, float32 (N, classes), or (classes,) for one image.

        The largest wins, or the smallest where ``network.smallest_wins`` (an RBF output, a distance).
        """
        array, single = accept(images, self.preparation.shape)
        scores = self._engine.scores(self.flat, array).astype(np.float32, copy=False)
        return scores[0] if single else scores

    def probabilities(self, images: ArrayLike) -> NDArray[np.float32]:
        """Return the probability of each class, float32 (N, classes), or (classes,) for one image.

        softmax(y); softmax(-y) for an RBF output. One that was trained by the discriminative loss gives
        exp(-y_i) / (exp(-j) + sum exp(-y)): its rows add up to less than 1, and the rest is the probability that
        the image is none of the classes (the rubbish class of the paper's section III.C).
        """
        array, single = accept(images, self.preparation.shape)
        shares = probabilities(self._engine.scores(self.flat, array), self.loss, self._smallest)
        return shares[0] if single else shares

    def features(self, images: ArrayLike) -> dict[str, NDArray[np.float32]]:
        """Return what each layer gives, by its name; first ``input``, the prepared image.

        Each is float32 (N, maps, rows, columns), or (maps, rows, columns) for one image.
        """
        array, single = accept(images, self.preparation.shape)
        maps = self._engine.features(self.flat, array)
        return {name: (m[0] if single else m).astype(np.float32, copy=False) for name, m in maps.items()}

    def evaluate(self, images: ArrayLike, labels: ArrayLike) -> Metrics:
        """Return error, accuracy, loss and confusion on images with labels (N,) of whole numbers.

        Raises:
            LenetError: images or labels don't fit the network or each other, or there are none.
        """
        array, single = accept(images, self.preparation.shape)
        truth = accept_labels(np.atleast_1d(np.asarray(labels)) if single else labels, len(array), len(self.classes))

        def batches() -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
            for start in range(0, len(array), BATCH):
                part = slice(start, start + BATCH)
                yield self._engine.scores(self.flat, array[part]), truth[part]

        return tally(batches(), len(self.classes), self.loss, self._smallest)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to a safetensors file: in full or, where that fails, not at all.

        Raises:
            LenetError: the file can't be written.
        """
        about = {"kind": "model", "format": FORMAT, **description.of(self), **description.history(self)}
        with description.packing("a model"):
            data = pack(self.weights, about)
        write_atomically(path, data)

    def card(self, licence: str | None = None) -> str:
        """Return a README.md to go with the model's file, from what the model itself tells.

        Args:
            licence: of the weights, such as ``mit``, for the card's head; None: not told.
        """
        from .card import card

        return card(self, licence=licence)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, threads: int | None = None, engine: str = "native") -> Model:
        """Return the model in a file that ``save`` wrote, or in the folder of a run.

        Raises:
            LenetError: there is no such file, or it is damaged or no model; the text names it.
        """
        path = description.file_of(path)
        return cls.unpacked(path, *unpack(path, {"model": FORMAT}), threads=threads, engine=engine)

    @classmethod
    def unpacked(
        cls, path: Path, arrays: Weights, about: Mapping[str, Any], *, threads: int | None, engine: str
    ) -> Model:
        """Return the model of what ``unpack`` gave of the file ``path``.

        Raises:
            LenetError: the parts are damaged or don't fit each other.
        """
        with description.understanding(path):
            parts = {**description.shared(about), **description.own(about)}
            return cls(weights=arrays, threads=threads, engine=engine, **parts)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle keeps: everything but the engine, which is made anew."""
        return {name: value for name, value in vars(self).items() if name != "_running"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what ``__getstate__`` gave."""
        vars(self).update(state)
        self._begin()

    def __repr__(self) -> str:
        """Return name, size and test error."""
        test = self.metrics.get("test")
        error = f", test error {100 * test['error']:.2f}%" if isinstance(test, dict) and "error" in test else ""
        return f"Model({self.name!r}, {self.network.parameters:,} parameters{error})"

    def _repr_html_(self) -> str:
        from .html import model

        return model(self)


def _whole(flat: NDArray[np.float32], layout: Layout) -> NDArray[np.float32]:
    if flat.shape != (layout.size,):
        raise LenetError(f"the weights of {layout.network.name!r} are {layout.size} numbers, but {flat.shape} came")
    return flat
