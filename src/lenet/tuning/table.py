"""What a search gave, as tables and as a JSON document."""

from __future__ import annotations

from collections import Counter
from statistics import fmean, stdev
from typing import Any

from ..report.table import Table
from .trial import TRAINED, State, Trial
from .tuned import Tuned

SHOWN = 10  # trials
REASONS = 3  # why combinations don't fit


def table(tuned: Tuned) -> Table:
    """Return the best trials, the best first."""
    heads = ["trial", "validation", "parameters", "multiply-adds", "seconds", "settings"]
    if tuned.again:
        heads.insert(2, "other seeds")
    rows = [_row(tuned, trial) for trial in tuned.ranked[:SHOWN]]
    return Table(tuple(heads), rows, words=("settings",), spare=("seconds", "multiply-adds", "parameters"))


def importances(tuned: Tuned) -> Table:
    """Return what mattered, the most important first."""
    rows = [(key, f"{share:.0%}") for key, share in tuned.importances.items()]
    return Table(("what mattered", "by"), rows, words=("what mattered",))


def counts(tuned: Tuned) -> str:
    """Return in words how many trials there were, what became of them, and what was left out."""
    whole = tuned.count(*TRAINED)
    parts = [f"{number} {words}" for state, words in _BECAME.items() if (number := tuned.count(state))]
    lines = [f"{whole} {'trial' if whole == 1 else 'trials'}: {', '.join(parts)}"]
    if unfit := [trial for trial in tuned.trials if trial.state is State.UNFIT]:
        reasons = Counter(trial.why for trial in unfit).most_common(REASONS)
        lines.append(f"{len(unfit)} combinations that don't fit were left out, such as:")
        lines += [f"  {why}" + (f" ({times} times)" if times > 1 else "") for why, times in reasons]
    if repeated := tuned.count(State.REPEATED):
        lines.append(f"{repeated} combinations were drawn again, and not trained again")
    if tuned.exhausted:
        lines.append(f"nothing new could be drawn any more: {tuned.exhausted}")
    return "\n".join(lines)


_BECAME = {
    State.DONE: "to the end",
    State.STOPPED: "stopped early",
    State.DIVERGED: "diverged",
    State.FAILED: "failed",
    State.RUNNING: "not yet at the end",
}


def document(tuned: Tuned) -> dict[str, Any]:
    """Return the same for a program; errors are shares from 0 to 1."""
    best = tuned.best
    return {
        "folder": str(tuned.folder),
        "best": None if best is None else {**_told(best), "run": str(tuned.run)},
        "test": tuned.test,
        "importances": tuned.importances,
        "again": {str(number): list(errors) for number, errors in tuned.again.items()},
        "trials": [_told(trial) for trial in tuned.trials],
        "stopped": tuned.stopped,
        "exhausted": tuned.exhausted,
    }


def said(settings: dict[str, Any]) -> str:
    """Return settings in words, such as ``C1.kernel 7, S2+S4.type MaxPool``."""
    return ", ".join(f"{key} {value_text(value)}" for key, value in settings.items())


def value_text(value: Any) -> str:
    """Return a setting's value in a few characters."""
    if isinstance(value, dict):
        name = str(value.get("type", ""))
        rest = " ".join(f"{key} {value_text(part)}" for key, part in value.items() if key != "type")
        return f"{name} ({rest})" if name and rest else name or f"({rest})"
    if isinstance(value, bool):
        return "true" if value else "none"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _row(tuned: Tuned, trial: Trial) -> tuple[str, ...]:
    assert trial.error is not None
    again = [_spread(tuned.again.get(trial.number, ()))] if tuned.again else []
    counts_ = (f"{trial.parameters:,}", f"{trial.multiply_adds:,}", f"{trial.seconds:.1f}")
    return (str(trial.number), f"{trial.error:.2%}", *again, *counts_, said(trial.settings))


def _spread(errors: tuple[float, ...]) -> str:
    if not errors:
        return ""
    return f"{fmean(errors):.2%}" + (f" ±{100 * stdev(errors):.2f}" if len(errors) > 1 else "")


def _told(trial: Trial) -> dict[str, Any]:
    return {**vars(trial), "state": trial.state.value, "errors": list(trial.errors)}
