"""What a run carries from update to update, and the file that keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.state import State
from ..errors import LenetError
from ..files import write_atomically
from ..model.file import pack, unpack
from ..recipe import Optimiser, Recipe
from .history import Row
from .stopping import Stopping

FILE = "checkpoint.safetensors"
FORMAT = 1


@dataclass
class Course:
    """Everything that decides how a run goes on.

    Attributes:
        state: weights, the optimiser's memory, updates made.
        stopping: how patience stands; None: no early stopping.
        best: the weights of the lowest validation error, where early stopping keeps them.
        rows: the history so far.
        loss: sum over the patterns of the pass so far.
        wrong: patterns of the pass so far that were read wrong.
        seen: patterns of the pass so far.
        pass_seconds: of training in the pass so far.
        seconds: of training in the run so far.
        total_seconds: of the run so far, measuring and writing too.
        ended: whether the last pass is closed.
    """

    state: State
    stopping: Stopping | None
    best: NDArray[np.float32] | None = None
    rows: list[Row] = field(default_factory=list)
    loss: float = 0.0
    wrong: int = 0
    seen: int = 0
    pass_seconds: float = 0.0
    seconds: float = 0.0
    total_seconds: float = 0.0
    ended: bool = False

    @classmethod
    def fresh(cls, flat: NDArray[np.float32], recipe: Recipe) -> Course:
        """Return the course before the first update."""
        stopping = None if recipe.stopping is None else Stopping.fresh(recipe.stopping)
        return cls(State.fresh(flat, recipe.optimiser), stopping)

    @property
    def final(self) -> NDArray[np.float32]:
        """The weights that the run gives: the best where they are kept, else the last."""
        return self.state.flat if self.best is None else self.best


_NUMBERS = ("loss", "wrong", "seen", "pass_seconds", "seconds", "total_seconds", "ended")


def save(folder: Path, course: Course, engine: str, settings: str, data: str) -> None:
    """Write the checkpoint of a run's folder.

    Args:
        folder: the run's.
        course: where the run stands, between two updates.
        engine: the name of the engine that computes it: another one's bits differ.
        settings: SHA-256 of the run's settings.
        data: SHA-256 of its data set.

    Raises:
        LenetError: it can't be written; the checkpoint before it is still there.
    """
    arrays = {"flat": course.state.flat, **{f"slot{i}": slot for i, slot in enumerate(course.state.slots)}}
    if course.best is not None:
        arrays["best"] = course.best
    stopping = course.stopping
    about = {
        "kind": "checkpoint",
        "format": FORMAT,
        "engine": engine,
        "settings": settings,
        "data": data,
        "updates": course.state.updates,
        "patience": None if stopping is None else stopping.patience,
        "lowest": None if stopping is None or stopping.best == inf else stopping.best,
        "rows": [row.as_dict() for row in course.rows],
        **{name: getattr(course, name) for name in _NUMBERS},
    }
    write_atomically(folder / FILE, pack(arrays, about))


def load(folder: Path, fresh: Course, recipe: Recipe, settings: str, data: str) -> tuple[Course, str]:
    """Return where the run of a folder stood, and the name of its engine.

    Args:
        folder: the run's.
        fresh: the course before its first update: it says which arrays there must be.
        recipe: the run's.
        settings: SHA-256 of the folder's settings, which must be those that the run began with.
        data: SHA-256 of the data set, likewise.

    Raises:
        LenetError: the checkpoint is missing, damaged, or of other settings or other data.
    """
    path = folder / FILE
    arrays, about = unpack(path, {"checkpoint": FORMAT})
    if about.get("settings") != settings:
        raise LenetError(f"the settings in {folder} were changed after the run began; undo that, or start a new run")
    if about.get("data") != data:
        raise LenetError(f"the run in {folder} began on other data than {recipe.data!r} is now; start a new run")
    try:
        return _course(arrays, about, fresh, recipe.optimiser), str(about["engine"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LenetError(f"{path} is damaged: {error!r}; start a new run") from None


def _course(
    arrays: dict[str, NDArray[np.float32]], about: dict[str, Any], fresh: Course, optimiser: Optimiser
) -> Course:
    expected = {"flat", *(f"slot{i}" for i in range(len(fresh.state.slots)))}
    size = fresh.state.flat.shape
    if set(arrays) - {"best"} != expected or any(array.shape != size for array in arrays.values()):
        raise ValueError(f"its arrays don't fit the network and {type(optimiser).__name__}")
    stopping = fresh.stopping
    if stopping is not None:
        lowest = about["lowest"]
        stopping = Stopping(stopping.rule, float(about["patience"]), inf if lowest is None else float(lowest))
    state = State(
        np.array(arrays["flat"]),
        tuple(np.array(arrays[f"slot{i}"]) for i in range(len(fresh.state.slots))),
        int(about["updates"]),
    )
    best = np.array(arrays["best"]) if "best" in arrays else None
    rows = [Row.from_dict(row) for row in about["rows"]]
    return Course(state, stopping, best, rows, **{name: about[name] for name in _NUMBERS})
