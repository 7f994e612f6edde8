"""Nets that are trained one after the other in a folder, and the committee that comes of them."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from .. import written
from ..data.dataset import Dataset
from ..errors import LenetError
from ..files import read_whole, write_atomically
from ..model import Ensemble, engines
from ..zoo import Entry
from . import folder as folders
from . import team
from .assembly import measure, threshold
from .history import Row
from .interrupts import Interrupted
from .observer import Observer
from .run import Part, Run, train_on
from .selection import Selection
from .settings import Data, dataset_of


@dataclass(frozen=True)
class Committee:
    """What the training of a committee gave.

    Attributes:
        model: the committee; where the first member is sure, the others are skipped.
        runs: of the members, in the order in which they are asked.
        folder: where the files are; None: there are none.
        metrics: what ``metrics.json`` holds; docs/training.md lists it.
        always: how the metrics begin the names of the errors where all members are always asked.
    """

    model: Ensemble
    runs: tuple[Run, ...]
    folder: Path | None
    metrics: dict[str, Any]
    always: str

    @property
    def history(self) -> tuple[Row, ...]:
        """The rows of all runs, one after the other."""
        return tuple(row for run in self.runs for row in run.history)

    def _repr_html_(self) -> str:
        from .html import committee

        return committee(self)


class Work(ABC):
    """The runs of a committee, and what comes of them.

    Attributes:
        what: it is, in words.
        file: of a folder, that tells the committee from others, and keeps ``number``.
        key: of ``number`` in that file.
        always: as ``Committee``'s.
    """

    what: ClassVar[str]
    file: ClassVar[str]
    key: ClassVar[str]
    always: ClassVar[str]

    def __init__(
        self, row: Entry, data: Dataset, number: int, engine: str, *, threads: int | None, observer: Observer
    ) -> None:
        """Check what can be refused before a folder is made.

        Args:
            row: the network and its recipe.
            data: to train on.
            number: what is set of the committee beside the recipe.
            engine: its name, as ``engines.named`` gives it.
            threads: None: one a core.
            observer: is told how the runs go.
        """
        team.alone("what --members and --boosted make")
        self.row, self.network, self.data, self.number = row, row.network, data, number
        self.name, self.threads, self.observer = engine, threads, observer
        self.engine = engines.build(engine, row.network, row.recipe.preparation, threads)
        self.selection = self.select()

    @classmethod
    def resumed(
        cls,
        folder: Path,
        data: Data | None,
        threads: int | None,
        observer: Observer,
        *,
        engine: str | None = None,
        device: str | None = None,
    ) -> Committee:
        """Go on in a folder, to the same bits.

        Raises:
            Interrupted: Ctrl-C came once more.
            LenetError: it isn't such a folder, or it is damaged, or the data have changed.
        """
        row, _ = folders.settings(folder)
        try:
            about = json.loads(read_whole(folder / cls.file))
            number, begun, checksum = int(about[cls.key]), str(about["engine"]), about["data"]
        except (ValueError, KeyError, TypeError) as error:
            raise LenetError(f"{folder / cls.file} is damaged: {error!r}; start anew") from None
        dataset = dataset_of(row.recipe.data if data is None else data)
        if dataset.checksum != checksum:
            raise LenetError(f"the {cls.what} in {folder} began on other data than {dataset.name!r} is now; start anew")
        name = engines.resumed(begun, engine, device)
        return cls(row, dataset, number, name, threads=threads, observer=observer).run(folder)

    @abstractmethod
    def select(self) -> Selection:
        """Check ``number``, and return the rows that nets are trained on, and those that all watch."""

    @abstractmethod
    def train(self) -> list[Run]:
        """Return the runs of the nets, in the order in which they are asked."""

    def run(self, folder: Path | None) -> Committee:
        """Train the nets, and choose where the first answers alone.

        Raises:
            Interrupted: Ctrl-C came.
        """
        self.folder = folder
        self._begin()
        try:
            runs = self.train()
            sure = threshold([run.model for run in runs], self.data, self.selection, self.observer)
        except Interrupted:
            raise Interrupted(folder) from None
        return self._finish(runs, sure)

    def train_nets(self, parts: Sequence[Part]) -> list[Run]:
        """Train nets at once, or go on with them."""
        return train_on(parts, self.data, threads=self.threads, observer=self.observer, engine=self.name)

    def part(self, name: str, row: Entry, selection: Selection, part: str) -> Part:
        """Return the net in the folder ``name`` of this one's."""
        return Part(row, selection, None if self.folder is None else self.folder / name, part)

    def begun(self, name: str) -> bool:
        """Whether the net in the folder ``name`` has begun."""
        return self.folder is not None and (self.folder / name / folders.SETTINGS).exists()

    def _begin(self) -> None:
        """Write what it takes to go on; the settings come last, as in a run's folder."""
        if self.folder is not None and not (self.folder / folders.SETTINGS).exists():
            about = {self.key: self.number, "engine": self.name, "data": self.data.checksum}
            write_atomically(self.folder / self.file, (json.dumps(about) + "\n").encode())
            write_atomically(self.folder / folders.SETTINGS, written.write(self.row).encode())

    def _finish(self, runs: list[Run], sure: float | None) -> Committee:
        """Measure, and write the committee; the metrics come last."""
        model, metrics = measure([run.model for run in runs], sure, self.data, self.selection, self.always)
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
            folders.save(self.folder, model)
            write_atomically(self.folder / folders.METRICS, (json.dumps(metrics, indent=2) + "\n").encode())
        return Committee(model, tuple(runs), self.folder, metrics, self.always)


def refuse_changes(what: str, given: dict[str, Any]) -> None:
    """Raise a ``LenetError`` that names what was given, though what is resumed keeps its settings."""
    if refused := [name for name, value in given.items() if value is not None]:
        raise LenetError(f"{what} that is resumed keeps its settings; leave out {', '.join(refused)}")
