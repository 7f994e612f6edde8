"""How the command line shows what takes a while: a row for each pass, and on a terminal a moving line below."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..training import Observer, Plan, Progress, Row
from .common import is_terminal

if TYPE_CHECKING:
    import rich.progress


class Silent(Observer):
    """Prints nothing."""

    def __enter__(self) -> Silent:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""


class Rows(Silent):
    """Prints a head, and a row after each pass; columns of what the recipe doesn't measure are left out."""

    def __init__(self, stream: TextIO) -> None:
        """Print to ``stream``."""
        self._stream = stream

    def on_start(self, plan: Plan) -> None:
        """Print the head."""
        self._plan = plan
        if plan.part:
            self._print(plan.part)
        self._validated, self._tested = plan.recipe.validation is not None, plan.recipe.test_each_pass
        heads = [f"{'pass':>6}  {'loss':>8}  {'training':>8}"]
        heads += [f"{head:>10}" for head, shown in (("validation", self._validated), ("test", self._tested)) if shown]
        self._print("  ".join([*heads, f"{'digits/s':>9}  {'seconds':>8}"]))

    def on_pass(self, row: Row) -> None:
        """Print the row."""
        pass_ = f"{row.pass_}" if row.complete else f"{row.updates / self._plan.per_pass:.2f}"
        cells = [f"{pass_:>6}  {row.loss:>8.4f}  {row.training_error:>8.2%}"]
        shown = ((row.validation_error, self._validated), (row.test_error, self._tested))
        cells += [f"{'' if error is None else f'{error:.2%}':>10}" for error, there in shown if there]
        self._print("  ".join([*cells, f"{row.digits_per_second:>9,.0f}  {row.seconds:>8.1f}"]))

    def _print(self, line: str) -> None:
        click.echo(line, file=self._stream)


class Live(Rows):
    """The same, with a line that moves: the pass, the loss, the training error, digits a second, and the time left."""

    def __init__(self, stream: TextIO) -> None:
        """Draw on ``stream``, a terminal."""
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar

        super().__init__(stream)
        self._task: rich.progress.TaskID | None = None
        self._choice = ""
        words = TextColumn("{task.description}", markup=False)
        self._bar = Bar(words, BarColumn(bar_width=12), console=Console(file=stream), transient=True)

    def __enter__(self) -> Live:
        """Begin to draw."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the moving line away."""
        self._bar.stop()

    def on_start(self, plan: Plan) -> None:
        """Print the head and begin the bar."""
        super().on_start(plan)
        self._begin("starting", plan.total, plan.done)

    def on_choice(self, what: str, share: float) -> None:
        """Move the line."""
        if self._choice != what:
            self._begin(what, 1)
            self._choice = what
        assert self._task is not None
        self._bar.update(self._task, completed=share)

    def _begin(self, words: str, total: float, done: int = 0) -> None:
        """Put a new line in the place of the last."""
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task, self._choice = self._bar.add_task(words, total=total, completed=done), ""

    def on_chunk(self, progress: Progress) -> None:
        """Move the line."""
        left = max(0, round(progress.seconds_left))
        words = (
            f"pass {progress.pass_}  loss {progress.loss:.4f}  error {progress.error:.2%}  "
            f"{progress.digits_per_second:,.0f} digits/s  {left // 60}:{left % 60:02} left"
        )
        assert self._task is not None
        self._bar.update(self._task, completed=progress.updates, description=words)

    def _print(self, line: str) -> None:
        self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


def watcher(stream: TextIO) -> Rows:
    """Return what shows a run on ``stream``: live on a terminal."""
    return Live(stream) if is_terminal(stream) else Rows(stream)


@contextmanager
def fetching(stream: TextIO) -> Iterator[Any]:
    """Yield what to call with (how much is there, in all or None, of what), as ``lenet.data`` tells of progress.

    It draws on a terminal; elsewhere it says no more than that pictures are being made, which takes minutes.
    """
    from ..data.dataset import PICTURES

    began: dict[str, Any] = {}
    with ExitStack() as stack:

        def came(done: int, total: int | None, what: str) -> None:
            kind = counting if what == PICTURES else downloading
            if kind.__name__ not in began:
                stack.close()  # one bar at a time
                began[kind.__name__] = stack.enter_context(kind(stream)) if is_terminal(stream) else None
                if what == PICTURES and not is_terminal(stream):
                    click.echo(f"lenet: {total:,} pictures are being made; that takes minutes, once", file=stream)
            if (bar := began[kind.__name__]) is not None:
                bar(done, total, what)

        yield came


@contextmanager
def downloading(stream: TextIO) -> Iterator[Any]:
    """Yield what to call with (bytes that have come, bytes in all or None, of what); it draws on a terminal only."""
    if not is_terminal(stream):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    columns = TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    tasks: dict[str, rich.progress.TaskID] = {}
    with Bar(*columns, console=Console(file=stream), transient=True) as bar:

        def came(done: int, total: int | None, what: str) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield came


@contextmanager
def counting(stream: TextIO) -> Iterator[Any]:
    """Yield what to call with (steps that are done, all steps, of what); it draws on a terminal only."""
    if not is_terminal(stream):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    words = TextColumn("{task.description}", markup=False)
    with Bar(
        words, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(file=stream), transient=True
    ) as bar:
        task = bar.add_task("")

        def came(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what)

        yield came
