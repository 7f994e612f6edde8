"""Runs side by side: those that ask for stretches of the same length are trained at once, where the engine can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ..engine.state import Stretch
from .history import Row
from .interrupts import Interrupted, Interrupts
from .observer import Observer, Plan, Progress

if TYPE_CHECKING:
    from .loop import Loop
    from .run import Run


class Told(NamedTuple):
    """What came of a stretch: the sum of the losses, how many were read wrong, and the run's share of the seconds."""

    loss: float
    wrong: int
    seconds: float


def go(loops: Sequence[Loop]) -> None:
    """Train runs to their end: each comes to what it comes to alone, on an engine that trains several up to rounding.

    One that isn't as far as the others, since it was stopped earlier, catches up first where its stretches differ.

    Args:
        loops: of one engine, data set and recipe, but for the seeds, if there are several.

    Raises:
        Interrupted: Ctrl-C came; every run has written a checkpoint.
        LenetError: a run diverged, or a file can't be written.
    """
    with loops[0].interrupts as interrupts:
        runs = [_Going(loop, interrupts) for loop in loops]
        while going := [run for run in runs if run.stretch is not None]:
            behind = min(going, key=lambda run: run.loop.course.state.updates)
            _train([run for run in going if run.length == behind.length])
    for run in runs:
        if run.stopped is not None:
            raise run.stopped


class _Going:
    """A run on its way.

    Attributes:
        loop: the run's.
        stretch: what it asks for; None: it has ended, or was stopped.
        stopped: what Ctrl-C raised.
    """

    def __init__(self, loop: Loop, interrupts: Interrupts) -> None:
        self.loop, self._steps = loop, loop.stretches()
        self.stretch: Stretch | None = None
        self.stopped: Interrupted | None = None
        loop.interrupts = interrupts
        self._take(lambda: next(self._steps))

    @property
    def length(self) -> int:
        """How many patterns it asks for."""
        return 0 if self.stretch is None else len(self.stretch.order)

    def take(self, told: Told) -> None:
        """Take what came of the stretch, and ask for the next."""
        self._take(lambda: self._steps.send(told))

    def _take(self, step: Callable[[], Stretch]) -> None:
        self.stretch = None
        try:
            self.stretch = step()
        except StopIteration:
            pass
        except Interrupted as stop:
            self.stopped = stop


def _train(runs: Sequence[_Going]) -> None:
    """Train what the runs ask for, all at once."""
    loop, started = runs[0].loop, perf_counter()
    engine, images, labels = loop.engine, loop.data.train_images, loop.labels
    stretches = [run.stretch for run in runs if run.stretch is not None]
    if len(stretches) > 1:
        came = engine.train_together(images, labels, stretches)  # type: ignore[attr-defined]
    else:
        (s,) = stretches
        came = [engine.train(s.state, images, labels, s.order, s.recipe, pass_=s.pass_, rates=s.rates)]
    seconds = (perf_counter() - started) / len(runs)
    for run, (loss, wrong) in zip(runs, came, strict=True):
        run.take(Told(loss, wrong, seconds))


class Together(Observer):
    """Shows several runs as one: a row of the history is the mean of theirs."""

    def __init__(self, observer: Observer, count: int) -> None:
        """Tell ``observer`` of ``count`` runs."""
        self._observer, self._count = observer, count
        self._started, self._rows = False, list[Row]()

    def on_start(self, plan: Plan) -> None:
        """Tell of the first run's plan as that of all."""
        if not self._started:
            self._started = True
            self._observer.on_start(replace(plan, part=f"{self._count} members at once; each row is their mean"))

    def on_chunk(self, progress: Progress) -> None:
        """Tell of any run's progress: they go together, and share the time."""
        self._observer.on_chunk(replace(progress, seconds_left=self._count * progress.seconds_left))

    def on_pass(self, row: Row) -> None:
        """Keep the row until those of the others are there."""
        if self._rows and self._rows[0].updates != row.updates:
            self.flush()
        self._rows.append(row)
        if len(self._rows) == self._count:
            self.flush()

    def on_end(self, run: Run) -> None:
        """Tell of it, and of the rows that are left."""
        self.flush()
        self._observer.on_end(run)

    def flush(self) -> None:
        """Tell of the rows that are there; some runs may have ended before."""
        rows, self._rows = self._rows, []
        if rows:
            means: dict[str, Any] = {name: fmean(getattr(row, name) for row in rows) for name in _averaged(rows[0])}
            seconds = sum(row.seconds for row in rows)
            self._observer.on_pass(replace(rows[0], **means, seconds=seconds))


def _averaged(row: Row) -> list[str]:
    """Return the names of what is measured in a row."""
    names = ("loss", "training_error", "training_error_after", "validation_error", "validation_loss", "test_error")
    return [name for name in (*names, "digits_per_second") if getattr(row, name) is not None]
