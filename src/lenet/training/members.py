"""Members: the same network trained from several seeds, to answer together."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ..model import engines
from ..network.layer import whole
from ..recipe import Recipe
from ..zoo import Entry
from . import folder as folders
from .assembly import common
from .committee import Committee, Work, refuse_changes
from .observer import Observer
from .run import Run
from .selection import Selection
from .settings import Data, What, settle

MEMBERS = 5


def together(
    what: What | None = None,
    data: Data | None = None,
    *,
    members: int | None = None,
    recipe: Recipe | str | None = None,
    seed: int | None = None,
    passes: int | None = None,
    batch: int | None = None,
    rate: float | None = None,
    folder: str | os.PathLike[str] | Literal[False] | None = None,
    resume: str | os.PathLike[str] | None = None,
    threads: int | None = None,
    observer: Observer | None = None,
    engine: str | None = None,
    device: str | None = None,
) -> Committee:
    """Train a network from several seeds, and let them answer together.

    Each member is the very run that ``train`` makes of its seed. The engine ``torch`` trains all at once, as one
    batched network, to the same up to rounding; the others train one after the other. The gap from which on member 1
    answers alone is chosen as ``assemble`` does.

    Args:
        what: as in ``train``; None: ``lenet5``.
        data: as in ``train``.
        members: how many, 2 or more; None: 5.
        recipe: as in ``train``.
        seed: of member 1; each further one has the next.
        passes: as in ``train``.
        batch: as in ``train``.
        rate: as in ``train``.
        folder: where to write; it holds no run yet. None: ``runs/NAME-together-001``, or the next number that is
            free. False: nothing is written.
        resume: the folder to go on in, to the same bits; it keeps its settings.
        threads: None: one a core.
        observer: is told how the runs go.
        engine: as in ``train``.
        device: as in ``train``.

    Raises:
        Interrupted: Ctrl-C came; it can be resumed.
        LenetError: as in ``train``.
    """
    changes = {"seed": seed, "passes": passes, "batch": batch, "rate": rate}
    watch = observer or Observer()
    if resume is not None:
        refuse_changes("an ensemble", {"what": what, "recipe": recipe, "folder": folder, "members": members, **changes})
        return _Members.resumed(Path(resume), data, threads, watch, engine=engine, device=device)
    row, dataset = settle("lenet5" if what is None else what, data, recipe, changes)
    name, number = engines.named(engine, device), MEMBERS if members is None else members
    work = _Members(row, dataset, number, name, threads=threads, observer=watch)
    if folder is False:
        return work.run(None)
    return work.run(folders.make(None if folder is None else Path(folder), f"{row.network.name}-together"))


def is_together(folder: str | os.PathLike[str]) -> bool:
    """Whether a folder is one that ``together`` writes to."""
    return (Path(folder) / _Members.file).is_file()


class _Members(Work):
    """A run for each seed."""

    what, file, key, always = "ensemble", "members.json", "members", "all"

    def select(self) -> Selection:
        """Check how many there are, and return what they have in common."""
        whole("the members of an ensemble", self.number, 2)
        return common(self.data, [row.recipe for row in self._rows()])

    def train(self) -> list[Run]:
        """Return the runs: all at once where the engine can, else one after the other."""
        digits = max(2, len(str(self.number)))
        parts = [
            self.part(
                f"member-{number:0{digits}}",
                row,
                Selection.of(self.data, row.recipe),
                f"member {number} of {self.number}",
            )
            for number, row in enumerate(self._rows(), 1)
        ]
        if hasattr(self.engine, "train_together"):
            return self.train_nets(parts)
        return [run for part in parts for run in self.train_nets([part])]

    def _rows(self) -> list[Entry]:
        """Return what each member trains by."""
        recipe = self.row.recipe
        return [replace(self.row, recipe=replace(recipe, seed=recipe.seed + n)) for n in range(self.number)]
