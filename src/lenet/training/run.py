"""Training: from a name, a file or a network to a trained model and its folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from ..data.dataset import Dataset
from ..engine.state import State
from ..errors import LenetError
from ..model import Metrics, Model, engines
from ..recipe import Recipe
from ..zoo import Entry
from . import abreast, checkpoint, machine, team
from . import folder as folders
from .checkpoint import Course
from .folder import Keeper
from .history import Row
from .loop import Loop
from .observer import Observer, Plan
from .selection import Selection
from .settings import Data, What, check, dataset_of, settle
from .start import draw


@dataclass(frozen=True)
class Run:
    """What training gave.

    Attributes:
        model: with the last weights, or those of the lowest validation error where the recipe stops early.
        history: a row for each pass, and those within passes that the recipe asks for.
        folder: where the run's files are; None: it has none.
        metrics: what ``metrics.json`` holds; docs/training.md lists it.
        state: the last weights and what the optimiser remembers, to go on from.
    """

    model: Model
    history: tuple[Row, ...]
    folder: Path | None
    metrics: dict[str, Any]
    state: State = field(repr=False)

    def _repr_html_(self) -> str:
        from .html import run

        return run(self)


def train(
    what: What | None = None,
    data: Data | None = None,
    *,
    recipe: Recipe | str | None = None,
    seed: int | None = None,
    passes: int | None = None,
    batch: int | None = None,
    rate: float | None = None,
    folder: str | os.PathLike[str] | Literal[False] | None = None,
    resume: str | os.PathLike[str] | None = None,
    threads: int | None = None,
    observer: Observer | None = None,
    engine: str | None = None,
    device: str | None = None,
) -> Run:
    """Train a network as its recipe says, and keep the run in a folder.

    The same arguments give the same bits, whatever the number of threads, and also where the run was stopped or
    killed and resumed.

    Args:
        what: a name of the zoo (None: ``lenet5``), the path of a TOML file, a network, or a row of the zoo.
        data: name or path of a data set, or one in memory; None: the recipe's.
        recipe: instead of the one that ``what`` comes with; or the name of another that it comes with, such as
            ``published``.
        seed: instead of the recipe's.
        passes: instead of the recipe's; a limit of updates in the recipe is then left out.
        batch: instead of the recipe's.
        rate: the same rate throughout, instead of the recipe's schedule.
        folder: where to write; it holds no run yet. None: ``runs/NAME-001``, or the next number that is free.
            False: nothing is written.
        resume: the folder of a run to go on with. It keeps the settings that it began with, so that of the other
            arguments only ``data`` (if the set has moved), ``threads``, ``observer`` and ``device`` may be given.
        threads: None: one a core.
        observer: is told how it goes.
        engine: ``native`` (None: this one), or ``torch``, or ``reference``, which is slow and plain.
        device: that PyTorch computes on: ``cuda``, ``mps`` or ``cpu``; None: the first that is there.

    Raises:
        Interrupted: Ctrl-C came; the run can be resumed.
        LenetError: something unknown, unreadable or unfitting; training diverged; a file couldn't be written.
    """
    changes = {"seed": seed, "passes": passes, "batch": batch, "rate": rate}
    if resume is not None:
        given = {"what": what, "recipe": recipe, "folder": folder, **changes}
        refused = [name for name, value in given.items() if value is not None]
        if refused:
            raise LenetError(f"a resumed run keeps its settings; leave out {', '.join(refused)}, or start a new run")
        return _resumed(Path(resume), data, threads, engine, device).run(observer or Observer())
    name = engines.named(engine, device)
    row, dataset = settle("lenet5" if what is None else what, data, recipe, changes)
    team.need_folder(folder)
    job = _Job(row, dataset, Selection.of(dataset, row.recipe), _fresh(row), engine=name, threads=threads)
    if folder:
        begun = team.leads() and team.is_team() and folders.holds(Path(folder), row)
        if job.anywhere(begun):  # torchrun started its processes again
            return _resumed(Path(folder), dataset, threads, engine, device).run(observer or Observer())
    if folder is not False and team.leads():
        job.folder = folders.make(None if folder is None else Path(folder), row.network.name)
    return job.run(observer or Observer())


def _resumed(
    folder: Path, data: Data | None, threads: int | None, engine: str | None = None, device: str | None = None
) -> _Job:
    """Return the run of a folder as it stands; one that has ended is measured and written again."""
    row, digest = folders.settings(folder)
    dataset = dataset_of(row.recipe.data if data is None else data)
    check(row, dataset)
    selection = Selection.load(folder, dataset, row.recipe)
    course, begun = checkpoint.load(folder, _fresh(row), row.recipe, digest, selection.digest(dataset))
    name = engines.resumed(begun, engine, device)
    job = _Job(row, dataset, selection, course, engine=name, threads=threads, folder=folder if team.leads() else None)
    job.anywhere(False)  # all have read what the first is going to write
    return job


@dataclass(frozen=True)
class Part:
    """A run that is a part of something larger.

    Attributes:
        row: the network and its recipe.
        selection: what to train on; of a run that is gone on with, its own counts.
        folder: where to write; None: nowhere.
        name: what this run is a part of, for who watches.
    """

    row: Entry
    selection: Selection
    folder: Path | None
    name: str


def train_on(
    parts: Sequence[Part], data: Dataset, *, threads: int | None, observer: Observer, engine: str
) -> list[Run]:
    """Train on chosen patterns, or go on with that where a folder holds such a run already.

    Args:
        parts: the runs; where there are several, they are trained at once, by an engine that can.
        data: the data set that the patterns are of.
        threads: None: one a core.
        observer: is told how the runs go.
        engine: its name, as ``engines.named`` gives it.
    """
    jobs = [_part(part, data, threads, engine) for part in parts]
    if len(jobs) == 1:
        return [jobs[0].run(observer, parts[0].name)]
    shared, each = jobs[0].engine, observer.abreast(len(jobs))
    loops = [job.begin(shared, own, part.name) for job, own, part in zip(jobs, each, parts, strict=True)]
    abreast.go(loops)
    return [job.end(loop, own) for job, loop, own in zip(jobs, loops, each, strict=True)]


def _part(part: Part, data: Dataset, threads: int | None, engine: str) -> _Job:
    if part.folder is not None and (part.folder / folders.SETTINGS).exists():
        return _resumed(part.folder, data, threads, engine)
    folder = None if part.folder is None else folders.make(part.folder, part.row.network.name)
    return _Job(part.row, data, part.selection, _fresh(part.row), engine=engine, threads=threads, folder=folder)


def _fresh(row: Entry) -> Course:
    return Course.fresh(draw(row.network, row.recipe.start, row.recipe.seed), row.recipe)


class _Job:
    """A run, from its parts to its files."""

    def __init__(
        self,
        row: Entry,
        data: Dataset,
        selection: Selection,
        course: Course,
        *,
        engine: str,
        threads: int | None,
        folder: Path | None = None,
    ) -> None:
        """Build the engine: what can be refused is refused before a folder is made."""
        self.row, self.network, self.recipe = row, row.network, row.recipe
        self.data, self.selection, self.course = data, selection, course
        self.name, self.threads, self.folder = engine, threads, folder
        self.engine = engines.build(engine, row.network, row.recipe.preparation, threads)
        team.join(self.engine)

    def anywhere(self, what: bool) -> bool:
        """Whether it is so in this process, or in another that has a share in the run."""
        return bool(getattr(self.engine, "anywhere", bool)(what))

    def run(self, observer: Observer, part: str = "") -> Run:
        """Train to the end, measure, and write."""
        loop = self.begin(self.engine, observer, part)
        loop.run()
        return self.end(loop, observer)

    def begin(self, engine: engines.Engine, observer: Observer, part: str) -> Loop:
        """Write what it takes to go on, and return what trains."""
        self.engine = engine
        keeper = Keeper(self.folder, self.row, self.name, self.selection, self.data)
        loop = Loop(
            self.network,
            self.recipe,
            self.data,
            selection=self.selection,
            engine=engine,
            course=self.course,
            keeper=keeper,
            observer=observer,
        )
        keeper.begin(self.course)
        done = self.course.state.updates
        digits = len(self.selection.rows)
        observer.on_start(Plan(self.network, self.recipe, digits, loop.per_pass, loop.total, done, self.folder, part))
        return loop

    def end(self, loop: Loop, observer: Observer) -> Run:
        """Measure, and write."""
        run = self._finish(loop, self.folder)
        loop.keeper.end(run.model, run.metrics)
        observer.on_end(run)
        return run

    def _finish(self, loop: Loop, folder: Path | None) -> Run:
        """Measure the weights that the run gives; only here, and where the recipe shows it, is the test set read."""
        course, flat, started = self.course, self.course.final, perf_counter()
        validation = loop.measure(flat, loop.watched) if len(self.selection.watched) else None
        test = loop.measure(flat) if len(self.data.test_labels) else None
        measured = {"test": test, "validation": validation}
        summaries = {name: metrics.summary() for name, metrics in measured.items() if metrics is not None}
        model = Model(
            self.network,
            self.recipe.preparation,
            flat,
            classes=(*self.data.classes, *map(str, range(len(self.data.classes), self.network.classes))),
            recipe=self.recipe,
            metrics=summaries,
            data=self.data.name,
            checksum=self.data.checksum,
            threads=self.threads,
            engine=self.name,
        )
        metrics = {**summaries, **self._facts(loop, test, perf_counter() - started)}
        return Run(model, tuple(course.rows), folder, metrics, course.state)

    def _facts(self, loop: Loop, test: Metrics | None, measuring: float) -> dict[str, Any]:
        """Return what ``metrics.json`` holds beside errors and losses."""
        course, (whole, rest) = self.course, divmod(self.course.state.updates, loop.per_pass)
        digits = whole * len(self.selection.rows) + rest * self.recipe.batch
        return {
            "confusion": None if test is None else test.confusion.tolist(),
            "passes": course.rows[-1].pass_,
            "updates": course.state.updates,
            "seconds": {"training": round(course.seconds, 3), "total": round(course.total_seconds + measuring, 3)},
            "digits_per_second": round(digits / max(course.seconds, 1e-9), 1),
            "machine": {**machine.facts(), **engines.facts(self.engine)},
        }
