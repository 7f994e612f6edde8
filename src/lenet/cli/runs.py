"""How the command line shows many runs: a line for each that ends, and on a terminal those in progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import click

from ..reproduce import Result, Unit, Watch
from ..reproduce.claims import TEST
from .common import is_terminal

if TYPE_CHECKING:
    import rich.progress


class Lines(Watch):
    """Prints a line for each run that ends."""

    def __init__(self, stream: TextIO) -> None:
        """Print to ``stream``."""
        self._stream = stream

    def on_begin(self, units: int, done: int) -> None:
        """Begin to count."""
        self._units, self._done = units, done

    def on_end(self, unit: Unit, result: Result | None) -> None:
        """Print the line."""
        if result is not None:
            self._done += 1
            error = f"error {result.measures[TEST]:.2%}  " if TEST in result.measures else ""
            count = f"{self._done}/{self._units}"
            self.print(f"{count:>9}  {unit.claim.name}, seed {unit.seed}: {error}{result.seconds:,.1f} s")

    def print(self, line: str) -> None:
        """Print a line."""
        click.echo(line, file=self._stream)


class Live(Lines):
    """The same, with a bar for all runs and one for each in progress."""

    def __init__(self, stream: TextIO) -> None:
        """Draw on ``stream``, a terminal."""
        super().__init__(stream)
        self.bar = bars(stream)
        self._tasks: dict[Unit, rich.progress.TaskID] = {}

    def on_begin(self, units: int, done: int) -> None:
        """Begin the bar of all runs."""
        super().on_begin(units, done)
        self._all = self.bar.add_task(f"{units} runs", total=units, completed=done)

    def on_start(self, unit: Unit) -> None:
        """Begin a run's bar; a method that can't tell how far it is has one that only moves."""
        self._tasks[unit] = self.bar.add_task(
            f"{unit.claim.name}, seed {unit.seed}", total=1.0 if unit.trained else None
        )

    def on_share(self, unit: Unit, share: float) -> None:
        """Move a run's bar."""
        self.bar.update(self._tasks[unit], completed=share)

    def on_end(self, unit: Unit, result: Result | None) -> None:
        """Take a run's bar away."""
        self.bar.remove_task(self._tasks.pop(unit))
        super().on_end(unit, result)
        self.bar.update(self._all, completed=self._done)

    def print(self, line: str) -> None:
        """Print a line above the bars."""
        self.bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


def bars(stream: TextIO) -> rich.progress.Progress:
    """Return what draws a bar for each thing in progress on ``stream``, a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    words = TextColumn("{task.description}", markup=False)
    columns = words, BarColumn(bar_width=24), TaskProgressColumn(), TimeElapsedColumn()
    return Progress(*columns, console=Console(file=stream), transient=True)


@contextmanager
def watcher(stream: TextIO) -> Iterator[Lines]:
    """Yield what shows runs on ``stream``: live on a terminal."""
    if not is_terminal(stream):
        yield Lines(stream)
        return
    live = Live(stream)
    with live.bar:
        yield live
