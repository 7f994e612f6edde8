"""Figures of a search: how it went, what mattered, and each setting against the error."""

from __future__ import annotations

from itertools import accumulate
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..report import plot
from .ranges import Between
from .settings import Setting
from .table import value_text
from .trial import Trial
from .tuned import Tuned

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

ACROSS = 3  # panels a row
ERROR = "validation error, %"


def draw(tuned: Tuned) -> list[Path]:
    """Draw the figures there are numbers for into the search's folder, and return the files.

    Raises:
        LenetError: matplotlib isn't installed, or a file can't be written.
    """
    figures = {"history": _history, "importances": _importances, "settings": _settings}
    files = []
    with plot.style():
        for name, make in figures.items():
            if (figure := make(tuned)) is not None:
                files.append(tuned.folder / f"{name}.png")
                plot.save(figure, files[-1])
    return files


def _history(tuned: Tuned) -> Figure | None:
    """Return the errors of trials in their order, and the best so far."""
    from matplotlib.ticker import MaxNLocator

    ends, stops = _parts(tuned)
    if not ends:
        return None
    figure = plot.new_figure(7.2, 3.6)
    axes = figure.subplots()
    _dots(axes, stops, [trial.number for trial in stops], stopped=True)
    _dots(axes, ends, [trial.number for trial in ends], stopped=False)
    best = list(accumulate((_percent(trial) for trial in ends), min))
    places = [*(trial.number for trial in ends), max(trial.number for trial in (*ends, *stops))]
    axes.step(places, [*best, best[-1]], where="post", color=plot.colour(1), label="the best so far")
    axes.set_title("How the search went")
    axes.set_xlabel("trial")
    _errors_on(axes)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()
    return figure


def _importances(tuned: Tuned) -> Figure | None:
    """Return a bar for each setting."""
    if not tuned.importances:
        return None
    figure = plot.new_figure(7.2, 0.32 * len(tuned.importances) + 1.3)
    axes = figure.subplots()
    axes.barh(list(tuned.importances), [100 * share for share in tuned.importances.values()], color=plot.colour(0))
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_title("What decided whether a trial is among the best")
    axes.set_xlabel("share by PED-ANOVA, %")
    return figure


def _settings(tuned: Tuned) -> Figure | None:
    """Return a panel for each setting: its values against the errors."""
    ends, stops = _parts(tuned)
    shown = [each for each in tuned.space.settings if any(each.key in trial.settings for trial in ends)]
    if not shown:
        return None
    rows = ceil(len(shown) / ACROSS)
    figure = plot.new_figure(3.2 * min(ACROSS, len(shown)), 2.6 * rows)
    panels = figure.subplots(rows, min(ACROSS, len(shown)), sharey=True, squeeze=False).ravel()
    for axes, setting in zip(panels, shown, strict=False):
        _slice(axes, setting, ends, stops)
    for axes in panels[len(shown) :]:
        axes.remove()
    for place in range(0, len(shown), min(ACROSS, len(shown))):
        _errors_on(panels[place])
    panels[0].legend(fontsize=8)
    return figure


def _slice(axes: Axes, setting: Setting, ends: list[Trial], stops: list[Trial]) -> None:
    key, names = setting.key, list[str]()
    if not isinstance(setting.range, Between):
        names = [value_text(value) for value in setting.range.examples]
    for trials, stopped in ((stops, True), (ends, False)):
        mine = [trial for trial in trials if key in trial.settings]
        values = [trial.settings[key] for trial in mine]
        _dots(axes, mine, [names.index(value_text(value)) for value in values] if names else values, stopped=stopped)
    if names:
        axes.set_xticks(range(len(names)), names)
        axes.set_xlim(-0.5, len(names) - 0.5)
    elif isinstance(setting.range, Between) and setting.range.log:
        axes.set_xscale("log")
        _plain_numbers(axes.xaxis)
    axes.set_title(key)


def _dots(axes: Axes, trials: list[Trial], where: list[Any], *, stopped: bool) -> None:
    """Draw trials: full at their end, hollow where they were stopped early, at their last error."""
    look = {"markerfacecolor": "none", "color": plot.SOFT} if stopped else {"color": plot.colour(0)}
    errors = [_percent(trial) for trial in trials]
    label = "stopped early" if stopped else "to the end"
    axes.plot(where, errors, linestyle="", marker="o", alpha=0.8, label=label if trials else None, **look)  # type: ignore[arg-type]


def _errors_on(axes: Axes) -> None:
    axes.set_yscale("log")
    _plain_numbers(axes.yaxis)
    axes.set_ylabel(ERROR)


def _plain_numbers(axis: Axis) -> None:
    """Mark a logarithmic axis at 1, 2, 5, 10, ..."""
    from matplotlib.ticker import LogLocator, NullLocator

    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter("{x:g}")


def _parts(tuned: Tuned) -> tuple[list[Trial], list[Trial]]:
    """Return the trials that came to their end, and those that were stopped; a logarithm needs errors above 0."""
    ends = [trial for trial in tuned.trials if trial.error is not None]
    return ends, [trial for trial in tuned.trials if trial.error is None and trial.errors]


def _percent(trial: Trial) -> float:
    return 100 * (trial.errors[-1] if trial.error is None else trial.error)
