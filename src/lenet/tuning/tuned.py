"""What a search gave, and its files."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Any

from .. import written
from ..files import write_atomically
from ..model import Model
from ..zoo import Entry
from .search import TRIALS, ranked
from .space import Space
from .trial import State, Trial

BEST, SHEET = "best.toml", "trials.csv"


@dataclass(frozen=True)
class Tuned:
    """What a search gave.

    Attributes:
        folder: where its files are.
        space: what was searched.
        trials: all that was drawn, in order.
        again: validation errors of the best trials from other seeds, by the trial's number.
        importances: by how much each setting decides whether a trial is among the best, the largest first; adds up
            to 1, or is empty.
        stopped: whether Ctrl-C came; ``tune(resume=folder)`` goes on.
        exhausted: why nothing more could be drawn; empty: it could.
        entry: network and recipe of the best trial, as ``best.toml`` has them; None: none came to its end.
        test: metrics of its model on the test set, measured once it was chosen; None: the search was stopped before,
            or the data have no test pictures.
    """

    folder: Path
    space: Space
    trials: tuple[Trial, ...]
    again: dict[int, tuple[float, ...]]
    importances: dict[str, float]
    stopped: bool = False
    exhausted: str = ""
    entry: Entry | None = None
    test: dict[str, Any] | None = None

    @property
    def best(self) -> Trial | None:
        """The trial that is chosen: of the lowest error, as a mean from other seeds where there are such; or None."""
        ranked = self.ranked
        if again := [trial for trial in ranked if trial.number in self.again]:
            return min(again, key=lambda trial: fmean(self.again[trial.number]))
        return ranked[0] if ranked else None

    @property
    def ranked(self) -> list[Trial]:
        """The trials that came to their end, the best first."""
        return ranked(self.trials)

    @cached_property
    def model(self) -> Model:
        """The model of the best trial.

        Raises:
            LenetError: there is none.
        """
        return Model.load(self.run)

    @property
    def run(self) -> Path:
        """The folder of the best trial's run."""
        return self.folder / TRIALS / ("none" if self.best is None else self.best.folder)

    def count(self, *states: State) -> int:
        """Return how many trials are in these states."""
        return sum(trial.state in states for trial in self.trials)

    def draw(self) -> list[Path]:
        """Draw how it went, what mattered, and each setting against the error into its folder; return the files.

        Raises:
            LenetError: matplotlib isn't installed, or a file can't be written.
        """
        from .figures import draw

        return draw(self)

    def save(self) -> None:
        """Write the table of all trials and the best one's network and recipe; raise ``LenetError`` where it fails."""
        write_atomically(self.folder / SHEET, sheet(self.trials).encode())
        if self.entry is not None:
            write_atomically(self.folder / BEST, written.write(self.entry).encode())


def sheet(trials: tuple[Trial, ...]) -> str:
    """Return all trials as CSV, a column for each setting."""
    keys = list(dict.fromkeys(key for trial in trials for key in trial.settings))
    heads = ("trial", "state", "validation_error", "passes", "parameters", "multiply_adds", "seconds", "why")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*heads, *keys))
    for each in trials:
        last = each.errors[-1] if each.error is None and each.errors else each.error
        row = (each.number, each.state.value, last, len(each.errors), each.parameters, each.multiply_adds)
        values = (each.settings.get(key) for key in keys)
        told = (json.dumps(value) if isinstance(value, (list, dict, bool)) else value for value in values)
        writer.writerow((*row, round(each.seconds, 3), each.why, *told))
    return text.getvalue()
