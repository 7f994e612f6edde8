"""What is done beside the search, in a process or on a machine of its own: one pass of a trial's training."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..data.dataset import Dataset
from ..errors import LenetError
from ..files import write_atomically
from ..training import Diverged, Interrupted, Observer, Progress, Row, history, train
from ..training import folder as folders
from ..zoo import Entry

Stop = Callable[[], bool]


@dataclass(frozen=True)
class Step:
    """One more pass of a run, or all that are left.

    Attributes:
        entry: the network and its recipe.
        folder: of the run, on this machine; what it holds is gone on with.
        files: what the folder holds, by name, where another machine does the pass; None: it is done in the folder.
        whole: whether to go on to the run's end.
    """

    entry: Entry
    folder: Path
    files: dict[str, bytes] | None = None
    whole: bool = False


@dataclass(frozen=True)
class Stand:
    """Where a run stands after a pass.

    Attributes:
        errors: on the validation rows, after each pass so far.
        seconds: of training so far.
        error: on the validation rows, of the weights that the run gives; None: it isn't at its end.
        diverged: why training can't go on, in words; empty: it can.
        files: as ``Step.files``, after the pass.
    """

    errors: tuple[float, ...]
    seconds: float
    error: float | None = None
    diverged: str = ""
    files: dict[str, bytes] | None = field(default=None, repr=False)


def advance(step: Step, data: Dataset, stop: Stop | None = None) -> Stand:
    """Train for a pass, or to the end.

    Args:
        step: which run.
        data: what it is trained on.
        stop: asked ten times a second whether to stop within the pass.

    Raises:
        Interrupted: ``stop`` said so; the folder holds a checkpoint.
        LenetError: a file can't be written, say.
    """
    if stop is not None and stop():
        raise Interrupted(None)
    if step.files is None:
        return _advance(step.entry, step.folder, data, _Pass(stop, step.whole))
    with tempfile.TemporaryDirectory(prefix="lenet-tune-") as place:
        folder = Path(place) / "run"
        unpack(step.files, folder)
        stand = _advance(step.entry, folder, data, _Pass(stop, step.whole))
        return replace(stand, files=packed(folder))


def packed(folder: Path) -> dict[str, bytes]:
    """Return the files of a run's folder by name; none where there is no folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("[!.]*")) if path.is_file()}


def unpack(files: dict[str, bytes], folder: Path) -> None:
    """Put files into a folder, which is made; the settings come last, as in any run's folder.

    Raises:
        LenetError: they can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LenetError(f"the folder {folder} can't be made: {error.strerror or error}") from None
    for name in sorted(files, key=lambda name: name == folders.SETTINGS):
        write_atomically(folder / name, files[name])


class _Pass(Observer):
    """Lets a run make one pass, unless it is to make them all."""

    def __init__(self, stop: Stop | None, whole: bool) -> None:
        self.closed, self._stop, self._whole = False, stop, whole

    def on_chunk(self, progress: Progress) -> None:
        if self._stop is not None and self._stop():
            raise KeyboardInterrupt

    def on_pass(self, row: Row) -> None:
        self.closed = row.complete and not self._whole
        if self.closed:
            raise KeyboardInterrupt  # heard between two updates, with a checkpoint


def _advance(entry: Entry, folder: Path, data: Dataset, observer: _Pass) -> Stand:
    error = None
    try:
        if (folder / folders.SETTINGS).is_file():
            run = train(resume=folder, data=data, threads=1, observer=observer)
        else:
            shutil.rmtree(folder, ignore_errors=True)  # a kill left it without its settings
            run = train(entry, folder=folder, data=data, threads=1, observer=observer)
        error = float(run.metrics["validation"]["error"])
    except Interrupted:
        if not observer.closed:
            raise
    except Diverged as diverged:
        return Stand(_errors(folder), _seconds(folder), diverged=str(diverged))
    return Stand(_errors(folder), _seconds(folder), error)


def _errors(folder: Path) -> tuple[float, ...]:
    rows = history.read(folder)
    return tuple(row.validation_error for row in rows if row.complete and row.validation_error is not None)


def _seconds(folder: Path) -> float:
    rows = history.read(folder)
    return rows[-1].seconds if rows else 0.0
