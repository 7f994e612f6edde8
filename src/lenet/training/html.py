"""Runs and committees in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .. import html
from ..model.html import error, kernels, measured
from ..network.html import about

if TYPE_CHECKING:
    from .committee import Committee
    from .history import Row
    from .run import Run

SHOWN = 12  # rows of a history; a longer one is folded
ERRORS = {"training": "training_error", "validation": "validation_error", "test": "test_error"}


def run(run: Run) -> str:
    """Return a run as a document of its own."""
    return html.page(
        html.heading(f"Run of {run.model.name}", *about(run.model.network)),
        html.facts({**measured(run.metrics), **_course(run)}),
        curve(run.history),
        kernels(run.model),
        html.folded("history", history(run.history), opened=len(run.history) <= SHOWN),
    )


def committee(committee: Committee) -> str:
    """Return the training of a committee as a document of its own."""
    always = committee.metrics.get(f"{committee.always}_test")
    alone = {} if always is None else {f"{committee.always.replace('_', ' ')} always asked": error(always)}
    cost = committee.metrics.get("cost", {}).get("test")
    asked = {} if cost is None else {"asked": f"{cost:.2f} networks a picture"}
    names = ("test error", "validation error")
    rows = [
        (f"{number}", f"{run.model.seed}", *(measured(run.metrics).get(name, "") for name in names))
        for number, run in enumerate(committee.runs, 1)
    ]
    return html.page(
        html.heading(f"Training of {committee.model.name}", *about(committee.model.network)),
        html.facts({**measured(committee.metrics), **alone, **asked, **_course(committee)}),
        html.table(("network", "seed", *names), rows),
    )


def curve(rows: Sequence[Row]) -> str:
    """Return the errors of whole passes, pass by pass; nothing where there are less than two."""
    whole = [row for row in rows if row.complete]
    lines = [html.Line(name, list(_points(whole, column))) for name, column in ERRORS.items()]
    return html.curves(lines, "error after each pass; in training: in it", "{:.2g}%".format)


def history(rows: Sequence[Row]) -> str:
    """Return the rows as a table, without the columns of what wasn't measured."""
    columns = {
        "pass": [f"{row.pass_}" if row.complete else f"in {row.pass_}" for row in rows],
        "updates": [f"{row.updates:,}" for row in rows],
        "loss": [f"{row.loss:.4f}" for row in rows],
        **{name: [_share(getattr(row, column)) for row in rows] for name, column in ERRORS.items()},
        "rate": [f"{row.rate:.3g}" for row in rows],
        "digits/s": [f"{row.digits_per_second:,.0f}" for row in rows],
        "seconds": [f"{row.seconds:.1f}" for row in rows],
    }
    return html.table(tuple(columns), zip(*columns.values(), strict=True))


def _points(rows: Sequence[Row], column: str) -> Iterable[tuple[float, float]]:
    for row in rows:
        value = getattr(row, column)
        if value is not None:
            yield row.pass_, 100 * value


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2%}"


def _course(run: Run | Committee) -> dict[str, str]:
    """Return in words how long it took, and where it is."""
    metrics = run.metrics
    seconds = metrics["seconds"]["training"]
    words = {"trained": f"{metrics['passes']} passes, {metrics['updates']:,} updates, in {seconds:,.1f} s"}
    words["speed"] = f"{metrics['digits_per_second']:,.0f} digits a second"
    return words if run.folder is None else {**words, "folder": str(run.folder)}
