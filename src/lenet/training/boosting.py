"""Boosting: three nets, the later ones trained on what the earlier find hard (section III.C, boosted LeNet-4).

Drucker, Schapire and Simard (1993). Net 1 trains as the recipe says. Net 2 trains on fresh patterns of which net 1
reads half wrong, net 3 on fresh patterns on which nets 1 and 2 disagree. Their outputs are added.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..model import engines
from ..network.layer import whole
from ..recipe import Recipe
from ..zoo import PAPER_DISTORTION
from . import folder as folders
from .assembly import SEEDS
from .candidates import Candidates, choosing, half_and_half
from .committee import Committee, Work, refuse_changes
from .observer import Observer
from .run import Run
from .selection import Selection
from .settings import Data, What, settle

COPIES = 49

Nets = list[NDArray[np.float32]]  # the weights of each
Choose = Callable[[Recipe, Nets], NDArray[np.int64]]


def boost(
    what: What | None = None,
    data: Data | None = None,
    *,
    recipe: Recipe | str | None = None,
    seed: int | None = None,
    passes: int | None = None,
    batch: int | None = None,
    rate: float | None = None,
    copies: int | None = None,
    folder: str | os.PathLike[str] | Literal[False] | None = None,
    resume: str | os.PathLike[str] | None = None,
    threads: int | None = None,
    observer: Observer | None = None,
    engine: str | None = None,
    device: str | None = None,
) -> Committee:
    """Train three nets that answer together, and keep the runs in a folder.

    Each net makes as many updates as the recipe says; the patterns of nets 2 and 3 come again and again. They are
    chosen among distorted copies that none of the nets has seen. The gap from which on net 1 answers alone is the
    smallest that costs no accuracy on the rows that the recipe holds out or, where it holds out none, on a
    distorted copy of each training digit that no net has seen. The test set chooses nothing.

    Where the recipe has no distortion, it gets ``PAPER_DISTORTION``.

    Args:
        what: as in ``train``; None: ``lenet4``.
        data: as in ``train``.
        recipe: as in ``train``.
        seed: of net 1; those of the others follow from it.
        passes: as in ``train``.
        batch: as in ``train``.
        rate: as in ``train``.
        copies: of each training digit, among which the patterns of net 2 are chosen, and others for net 3. None: 49.
        folder: where to write; it holds no run yet. None: ``runs/NAME-boosted-001``, or the next number that is
            free. False: nothing is written.
        resume: the folder to go on in, to the same bits; it keeps its settings.
        threads: None: one a core.
        observer: is told how the three runs go.
        engine: as in ``train``.
        device: as in ``train``.

    Raises:
        Interrupted: Ctrl-C came; it can be resumed.
        LenetError: as in ``train``; or there are no patterns that a net finds hard.
    """
    changes = {"seed": seed, "passes": passes, "batch": batch, "rate": rate}
    watch = observer or Observer()
    if resume is not None:
        refuse_changes("boosting", {"what": what, "recipe": recipe, "folder": folder, "copies": copies, **changes})
        return _Boosting.resumed(Path(resume), data, threads, watch, engine=engine, device=device)
    row, dataset = settle("lenet4" if what is None else what, data, recipe, changes)
    row = replace(row, recipe=replace(row.recipe, distortion=row.recipe.distortion or PAPER_DISTORTION))
    name, number = engines.named(engine, device), COPIES if copies is None else copies
    boosting = _Boosting(row, dataset, number, name, threads=threads, observer=watch)
    if folder is False:
        return boosting.run(None)
    return boosting.run(folders.make(None if folder is None else Path(folder), f"{row.network.name}-boosted"))


def is_boosting(folder: str | os.PathLike[str]) -> bool:
    """Whether a folder is one that ``boost`` writes to."""
    return (Path(folder) / _Boosting.file).is_file()


class _Boosting(Work):
    """The three runs, and the choices between them."""

    what, file, key, always = "boosting", "boosting.json", "copies", "all_three"

    def select(self) -> Selection:
        """Check the copies, and return what net 1 is trained on."""
        whole("the copies for boosting", self.number, 1)
        self._recipe(2)  # refuses too many
        return Selection.of(self.data, self.row.recipe)

    def train(self) -> list[Run]:
        """Return the runs; the patterns of nets 2 and 3 are chosen as soon as the nets before them have ended."""
        runs: list[Run] = []
        for number, choose in ((1, None), (2, self._hard), (3, self._disputed)):
            runs.append(self._train(number, runs, choose))
        return runs

    def _recipe(self, number: int) -> Recipe:
        """Return the recipe of net 2 or 3."""
        recipe = self.row.recipe
        assert recipe.distortion is not None
        distortion = replace(recipe.distortion, copies=self.number, share=1.0)
        return replace(recipe, seed=recipe.seed + (number - 1) * SEEDS, distortion=distortion)

    def _train(self, number: int, before: list[Run], choose: Choose | None) -> Run:
        name, row, selection = f"net-{number}", self.row, self.selection
        if choose is not None:
            row = replace(row, recipe=self._recipe(number))
            if not self.begun(name):
                patterns = choose(row.recipe, [run.model.flat for run in before])
                selection = replace(selection, patterns=patterns)
        (run,) = self.train_nets([self.part(name, row, selection, f"net {number} of 3")])
        return run

    def _hard(self, recipe: Recipe, nets: Nets) -> NDArray[np.int64]:
        """Return the patterns of net 2: net 1 reads half of them wrong."""
        candidates, (first,) = self._answers(recipe, nets, "net 2")
        wrong = first != candidates.labels()
        if wrong.all() or not wrong.any():
            which, remedy = ("all", "train it longer") if wrong.any() else ("none", "distort more, or more copies")
            raise LenetError(
                f"net 1 reads {which} of {len(wrong):,} distorted digits wrong, so that net 2 has nothing to learn "
                f"from; {remedy}"
            )
        return half_and_half(candidates.patterns, wrong, recipe.seed)

    def _disputed(self, recipe: Recipe, nets: Nets) -> NDArray[np.int64]:
        """Return the patterns of net 3: nets 1 and 2 disagree on them."""
        candidates, (first, second) = self._answers(recipe, nets, "net 3")
        if (first == second).all():
            raise LenetError(
                f"nets 1 and 2 agree on all of {len(first):,} distorted digits, so that net 3 has nothing to learn "
                "from; distort more, or more copies"
            )
        disputed: NDArray[np.int64] = candidates.patterns[first != second]
        return disputed

    def _answers(self, recipe: Recipe, nets: Nets, what: str) -> tuple[Candidates, NDArray[np.int64]]:
        with choosing(self.observer, f"choosing patterns for {what}") as watch:
            candidates = Candidates(self.engine, self.data, self.selection.rows, recipe, watch)
            return candidates, candidates.answers(nets, self.network.smallest_wins)
