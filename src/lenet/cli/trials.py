"""How the command line shows a search: a line for each trial that ends, and on a terminal those in progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import click

from ..tuning import State, Trial, Watch
from ..tuning.table import said
from .common import is_terminal

if TYPE_CHECKING:
    import rich.progress


class Lines(Watch):
    """Prints a line for each trial that ends."""

    def __init__(self, stream: TextIO) -> None:
        """Print to ``stream``."""
        self._stream = stream

    def on_begin(self, trials: int, done: int) -> None:
        """Begin to count."""
        self._trials, self._done = trials, done

    def on_end(self, trial: Trial, best: Trial | None) -> None:
        """Print the line."""
        self._done += 1
        error = trial.errors[-1] if trial.error is None and trial.errors else trial.error
        words = "" if trial.state is State.DONE else f", {trial.state.value}"
        if trial.state is State.STOPPED:
            words = f", stopped after pass {len(trial.errors)}"
        star = " (the best)" if best is not None and best.number == trial.number else ""
        count = f"{self._done}/{self._trials}"
        shown = "" if error is None else f" {error:.2%}"
        self.print(f"{count:>9}  {trial.number}:{shown}{words}{star}  {said(trial.settings)}")

    def print(self, line: str) -> None:
        """Print a line."""
        click.echo(line, file=self._stream)


class Live(Lines):
    """The same, with a bar for all trials and one for each in progress."""

    def __init__(self, stream: TextIO) -> None:
        """Draw on ``stream``, a terminal."""
        from .runs import bars

        super().__init__(stream)
        self.bar = bars(stream)
        self._tasks: dict[int, rich.progress.TaskID] = {}

    def on_begin(self, trials: int, done: int) -> None:
        """Begin the bar of all trials."""
        super().on_begin(trials, done)
        self._all = self.bar.add_task(f"{trials} trials", total=trials, completed=done)

    def on_start(self, trial: Trial, passes: int) -> None:
        """Begin a trial's bar."""
        self._tasks[trial.number] = self.bar.add_task(
            f"trial {trial.number}", total=passes, completed=len(trial.errors)
        )

    def on_pass(self, trial: Trial) -> None:
        """Move a trial's bar."""
        words = f"trial {trial.number}  {trial.errors[-1]:.2%}"
        self.bar.update(self._tasks[trial.number], completed=len(trial.errors), description=words)

    def on_end(self, trial: Trial, best: Trial | None) -> None:
        """Take a trial's bar away."""
        self.bar.remove_task(self._tasks.pop(trial.number))
        super().on_end(trial, best)
        words = f"{self._trials} trials" + (f", best {best.error:.2%}" if best is not None else "")
        self.bar.update(self._all, completed=self._done, description=words)

    def print(self, line: str) -> None:
        """Print a line above the bars."""
        self.bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def watcher(stream: TextIO) -> Iterator[Lines]:
    """Yield what shows a search on ``stream``: live on a terminal."""
    if not is_terminal(stream):
        yield Lines(stream)
        return
    live = Live(stream)
    with live.bar:
        yield live
