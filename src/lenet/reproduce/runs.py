"""What a run left in its folder: the history and the model."""

from __future__ import annotations

from pathlib import Path

from ..errors import LenetError
from ..model import Model
from ..training import folder as folders
from ..training import history
from ..training.history import Row
from .plan import Unit
from .results import FILE

RUNS = "runs"


def folder(out: Path, unit: Unit) -> Path:
    """Return the folder of a run."""
    return out / RUNS / unit.name


def passes(out: Path, unit: Unit) -> list[Row]:
    """Return a row for each pass of a run that has ended; raise ``LenetError`` where its folder isn't there."""
    return [row for row in history.read(_its(out, unit)) if row.complete]


def model(out: Path, unit: Unit) -> Model:
    """Return the model of a run that has ended; raise ``LenetError`` where its folder isn't there."""
    return Model.load(_its(out, unit))


def _its(out: Path, unit: Unit) -> Path:
    """Return the folder, if it is of this very recipe; results outlive the folders that they came from."""
    where = folder(out, unit)
    try:
        found, _ = folders.settings(where)
        right = found.network == unit.row.network and found.recipe == unit.row.recipe
    except LenetError:
        right = False
    if not right:
        raise LenetError(
            f"{where} isn't the run of {unit.claim.name} any more; "
            f"take the lines of {unit.claim.name!r} out of {out / FILE}, and it is run again"
        )
    return where
