"""The best trials trained again from other seeds: what luck of a seed gave them, it doesn't give again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ..errors import LenetError
from ..files import read_whole
from ..training import folder as folders
from ..zoo import Entry
from .ledger import Ledger
from .search import KEPT, Jobs, ranked, tidy
from .step import Step, packed, unpack

FOLDER = "again"


def retrain(ledger: Ledger, jobs: Jobs, remote: bool) -> dict[int, tuple[float, ...]]:
    """Return the validation errors of the best trials from other seeds, by number; what is done already is read.

    Each seed has other weights, another order of the digits and, where they are drawn, other validation rows.

    Raises:
        Interrupted: Ctrl-C came.
        LenetError: one of them failed.
    """
    best = [trial.number for trial in ranked(ledger.trials())[:KEPT]]
    runs = [(number, seed) for number in best for seed in range(1, ledger.space.search.seeds + 1)]
    errors = {run: error for run in runs if (error := _known(_folder(ledger, *run))) is not None}
    rest = [run for run in runs if run not in errors]

    def steps() -> Iterator[Step]:
        for number, seed in rest:
            folder = _folder(ledger, number, seed)
            files = packed(folder) if remote else None
            yield Step(_seeded(ledger.entry(number), seed), folder, files, whole=True)

    with closing(jobs(steps())) as results:
        for place, stand in results:
            if isinstance(stand, LenetError):
                raise stand
            folder = _folder(ledger, *rest[place])
            if stand.files is not None:
                unpack(stand.files, folder)
            if stand.error is not None:
                tidy(folder)
            errors[rest[place]] = 1.0 if stand.error is None else stand.error
    return {number: tuple(errors[run] for run in runs if run[0] == number) for number in best if runs}


def _seeded(entry: Entry, seed: int) -> Entry:
    return replace(entry, recipe=replace(entry.recipe, seed=entry.recipe.seed + seed))


def _folder(ledger: Ledger, number: int, seed: int) -> Path:
    return ledger.folder / FOLDER / f"{number:04d}-{seed}"


def _known(folder: Path) -> float | None:
    """Return the validation error of a run that has ended; None: it hasn't."""
    if not (folder / folders.METRICS).is_file():
        return None
    return float(json.loads(read_whole(folder / folders.METRICS))["validation"]["error"])
