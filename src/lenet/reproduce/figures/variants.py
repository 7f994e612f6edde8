"""A study's figure: the error of each variant, its mean and spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...report import plot
from ..plan import Unit
from ..results import Result
from ..studies import Study
from ..table import by_claim, spread

if TYPE_CHECKING:
    from matplotlib.figure import Figure

APART = 0.24  # rows, between two colours in a row


def draw(study: Study, results: Mapping[Unit, Result]) -> Figure:
    """Return the figure: a row for each value of the first property, a colour for each of the second.

    Small dots are runs; a large one is their mean, with the standard deviation.
    """
    found = by_claim(results)
    rows = list(dict.fromkeys(row for row, _ in study.variants))
    colours = list(dict.fromkeys(colour for _, colour in study.variants))
    figure = plot.new_figure(7.2, 0.3 * len(rows) * (len(colours) + 0.6) + 1.6)
    axes = figure.subplots()
    for place, colour in enumerate(colours):
        drawn = [
            (rows.index(row) + APART * (place - (len(colours) - 1) / 2), values)
            for (row, other), claim in study.variants.items()
            if other == colour and (values := spread(found.get(claim, ()), study.measure)) is not None
        ]
        for y, values in drawn:
            dots = [100 * value for value in values.values]
            axes.plot(dots, [y] * len(dots), ".", color=plot.colour(place), alpha=0.35, markersize=5)
        axes.errorbar(
            [100 * values.mean for _, values in drawn],
            [y for y, _ in drawn],
            xerr=[100 * (values.deviation or 0) for _, values in drawn],
            fmt=plot.mark(place),
            color=plot.colour(place),
            capsize=3,
            linewidth=1.3,
            label=colour,
        )
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    axes.set_title(study.title)
    axes.set_xlabel(f"{study.measure}, %; dots are runs, with their mean and standard deviation")
    if len(colours) > 1:
        axes.legend(title=study.heads[1], loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
