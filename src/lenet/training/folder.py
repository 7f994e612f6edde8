"""The folder of a run: what it holds, and what is written when."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import written
from ..errors import LenetError
from ..files import numbered_folder, write_atomically
from ..zoo import Entry
from . import checkpoint, history
from .history import Row

if TYPE_CHECKING:
    from ..model import Model

SETTINGS, METRICS, MODEL = "settings.toml", "metrics.json", "model.safetensors"
RUNS = Path("runs")


class Keeper:
    """Writes a run's files; without a folder it writes nothing.

    Attributes:
        folder: the run's; None: nothing is kept.
        engine: name of the engine that computes the run.
        data: SHA-256 of the run's data set.
    """

    def __init__(self, folder: Path | None, engine: str, data: str) -> None:
        self.folder, self.engine, self.data = folder, engine, data
        self._settings = "" if folder is None else settings_digest(folder)

    def begin(self, course: checkpoint.Course) -> None:
        """Write the history anew, as the checkpoint has it, and the first checkpoint of a new run."""
        if self.folder is not None:
            history.write(self.folder, course.rows)
            if not course.state.updates:
                self.checkpoint(course)

    def row(self, row: Row) -> None:
        """Add a row to the history."""
        if self.folder is not None:
            history.append(self.folder, row)

    def checkpoint(self, course: checkpoint.Course) -> None:
        """Write where the run stands."""
        if self.folder is not None:
            checkpoint.save(self.folder, course, self.engine, self._settings, self.data)

    def end(self, model: Model, metrics: dict[str, Any]) -> None:
        """Write what the run gave; the metrics come last: where they are, the run has ended."""
        if self.folder is not None:
            model.save(self.folder / MODEL)
            write_atomically(self.folder / METRICS, (json.dumps(metrics, indent=2) + "\n").encode())


def make(folder: str | Path | None, entry: Entry) -> Path:
    """Make the folder of a new run and write its settings; None: ``runs/NAME-001`` or the next number that is free.

    Raises:
        LenetError: the folder holds a run already, or can't be made.
    """
    if folder is None:
        path = numbered_folder(RUNS, entry.network.name)
    else:
        path = Path(folder)
        if any((path / name).exists() for name in (SETTINGS, checkpoint.FILE, MODEL)):
            raise LenetError(f"{path} holds a run already; go on with it by --resume {path}, or give another folder")
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LenetError(f"the folder {path} can't be made: {error.strerror or error}") from None
    write_atomically(path / SETTINGS, written.write(entry).encode())
    return path


def settings(folder: Path) -> Entry:
    """Return the network and recipe of a run's folder.

    Raises:
        LenetError: it isn't a run's folder, or its settings are damaged.
    """
    if not (folder / SETTINGS).is_file():
        raise LenetError(f"{folder} isn't the folder of a run: it has no {SETTINGS}")
    return written.read(folder / SETTINGS)


def settings_digest(folder: Path) -> str:
    """Return the SHA-256 of a run's settings."""
    return hashlib.sha256((folder / SETTINGS).read_bytes()).hexdigest()
