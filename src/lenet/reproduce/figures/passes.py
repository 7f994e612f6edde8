"""Figure 5: training and test error against passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...data import Dataset
from ...report import plot
from .. import runs
from ..claims import TEST, TRAINING
from ..plan import Unit
from ..results import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAPER_PASS = 19  # at which the paper gives its training error


def draw(results: Mapping[Unit, Result], folder: Path, data: Callable[[str], Dataset]) -> Figure:
    """Return the figure: mean over seeds, with a band from the lowest to the highest."""
    rows = {unit: runs.passes(folder, unit) for unit in results}
    claimed = next(iter(results)).claim.claimed
    tested = _percent([[row.test_error for row in each] for each in rows.values()])
    trained = _percent([[row.training_error_after for row in each] for each in rows.values()])
    figure = plot.new_figure(6.8, 4.4)
    axes = figure.subplots()
    _line(axes, tested, plot.colour(1), "test digits")
    _line(axes, trained, plot.colour(0), "training digits, measured after each pass")
    if TEST in claimed:
        axes.axhline(100 * claimed[TEST], color=plot.colour(1), linestyle="--", linewidth=1.2)
        _note(
            axes,
            f"the paper's test error: {100 * claimed[TEST]:g}%",
            (tested.shape[1], 100 * claimed[TEST]),
            plot.colour(1),
            above=tested[:, -1].mean() < 100 * claimed[TEST],
        )
    if TRAINING in claimed:
        at = (PAPER_PASS, 100 * claimed[TRAINING])
        axes.plot(*at, "D", color=plot.colour(0), markerfacecolor="white", markersize=7, markeredgewidth=1.5, zorder=5)
        axes.annotate(
            f"the paper's training error: {at[1]:g}%", at, (-6, -17), textcoords="offset points", ha="right",
            color=plot.colour(0),
        )  # fmt: skip
    seeds = "1 seed" if len(rows) == 1 else f"mean of {len(rows)} seeds, band from lowest to highest"
    axes.set_title("LeNet-5, error against passes")
    axes.set_xlabel(f"passes over the training digits; {seeds}")
    axes.set_ylabel("error, %")
    axes.set_xticks(range(0, tested.shape[1] + 1, 2))
    axes.set_xlim(0.5, tested.shape[1] + 0.5)
    top = np.percentile(tested.mean(axis=0), 90) * 1.25  # the first pass or two may leave the picture, as in the paper
    axes.set_ylim(0, max(top, 100 * claimed.get(TEST, 0) * 1.3))
    axes.legend(loc="upper right")
    return figure


def _percent(rows: list[list[Any]]) -> NDArray[np.float64]:
    """Return (seeds, passes), %."""
    return 100 * np.array(rows, np.float64)


def _line(axes: Axes, values: NDArray[np.float64], colour: str, label: str) -> None:
    """Draw the mean over seeds of values (seeds, passes), and the band."""
    passes = np.arange(1, values.shape[1] + 1)
    axes.fill_between(passes, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.18, linewidth=0)
    axes.plot(passes, values.mean(axis=0), "o-", color=colour, label=f"{label}: {values[:, -1].mean():.2f}% in the end")


def _note(axes: Axes, words: str, place: tuple[float, float], colour: str, *, above: bool) -> None:
    """Write words to the left of a place, on the side of it where our own curve isn't."""
    away, side = ((0, 4), "bottom") if above else ((0, -4), "top")
    axes.annotate(words, place, away, textcoords="offset points", ha="right", va=side, color=colour)
