"""Figure 9: the error of all methods, and the digits to reject."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ...data import Dataset
from ...report import plot
from ..claims import REJECTED, TEST, Claim
from ..plan import Unit
from ..results import Result
from ..table import by_claim, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

THICK = 0.38  # of a bar, rows
GREY = "#a0a0a0"
MOST = {TEST: 6.0, REJECTED: 12.0}  # %, that the panels show: what is better than 2% is what matters


def draw(results: Mapping[Unit, Result], folder: Path, data: Callable[[str], Dataset]) -> Figure:
    """Return two panels of bars, the paper's number beside ours, the largest error at the top."""
    found = by_claim(results)
    claims = sorted(found, key=_order)
    figure = plot.new_figure(10.5, 0.62 * len(claims) + 1.5)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    _bars(left, claims, found, TEST, 2)
    _bars(right, claims, found, REJECTED, 1)
    left.set_yticks(range(len(claims)), [claim.name for claim in claims])
    left.invert_yaxis()
    left.set_title("error on the test digits, %")
    right.set_title("to reject for 0.5% error on the rest, %")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower left", ncols=2)
    return figure


def _order(claim: Claim) -> float:
    """Return where a claim stands: by what the paper says of it, ours last."""
    return -claim.claimed.get(TEST, 0.0)


def _bars(axes: Axes, claims: list[Claim], found: Mapping[Claim, list[Result]], measure: str, digits: int) -> None:
    """Draw the paper's bar above ours, each with its number."""
    claimed = [100 * claim.claimed.get(measure, 0.0) for claim in claims]
    measured = [spread(found[claim], measure) for claim in claims]
    ours = [0.0 if values is None else 100 * values.mean for values in measured]
    errors = [0.0 if values is None else 100 * (values.deviation or 0) for values in measured]
    places = range(len(claims))
    widest = min(MOST[measure], max(*claimed, *ours, 0.1))
    axes.barh([y - THICK / 2 for y in places], claimed, THICK, color=GREY, label="the paper's")
    axes.barh([y + THICK / 2 for y in places], ours, THICK, color=plot.colour(0), label="ours, mean and deviation")
    axes.errorbar(ours, [y + THICK / 2 for y in places], xerr=errors, fmt="none", ecolor=plot.INK, capsize=2)
    axes.set_xlim(0, 1.18 * widest)
    axes.set_ylim(-0.6, len(claims) - 0.4)
    axes.grid(visible=False, axis="y")
    for y, (paper, own, error) in enumerate(zip(claimed, ours, errors, strict=True)):
        for value, end, place, colour in (
            (paper, paper, y - THICK / 2, plot.SOFT),
            (own, own + error, y + THICK / 2, plot.colour(0)),
        ):
            if value:
                _number(axes, f"{value:.{digits}f}", (end, place), colour)


def _number(axes: Axes, words: str, end: tuple[float, float], colour: str) -> None:
    """Write a bar's number at its end; of one that leaves the picture, within it."""
    edge = axes.get_xlim()[1]
    if end[0] > 0.9 * edge:
        words, end, offset, side, colour = f"{words} →", (edge, end[1]), (-6, 0), "right", "white"
    else:
        offset, side = (4, 0), "left"
    axes.annotate(words, end, offset, textcoords="offset points", ha=side, va="center", fontsize=9, color=colour)
