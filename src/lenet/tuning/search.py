"""The search: trials are drawn, trained pass by pass as many at a time as there are workers, and stopped early."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from ..cluster import LATER
from ..errors import LenetError
from ..training import Interrupted, checkpoint
from ..training import folder as folders
from ..zoo import Entry
from .ledger import Ledger
from .step import Stand, Step, packed, unpack
from .trial import TRAINED, State, Trial

TRIALS = "trials"  # the folder of their runs
KEPT = 3  # the best trials, whose runs are kept in full
IN_VAIN = 200  # draws one after the other that give nothing to train
FAILURES = 3  # trials one after the other that fail, until it is the search that fails

Jobs = Callable[[Iterator[Any]], Generator[tuple[int, Any], None, None]]


class Watch:
    """Is told how a search goes, from the main thread; by default in silence."""

    def on_begin(self, trials: int, done: int) -> None:
        """Before the first: how many trials there are to be, and how many of them were done before."""

    def on_start(self, trial: Trial, passes: int) -> None:
        """A trial begins, or is gone on with; it has so many passes."""

    def on_pass(self, trial: Trial) -> None:
        """A trial has made a pass."""

    def on_end(self, trial: Trial, best: Trial | None) -> None:
        """A trial has ended; ``best`` is the best so far."""


@dataclass
class Searcher:
    """A search in progress.

    Attributes:
        ledger: the trials; open.
        jobs: does steps, such as ``run_here`` with what else it takes.
        remote: whether they are done on other machines, so that the files of a run travel with its steps.
        minutes: after so many no trial is begun any more; None: time doesn't count.
        watch: is told how it goes.
    """

    ledger: Ledger
    jobs: Jobs
    remote: bool = False
    minutes: float | None = None
    watch: Watch = field(default_factory=Watch)

    def __post_init__(self) -> None:
        """Begin the clock."""
        self._until = None if self.minutes is None else monotonic() + 60 * self.minutes
        self._ready: list[int] = []  # trials whose next pass may be done
        self._entries: dict[int, Entry] = {}  # of those in progress
        self._drawn: list[int | None] = []  # by the place of a step among all: its trial
        self._failures = 0
        self.exhausted = ""

    @property
    def _trials(self) -> Path:
        return self.ledger.folder / TRIALS

    def run(self) -> None:
        """Search to the end.

        Raises:
            Interrupted: Ctrl-C came.
            LenetError: trials fail, one after the other.
        """
        trials = self.ledger.trials()
        ended = sum(trial.state in TRAINED and trial.state is not State.RUNNING for trial in trials)
        self.watch.on_begin(self.ledger.space.search.trials, ended)
        for trial in trials:
            if trial.state is State.RUNNING:
                self._begin(trial.number, self.ledger.entry(trial.number))
        with closing(self.jobs(self._steps())) as results:
            for place, result in results:
                number = self._drawn[place]
                assert number is not None
                self._take(number, result)

    def _steps(self) -> Iterator[Any]:
        """Yield what is to be done next, whenever there is room for it."""
        while True:
            if not self._ready and self._more():
                self._draw()
            if self._ready:
                number = self._ready.pop(0)
                self._drawn.append(number)
                folder = self._trials / f"{number:04d}"
                yield Step(self._entries[number], folder, packed(folder) if self.remote else None)
            elif self._entries:
                self._drawn.append(None)
                yield LATER
            else:
                return

    def _more(self) -> bool:
        """Whether another trial may be begun."""
        if self.exhausted or (self._until is not None and monotonic() >= self._until):
            return False
        begun = sum(trial.state in TRAINED for trial in self.ledger.trials())
        return begun < self.ledger.space.search.trials

    def _draw(self) -> None:
        """Draw until something can be trained."""
        while not self.exhausted:
            number, candidate = self.ledger.ask()
            trial = self.ledger.trial(number)
            if trial.state is State.RUNNING:
                assert candidate.entry is not None
                self._begin(number, candidate.entry)
                return
            if self.ledger.in_vain() >= IN_VAIN:
                self.exhausted = trial.why

    def _begin(self, number: int, entry: Entry) -> None:
        self._entries[number] = entry
        self._ready.append(number)
        self.watch.on_start(self.ledger.trial(number), entry.recipe.passes)

    def _take(self, number: int, result: Stand | LenetError) -> None:
        """Take in where a trial stands after a pass."""
        if isinstance(result, Interrupted):
            raise result
        if isinstance(result, LenetError):
            self._failures += 1
            if self._failures == FAILURES:
                raise result
            self.ledger.failed(number, str(result))
            self._ended(number)
            return
        self._failures = 0
        if result.files is not None:
            unpack(result.files, self._trials / f"{number:04d}")
        stop = self.ledger.report(number, result.errors)
        if result.diverged:
            self.ledger.done(number, 1.0, result.seconds, result.diverged)
        elif result.error is not None:
            self.ledger.done(number, result.error, result.seconds)
        elif stop:
            self.ledger.stopped(number, result.seconds)
        else:
            self._ready.append(number)
            self.watch.on_pass(self.ledger.trial(number))
            return
        self._ended(number)

    def _ended(self, number: int) -> None:
        """Keep the models and checkpoints of the best runs, and the histories of the others."""
        del self._entries[number]
        done, trial = ranked(self.ledger.trials()), self.ledger.trial(number)
        for each in [each for each in (*done[KEPT:][:1], trial) if each not in done[:KEPT]]:
            tidy(self._trials / each.folder)
        self.watch.on_end(trial, done[0] if done else None)


def ranked(trials: Iterable[Trial]) -> list[Trial]:
    """Return the trials that came to their end, the best first; of equals, the one with fewer parameters."""
    done = (trial for trial in trials if trial.error is not None)
    return sorted(done, key=lambda trial: (trial.error, trial.parameters, trial.number))


def tidy(folder: Path) -> None:
    """Leave of a run its settings, its history and its metrics."""
    for name in (checkpoint.FILE, folders.MODEL):
        (folder / name).unlink(missing_ok=True)
