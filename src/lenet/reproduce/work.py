"""One run: trained and measured."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import written
from ..data import Dataset
from ..model.rejection import rejection
from ..training import Committee, Observer, Run, boost, is_boosting, machine, train
from ..training import checkpoint as checkpoints
from ..training import folder as folders
from ..training.settings import settle
from ..zoo import Entry
from .claims import COST, LOSS, REJECTED, TEST, TRAINING, VALIDATION
from .plan import Unit
from .results import Result

Counts = tuple[int | None, int | None]  # parameters, multiply-adds a picture


def do(unit: Unit, data: Dataset, folder: Path, threads: int, observer: Observer) -> Result:
    """Do a run, or go on with what its folder holds of it, and return what came out.

    Raises:
        Interrupted: the observer asked for it; the folder holds a checkpoint.
        LenetError: it can't be done.
    """
    counts: Counts
    if isinstance(unit.claim.work, Entry):
        measures, counts, seconds = _train(unit, data, folder, threads, observer)
    else:
        from . import baselines

        measures, counts, seconds = baselines.fit(unit.claim.work, unit.seed, data)
    about = {name: value for name, value in machine.facts().items() if name != "numpy"}
    digest = unit.digest(data.checksum)
    return Result(unit.claim.name, unit.seed, digest, measures, *counts, round(seconds, 3), threads, about)


def tidy(folder: Path) -> None:
    """Leave of a run that has its result the model, its history and its settings."""
    for checkpoint in folder.rglob(checkpoints.FILE):
        checkpoint.unlink()


def _train(
    unit: Unit, data: Dataset, folder: Path, threads: int, observer: Observer
) -> tuple[dict[str, float], Counts, float]:
    row, _ = settle(unit.row, data, None, {})
    boosted = unit.claim.boosted
    begin: Callable[..., Run | Committee] = boost if boosted else train
    options: dict[str, Any] = {"data": data, "threads": threads, "observer": observer}
    if _begun(folder, row):
        run = begin(resume=folder, **options)
    else:
        shutil.rmtree(folder, ignore_errors=True)  # a run of other settings, or one that was tidied up
        run = begin(row, folder=folder, **options)
    measures, nets = _measures(run, row, data), 3 if boosted else 1
    counts = nets * row.network.parameters, round(measures.get(COST, 1) * row.network.multiply_adds)
    return measures, counts, run.metrics["seconds"]["training"]


def _measures(run: Run | Committee, row: Entry, data: Dataset) -> dict[str, float]:
    """Return what came out, by name. A committee's nets have each a training set of its own: no error of that."""
    measures = {}
    if isinstance(run, Run):
        last = run.history[-1]
        measures[TRAINING] = last.training_error if last.training_error_after is None else last.training_error_after
    elif "test" in run.metrics:
        measures[COST] = run.metrics["cost"]["test"]
    if "validation" in run.metrics:
        measures[VALIDATION] = run.metrics["validation"]["error"]
    if "test" in run.metrics:
        scores = run.model.scores(data.test_images)
        share = rejection(scores, data.test_labels, smallest_wins=row.network.smallest_wins).share
        measures |= {TEST: run.metrics["test"]["error"], LOSS: run.metrics["test"]["loss"], REJECTED: share}
    return measures


def _begun(folder: Path, row: Entry) -> bool:
    """Whether the folder holds this very run, and what it takes to go on."""
    settings = folder / folders.SETTINGS
    if not settings.is_file() or settings.read_bytes() != written.write(row).encode():
        return False
    ended = (folder / folders.METRICS).exists()
    return any(folder.rglob(checkpoints.FILE)) or (is_boosting(folder) and not ended)
