"""Boosting: three nets, the later ones trained on what the earlier find hard (section III.C, boosted LeNet-4).

Drucker, Schapire and Simard (1993). Net 1 trains as the recipe says. Net 2 trains on fresh patterns of which net 1
reads half wrong, net 3 on fresh patterns on which nets 1 and 2 disagree. Their outputs are added.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .. import written
from ..data.dataset import Dataset
from ..errors import LenetError
from ..files import read_whole, write_atomically
from ..model import Ensemble, Model, choose_sure, engines
from ..network.layer import whole
from ..recipe import Recipe
from ..zoo import PAPER_DISTORTION, Entry
from . import folder as folders
from .candidates import Candidates, half_and_half
from .history import Row
from .interrupts import Interrupted, Interrupts
from .observer import Observer
from .run import Run, train_on
from .selection import Selection
from .settings import Data, What, dataset_of, settle

FILE = "boosting.json"
COPIES = 49
SEEDS = 1_000_000  # between the nets' seeds, so that one's distortions are no other's


@dataclass(frozen=True)
class Boosted:
    """What boosting gave.

    Attributes:
        model: the committee; where net 1 is sure, the others are skipped.
        runs: of nets 1, 2 and 3.
        folder: where the files are; None: there are none.
        metrics: what ``metrics.json`` holds; docs/training.md lists it.
    """

    model: Ensemble
    runs: tuple[Run, ...]
    folder: Path | None
    metrics: dict[str, Any]

    @property
    def history(self) -> tuple[Row, ...]:
        """The rows of all three runs, one after the other."""
        return tuple(row for run in self.runs for row in run.history)


def boost(
    what: What | None = None,
    data: Data | None = None,
    *,
    recipe: Recipe | str | None = None,
    seed: int | None = None,
    passes: int | None = None,
    batch: int | None = None,
    rate: float | None = None,
    copies: int | None = None,
    folder: str | os.PathLike[str] | Literal[False] | None = None,
    resume: str | os.PathLike[str] | None = None,
    threads: int | None = None,
    observer: Observer | None = None,
    engine: str = "native",
) -> Boosted:
    """Train three nets that answer together, and keep the runs in a folder.

    Each net makes as many updates as the recipe says; the patterns of nets 2 and 3 come again and again. They are
    chosen among distorted copies that none of the nets has seen. The gap from which on net 1 answers alone is the
    smallest that costs no accuracy on the rows that the recipe holds out or, where it holds out none, on a
    distorted copy of each training digit that no net has seen. The test set chooses nothing.

    Where the recipe has no distortion, it gets ``PAPER_DISTORTION``.

    Args:
        what: as in ``train``; None: ``lenet4``.
        data: as in ``train``.
        recipe: as in ``train``.
        seed: of net 1; those of the others follow from it.
        passes: as in ``train``.
        batch: as in ``train``.
        rate: as in ``train``.
        copies: of each training digit, among which the patterns of net 2 are chosen, and others for net 3. None: 49.
        folder: where to write; it holds no run yet. None: ``runs/NAME-boosted-001``, or the next number that is
            free. False: nothing is written.
        resume: the folder to go on in, to the same bits; it keeps its settings.
        threads: None: one a core.
        observer: is told how the three runs go.
        engine: ``native`` or ``reference``.

    Raises:
        Interrupted: Ctrl-C came; it can be resumed.
        LenetError: as in ``train``; or there are no patterns that a net finds hard.
    """
    changes = {"seed": seed, "passes": passes, "batch": batch, "rate": rate}
    watch = observer or Observer()
    if resume is not None:
        given = {"what": what, "recipe": recipe, "folder": folder, "copies": copies, **changes}
        if refused := [name for name, value in given.items() if value is not None]:
            raise LenetError(f"boosting that is resumed keeps its settings; leave out {', '.join(refused)}")
        return _resumed(Path(resume), data, threads, watch)
    row, dataset = settle("lenet4" if what is None else what, data, recipe, changes)
    row = replace(row, recipe=replace(row.recipe, distortion=row.recipe.distortion or PAPER_DISTORTION))
    boosting = _Boosting(row, dataset, COPIES if copies is None else copies, engine, threads=threads, observer=watch)
    if folder is False:
        return boosting.run(None)
    return boosting.run(folders.make(None if folder is None else Path(folder), f"{row.network.name}-boosted"))


def is_boosting(folder: str | os.PathLike[str]) -> bool:
    """Whether a folder is one that ``boost`` writes to."""
    return (Path(folder) / FILE).is_file()


def _resumed(folder: Path, data: Data | None, threads: int | None, observer: Observer) -> Boosted:
    row, _ = folders.settings(folder)
    try:
        about = json.loads(read_whole(folder / FILE))
        copies, engine, checksum = int(about["copies"]), str(about["engine"]), about["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise LenetError(f"{folder / FILE} is damaged: {error!r}; start anew") from None
    dataset = dataset_of(row.recipe.data if data is None else data)
    if dataset.checksum != checksum:
        raise LenetError(f"the boosting in {folder} began on other data than {dataset.name!r} is now; start anew")
    return _Boosting(row, dataset, copies, engine, threads=threads, observer=observer).run(folder)


class _Boosting:
    """The three runs, the choices between them, and what comes of them."""

    def __init__(
        self, row: Entry, data: Dataset, copies: int, engine: str, *, threads: int | None, observer: Observer
    ) -> None:
        """Check what can be refused before a folder is made."""
        self.row, self.network, self.data, self.copies = row, row.network, data, copies
        self.name, self.threads, self.observer = engine, threads, observer
        self.selection = Selection.of(data, row.recipe)
        self.engine = engines.build(engine, row.network, row.recipe.preparation, threads)
        whole("the copies for boosting", copies, 1)
        self._recipe(2, copies)  # refuses too many

    def run(self, folder: Path | None) -> Boosted:
        """Train the nets, and choose where net 1 answers alone."""
        self.folder = folder
        self._begin()
        runs: list[Run] = []
        try:
            for number, choose in ((1, None), (2, self._hard), (3, self._disputed)):
                runs.append(self._train(number, runs, choose))
            sure = choose_sure(*self._for_the_threshold([run.model for run in runs]), self.network.smallest_wins)
        except Interrupted:
            raise Interrupted(folder) from None
        return self._finish(runs, sure)

    def _begin(self) -> None:
        """Write what it takes to go on; the settings come last, as in a run's folder."""
        if self.folder is not None and not (self.folder / folders.SETTINGS).exists():
            about = {"copies": self.copies, "engine": self.name, "data": self.data.checksum}
            write_atomically(self.folder / FILE, (json.dumps(about) + "\n").encode())
            write_atomically(self.folder / folders.SETTINGS, written.write(self.row).encode())

    def _recipe(self, number: int, copies: int) -> Recipe:
        """Return the recipe of net ``number``, or of patterns that only it sees."""
        recipe = self.row.recipe
        assert recipe.distortion is not None
        distortion = replace(recipe.distortion, copies=copies, share=1.0)
        return replace(recipe, seed=recipe.seed + (number - 1) * SEEDS, distortion=distortion)

    def _train(self, number: int, before: list[Run], choose: Any) -> Run:
        folder = None if self.folder is None else self.folder / f"net-{number}"
        row, selection, part = self.row, self.selection, f"net {number} of 3"
        if choose is not None:
            row = replace(row, recipe=self._recipe(number, self.copies))
            if folder is None or not (folder / folders.SETTINGS).exists():
                patterns = choose(row.recipe, [run.model.flat for run in before])
                selection = replace(selection, patterns=patterns)
        return train_on(
            selection,
            row,
            self.data,
            folder,
            threads=self.threads,
            observer=self.observer,
            engine=self.name,
            part=part,
        )

    def _hard(self, recipe: Recipe, nets: list[NDArray[np.float32]]) -> NDArray[np.int64]:
        """Return the patterns of net 2: net 1 reads half of them wrong."""
        candidates, (first,) = self._answers(recipe, nets, "net 2")
        wrong = first != candidates.labels()
        if wrong.all() or not wrong.any():
            which, remedy = ("all", "train it longer") if wrong.any() else ("none", "distort more, or more copies")
            raise LenetError(
                f"net 1 reads {which} of {len(wrong):,} distorted digits wrong, so that net 2 has nothing to learn "
                f"from; {remedy}"
            )
        return half_and_half(candidates.patterns, wrong, recipe.seed)

    def _disputed(self, recipe: Recipe, nets: list[NDArray[np.float32]]) -> NDArray[np.int64]:
        """Return the patterns of net 3: nets 1 and 2 disagree on them."""
        candidates, (first, second) = self._answers(recipe, nets, "net 3")
        if (first == second).all():
            raise LenetError(
                f"nets 1 and 2 agree on all of {len(first):,} distorted digits, so that net 3 has nothing to learn "
                "from; distort more, or more copies"
            )
        disputed: NDArray[np.int64] = candidates.patterns[first != second]
        return disputed

    def _answers(
        self, recipe: Recipe, nets: list[NDArray[np.float32]], what: str
    ) -> tuple[Candidates, NDArray[np.int64]]:
        with Interrupts() as heard:
            candidates = self._candidates(recipe, f"choosing patterns for {what}", heard)
            return candidates, candidates.answers(nets, self.network.smallest_wins)

    def _candidates(self, recipe: Recipe, what: str, heard: Interrupts) -> Candidates:
        def watch(share: float) -> None:
            try:
                self.observer.on_choice(what, share)
            except KeyboardInterrupt:
                heard.asked = True
            if heard.asked:
                raise Interrupted(self.folder)

        return Candidates(self.engine, self.data, self.selection.rows, recipe, watch)

    def _for_the_threshold(self, models: list[Model]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return each net's scores (3, N, classes) and labels (N,) of digits that no net was trained on."""
        validation, watched = self.row.recipe.validation, self.selection.watched
        if validation is not None and validation.held_out:
            images = self.data.train_images[watched]
            scores = np.stack([np.asarray(model.scores(images)) for model in models])
            return scores, self.data.train_labels[watched].astype(np.int64)
        with Interrupts() as heard:
            fresh = self._candidates(self._recipe(4, 1), "choosing where net 1 answers alone", heard)
            return fresh.scores([model.flat for model in models]), fresh.labels()

    def _finish(self, runs: list[Run], sure: float | None) -> Boosted:
        """Measure, and write the committee; the metrics come last."""
        models, metrics = [run.model for run in runs], self._metrics([run.model for run in runs], sure)
        kept: dict[str, Any] = {name: metrics[name] for name in ("test", "validation", "cost") if name in metrics}
        model = Ensemble(models, sure=sure, metrics=kept)
        seconds = {name: round(sum(run.metrics["seconds"][name] for run in runs), 3) for name in ("training", "total")}
        updates = sum(run.metrics["updates"] for run in runs)
        metrics |= {
            "sure": sure,
            "passes": sum(run.metrics["passes"] for run in runs),
            "updates": updates,
            "seconds": seconds,
            "digits_per_second": round(updates * self.row.recipe.batch / max(seconds["training"], 1e-9), 1),
            "machine": runs[0].metrics["machine"],
        }
        if self.folder is not None:
            model.save(self.folder / folders.MODEL)
            write_atomically(self.folder / folders.METRICS, (json.dumps(metrics, indent=2) + "\n").encode())
        return Boosted(model, tuple(runs), self.folder, metrics)

    def _metrics(self, models: list[Model], sure: float | None) -> dict[str, Any]:
        """Return errors of the committee, of all three asked always, and of each net; and the cost."""
        data, watched = self.data, self.selection.watched
        parts = {
            "test": (data.test_images, data.test_labels),
            "validation": (data.train_images[watched], data.train_labels[watched]),
        }
        committee, whole, metrics = Ensemble(models, sure=sure), Ensemble(models), dict[str, Any]()
        for name, (images, labels) in parts.items():
            if len(labels):
                metrics[name] = committee.evaluate(images, labels).summary()
                metrics[f"all_three_{name}"] = whole.evaluate(images, labels).summary()
                metrics.setdefault("cost", {})[name] = round(committee.cost(images), 4)
        metrics["nets"] = [model.metrics for model in models]
        return metrics
