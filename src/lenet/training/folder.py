"""The folder of a run: what it holds, and what is written when."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import written
from ..errors import LenetError
from ..files import numbered_folder, read_whole, remove_parts, write_atomically
from ..model.card import is_card
from ..zoo import Entry
from . import checkpoint, history
from .history import Row
from .selection import Selection

if TYPE_CHECKING:
    from ..data import Dataset
    from ..model import Ensemble, Model

SETTINGS, METRICS, MODEL, CARD = "settings.toml", "metrics.json", "model.safetensors", "README.md"
RUNS = Path("runs")


class Keeper:
    """Writes a run's files; without a folder it writes nothing.

    Attributes:
        folder: the run's; None: nothing is kept.
        engine: name of the engine that computes the run.
        data: SHA-256 of what the run trains on.
    """

    def __init__(self, folder: Path | None, row: Entry, engine: str, selection: Selection, data: Dataset) -> None:
        self.folder, self.engine, self.data = folder, engine, selection.digest(data)
        self._selection = selection
        self._settings = written.write(row).encode()

    def begin(self, course: checkpoint.Course) -> None:
        """Write the history anew, as the checkpoint has it; of a new run, the first checkpoint and the settings.

        The settings come last: a folder that has them has all that it takes to go on.
        """
        if self.folder is not None:
            remove_parts(self.folder)
            history.write(self.folder, course.rows)
            if not (self.folder / SETTINGS).exists():
                self._selection.save(self.folder)
                self.checkpoint(course)
                write_atomically(self.folder / SETTINGS, self._settings)

    def row(self, row: Row) -> None:
        """Add a row to the history."""
        if self.folder is not None:
            history.append(self.folder, row)

    def checkpoint(self, course: checkpoint.Course) -> None:
        """Write where the run stands."""
        if self.folder is not None:
            checkpoint.save(self.folder, course, self.engine, digest(self._settings), self.data)

    def end(self, model: Model, metrics: dict[str, Any]) -> None:
        """Write what the run gave; the metrics come last: where they are, the run has ended."""
        if self.folder is not None:
            save(self.folder, model)
            write_atomically(self.folder / METRICS, (json.dumps(metrics, indent=2) + "\n").encode())


def save(folder: Path, model: Model | Ensemble) -> None:
    """Write the model of a run, and its card beside it, unless another README.md is there already.

    Raises:
        LenetError: one of them can't be written.
    """
    model.save(folder / MODEL)
    path = folder / CARD
    if not path.exists() or (path.is_file() and is_card(read_whole(path))):
        write_atomically(path, model.card().encode(), durable=False)


def make(folder: Path | None, name: str) -> Path:
    """Return the folder of a new run, made; None: ``runs/NAME-001``, or the next number that is free.

    Raises:
        LenetError: the folder holds a run already, or can't be made.
    """
    if folder is None:
        return numbered_folder(RUNS, name)
    if any((folder / file).exists() for file in (SETTINGS, MODEL, METRICS)):
        raise LenetError(f"{folder} holds a run already; go on with it by --resume {folder}, or give another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LenetError(f"the folder {folder} can't be made: {error.strerror or error}") from None
    return folder


def holds(folder: Path, row: Entry) -> bool:
    """Whether a folder holds a run of this network and recipe."""
    return (folder / SETTINGS).is_file() and read_whole(folder / SETTINGS) == written.write(row).encode()


def settings(folder: Path) -> tuple[Entry, str]:
    """Return the network and recipe of a run's folder, and the SHA-256 of the file that holds them.

    Raises:
        LenetError: it isn't a run's folder, or its settings are damaged.
    """
    if not (folder / SETTINGS).is_file():
        raise LenetError(f"{folder} isn't the folder of a run: it has no {SETTINGS}")
    return written.read(folder / SETTINGS), digest(read_whole(folder / SETTINGS))


def digest(settings: bytes) -> str:
    """Return the SHA-256 of settings as they are written."""
    return hashlib.sha256(settings).hexdigest()
