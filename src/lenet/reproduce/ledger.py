"""What is done of the runs, what isn't, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..data import Dataset
from ..errors import LenetError
from ..training import Interrupted
from . import runs, work
from .plan import Unit
from .results import Result, Results


class Watch:
    """Is told how the runs go, from the main thread but for ``on_share``; by default in silence."""

    def on_begin(self, units: int, done: int) -> None:
        """Before the first: how many runs there are, and how many of them were done before."""

    def on_start(self, unit: Unit) -> None:
        """A run begins, or goes on."""

    def on_share(self, unit: Unit, share: float) -> None:
        """Ten times a second, from the run's own thread: how much of it is done, 0 to 1."""

    def on_end(self, unit: Unit, result: Result | None) -> None:
        """A run has ended; None: it failed, or was stopped."""


@dataclass
class Outcome:
    """What came of runs.

    Attributes:
        results: by unit, those that were there before as well.
        failed: what went wrong, by unit.
        stopped: whether Ctrl-C came.
    """

    results: dict[Unit, Result] = field(default_factory=dict)
    failed: dict[Unit, LenetError] = field(default_factory=dict)
    stopped: bool = False


class Ledger:
    """What came of the runs so far, and the data of those that are to be done.

    Attributes:
        results: where what comes out is written; open.
        watch: is told how it goes.
        outcome: what came so far.
        data: the data set of each run that isn't done yet.
    """

    def __init__(self, results: Results, watch: Watch) -> None:
        self.results, self.watch = results, watch
        self.outcome, self.data = Outcome(), dict[Unit, Dataset]()

    def find(self, units: Sequence[Unit], data: Callable[[str], Dataset]) -> list[Unit]:
        """Take over what is done already and return the rest; a run whose data can't be had has failed."""
        sets: dict[str, Dataset | LenetError] = {}
        rest = []
        for unit in units:
            name = unit.claim.data
            if name not in sets:
                try:
                    sets[name] = replace(data(name), name=name)  # by which a run that goes on finds it again
                except LenetError as error:
                    sets[name] = error
            found = sets[name]
            if isinstance(found, LenetError):
                self.outcome.failed[unit] = found
            elif (result := self.results.find(unit, found.checksum)) is not None:
                self.outcome.results[unit] = result
                work.tidy(self.folder(unit))
            else:
                self.data[unit] = found
                rest.append(unit)
        return rest

    def note(self, unit: Unit, result: Result | LenetError) -> None:
        """Write what a run gave, or why it gave nothing; one that was stopped may go on another time."""
        if isinstance(result, Result):
            self.results.add(result)
            self.outcome.results[unit] = result
            work.tidy(self.folder(unit))
        elif not isinstance(result, Interrupted):
            self.outcome.failed[unit] = result
        self.watch.on_end(unit, result if isinstance(result, Result) else None)

    def folder(self, unit: Unit) -> Path:
        """Return the folder of a run."""
        return runs.folder(self.results.folder, unit)
