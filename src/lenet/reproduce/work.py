"""One run: trained and measured."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from .. import written
from ..data import Dataset
from ..model.rejection import rejection
from ..training import Observer, machine, train
from ..training import checkpoint as checkpoints
from ..training import folder as folders
from ..training.settings import settle
from ..zoo import Entry
from .claims import LOSS, REJECTED, TEST, TRAINING, VALIDATION
from .plan import Unit
from .results import Result


def do(unit: Unit, data: Dataset, folder: Path, threads: int, observer: Observer) -> Result:
    """Do a run, or go on with what its folder holds of it, and return what came out.

    Raises:
        Interrupted: the observer asked for it; the folder holds a checkpoint.
        LenetError: it can't be done.
    """
    counts: tuple[int | None, int | None]
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
    (folder / checkpoints.FILE).unlink(missing_ok=True)


def _train(
    unit: Unit, data: Dataset, folder: Path, threads: int, observer: Observer
) -> tuple[dict[str, float], tuple[int, int], float]:
    row, _ = settle(unit.row, data, None, {})
    options: dict[str, Any] = {"data": data, "threads": threads, "observer": observer}
    if _begun(folder, row):
        run = train(resume=folder, **options)
    else:
        shutil.rmtree(folder, ignore_errors=True)  # a run of other settings, or one that was tidied up
        run = train(row, folder=folder, **options)
    last = run.history[-1]
    measures = {TRAINING: last.training_error if last.training_error_after is None else last.training_error_after}
    if "validation" in run.metrics:
        measures[VALIDATION] = run.metrics["validation"]["error"]
    if "test" in run.metrics:
        scores = run.model.scores(data.test_images)
        share = rejection(scores, data.test_labels, smallest_wins=row.network.smallest_wins).share
        measures |= {TEST: run.metrics["test"]["error"], LOSS: run.metrics["test"]["loss"], REJECTED: share}
    return measures, (row.network.parameters, row.network.multiply_adds), run.metrics["seconds"]["training"]


def _begun(folder: Path, row: Entry) -> bool:
    """Whether the folder holds this very run, and what it takes to go on."""
    settings = folder / folders.SETTINGS
    if not (settings.is_file() and (folder / checkpoints.FILE).is_file()):
        return False
    return settings.read_bytes() == written.write(row).encode()
