"""Figure 6: error against the size of the training set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ...data import Dataset
from ...report import plot
from ...zoo import Entry
from ..claims import TEST, TRAINING, Claim
from ..plan import Unit
from ..results import Result
from ..table import by_claim, spread

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(results: Mapping[Unit, Result], folder: Path, data: Callable[[str], Dataset]) -> Figure:
    """Return the figure: mean and standard deviation over seeds, and the paper's test errors."""
    found = by_claim(results)
    points = sorted(((_size(claim, data), claim) for claim in found), key=lambda point: point[0])
    figure = plot.new_figure(6.8, 4.4)
    axes = figure.subplots()
    for place, (measure, words) in enumerate(((TRAINING, "training digits, undistorted"), (TEST, "test digits"))):
        drawn = [(size, values) for size, claim in points if (values := spread(found[claim], measure)) is not None]
        axes.errorbar(
            [size for size, _ in drawn],
            [100 * values.mean for _, values in drawn],
            [100 * (values.deviation or 0) for _, values in drawn],
            fmt=f"{plot.mark(place)}-",
            color=plot.colour(place),
            capsize=3,
            label=f"{words}, ours",
        )
        for size, values in drawn:
            axes.annotate(
                f"{100 * values.mean:.2f}", (size, 100 * values.mean), (7, 5), textcoords="offset points",
                color=plot.colour(place), fontsize=9,
            )  # fmt: skip
    paper = [(size, 100 * claim.claimed[TEST]) for size, claim in points if TEST in claim.claimed]
    axes.plot(
        *zip(*paper, strict=True), "D", color=plot.colour(1), markerfacecolor="white", markersize=8,
        markeredgewidth=1.5, linestyle="none", label="test digits, the paper's", zorder=5,
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks([size for size, _ in points], [_words(size, claim) for size, claim in points])
    axes.minorticks_off()
    axes.set_xlim(points[0][0] / 1.3, points[-1][0] * 1.5)
    axes.set_ylim(bottom=0)
    axes.set_title("LeNet-5, error against training digits")
    axes.set_xlabel("training digits (logarithmic)")
    axes.set_ylabel("error, %")
    axes.legend()
    return figure


def _size(claim: Claim, data: Callable[[str], Dataset]) -> int:
    """Return how many different training digits there are, distorted copies counted."""
    assert isinstance(claim.work, Entry)
    recipe = claim.work.recipe
    return (recipe.size or len(data(recipe.data).train_labels)) * (1 + _copies(claim))


def _copies(claim: Claim) -> int:
    assert isinstance(claim.work, Entry)
    distortion = claim.work.recipe.distortion
    return 0 if distortion is None else distortion.copies


def _words(size: int, claim: Claim) -> str:
    copies = _copies(claim)
    return f"{size // (1 + copies):,}\n+ {size // (1 + copies) * copies:,}\ndistorted" if copies else f"{size:,}"
