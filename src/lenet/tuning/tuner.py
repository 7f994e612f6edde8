"""``lenet.tune``: from a space to its best network and recipe."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..data.dataset import Dataset, Parts
from ..errors import LenetError
from ..extras import require
from ..files import numbered_folder, write_atomically
from ..processes import can_begin_processes, cores
from ..training import Interrupted, train
from ..training.interrupts import Interrupts
from ..training.selection import Selection
from ..training.settings import Data, check, dataset_of
from . import sampling
from .again import retrain
from .jobs import run_here
from .ledger import Ledger
from .search import Jobs, Searcher, Watch
from .space import Space, read, write
from .step import advance
from .tuned import Tuned

SETTINGS = "space.toml"
FOLDERS = Path("tuned")


def tune(
    space: str | os.PathLike[str] | Space | None = None,
    data: Data | None = None,
    *,
    trials: int | None = None,
    minutes: float | None = None,
    seeds: int | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    ray: bool = False,
    ray_address: str | None = None,
    watch: Watch | None = None,
) -> Tuned:
    """Search a space of networks and recipes for the lowest validation error (docs/tuning.md).

    The digits that choose are held out from training. The test set isn't there while it searches; the one that is
    chosen is measured on it in the end. With one worker the same space and seed give the same trials, also where
    the search was stopped or killed and resumed.

    Args:
        space: the path of a TOML file, or what ``tuning.read`` makes of one.
        data: name or path of a data set, or one in memory; None: the recipe's.
        trials: instead of the space's.
        minutes: after so many no trial is begun any more.
        seeds: instead of the space's: the best three trials are trained again from so many other seeds, and the one
            with the lowest mean is chosen.
        out: a folder that holds no search yet; None: ``tuned/NAME-001``, or the next number that is free.
        resume: the folder of a search to go on with. It keeps its space, so that neither ``space`` nor ``out`` goes
            with it; ``trials`` are those in all.
        workers: trials at a time, a core each; None: as many as there are cores.
        ray: whether to train on a cluster of Ray's.
        ray_address: of the cluster; see ``lenet.cluster``.
        watch: is told how it goes.

    Raises:
        LenetError: something unknown, unreadable, wrong or unfitting; Optuna isn't installed; trials fail one after
            the other.
    """
    if (space is None) == (resume is None):
        raise LenetError("give a space to search, or the folder of a search to go on with by resume")
    if resume is not None and out is not None:
        raise LenetError("a search that is gone on with keeps its folder; leave out either out or resume")
    sampling.package()
    if ray:
        require("ray", "ray", "working on many machines")
    folder = None if resume is None else Path(resume)
    if folder is not None and not (folder / SETTINGS).is_file():
        raise LenetError(f"{folder} isn't the folder of a search: it has no {SETTINGS}")
    given = space if folder is None else folder / SETTINGS
    assert given is not None
    asked = _asked(given, None if resume is not None else data, {"trials": trials, "seeds": seeds})
    dataset = replace(dataset_of(asked.base.recipe.data if data is None else data), name=asked.base.recipe.data)
    Selection.of(dataset, asked.base.recipe)
    check(asked.base, dataset)
    folder = folder or _made(out, given)
    with Ledger(folder, asked, dataset) as ledger, _jobs(dataset, workers, ray, ray_address) as jobs:
        write_atomically(folder / SETTINGS, write(asked).encode())
        searcher = Searcher(ledger, jobs, ray, minutes, watch or Watch())
        again: dict[int, tuple[float, ...]] = {}
        stopped = False
        try:
            searcher.run()
            again = retrain(ledger, jobs, ray)
        except (Interrupted, KeyboardInterrupt):
            stopped = True
        tuned = Tuned(
            folder,
            asked,
            tuple(ledger.trials()),
            again,
            ledger.importances(),
            stopped=stopped,
            exhausted=searcher.exhausted,
        )
        return _finished(tuned, ledger, dataset)


def _asked(given: str | os.PathLike[str] | Space, data: Data | None, changes: dict[str, int | None]) -> Space:
    """Return the space with what is asked for instead of its own."""
    space = given if isinstance(given, Space) else read(given)
    if data is not None:
        name = data.name if isinstance(data, Dataset) else os.fspath(data)
        space = replace(space, base=replace(space.base, recipe=replace(space.base.recipe, data=name)))
    changes = {name: value for name, value in changes.items() if value is not None}
    return replace(space, search=replace(space.search, **changes))  # type: ignore[arg-type]


def _made(out: str | os.PathLike[str] | None, given: str | os.PathLike[str] | Space) -> Path:
    """Return the folder of a new search."""
    if out is None:
        return numbered_folder(FOLDERS, given.base.network.name if isinstance(given, Space) else Path(given).stem)
    if (Path(out) / SETTINGS).exists():
        raise LenetError(f"{out} holds a search already; go on with it by --resume {out}, or give another folder")
    return Path(out)


@contextmanager
def _jobs(data: Dataset, workers: int | None, ray: bool, address: str | None) -> Iterator[Jobs]:
    """Yield what does steps: here, or on a cluster; the test pictures aren't there."""
    parts = Parts(data.train_images, data.train_labels, data.test_images, data.test_labels)
    digests = data.digests or parts.digests()  # of all of it, so that a run can be ended on all of it
    bare = replace(data, test_images=data.test_images[:0], test_labels=data.test_labels[:0], digests=digests)
    count = (workers or cores()) if can_begin_processes() else 1
    if ray:
        from ..cluster import run_jobs

        yield partial(run_jobs, advance, common=(bare,), address=address, workers=workers)
    elif count > 1:
        yield partial(run_here, advance, common=(bare,), workers=count)
    else:
        with Interrupts() as heard:
            yield partial(run_here, advance, common=(bare, lambda: heard.asked), workers=1)


def _finished(tuned: Tuned, ledger: Ledger, data: Dataset) -> Tuned:
    """Write the files of a search; of one that wasn't stopped, measure the chosen model on the test set."""
    if tuned.best is not None:
        test = None
        if not tuned.stopped:
            test = train(resume=tuned.run, data=data).metrics.get("test")
        tuned = replace(tuned, entry=ledger.entry(tuned.best.number), test=test)
    tuned.save()
    return tuned
