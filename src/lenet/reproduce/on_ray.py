"""Does the runs that aren't done yet on a cluster of Ray's, one on each of its processors."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..cluster import connected, run_jobs
from ..data import Dataset
from ..errors import LenetError
from ..files import write_atomically
from ..training import Observer
from ..training.interrupts import Interrupts
from . import work
from .ledger import Ledger, Outcome, Watch
from .plan import Unit
from .results import Result, Results
from .runner import one_thread_each

SHARED = ".shared"  # a file in the folder of the results, by which a machine knows that it sees that very folder


@dataclass(frozen=True)
class Job:
    """A run, as it is sent to a machine.

    Attributes:
        unit: the run.
        data: Ray's reference to the data set.
        folder: the run's, where the command was given.
        shared: the path of ``SHARED``.
        token: what that holds.
    """

    unit: Unit
    data: Any
    folder: Path
    shared: Path
    token: str


Files = dict[str, bytes]  # of a run's folder, by their paths from there


def perform_on_ray(
    units: Sequence[Unit],
    results: Results,
    *,
    data: Callable[[str], Dataset],
    address: str | None = None,
    workers: int | None = None,
    watch: Watch | None = None,
) -> Outcome:
    """Do what isn't done yet, and write each result as it comes: the same as ``perform`` gives, to the bit.

    The data sets are sent to the machines. One that sees the folder of the results trains there, so that a run that is
    stopped or loses its worker goes on from its checkpoint; any other trains in a folder of its own, whose files are
    sent back when the run has ended.

    Args:
        units: the runs, in the order in which they are begun.
        results: where they are written; open.
        data: gives a data set by its name.
        address: of the cluster; see ``cluster.connected``.
        workers: runs at a time; None: as many as the cluster has processors.
        watch: is told how it goes; not how much of a run is done.

    Raises:
        LenetError: there is no cluster.
    """
    ledger = Ledger(results, watch or Watch())
    pending = ledger.find(units, data)
    ledger.watch.on_begin(len(units), len(ledger.outcome.results))
    if not pending:
        return ledger.outcome
    try:
        with connected(address, workers=workers) as ray, _shared(results.folder) as (shared, token):
            sets = {each.name: ray.put(each) for each in {id(each): each for each in ledger.data.values()}.values()}

            def jobs() -> Iterator[Job]:
                for unit in pending:
                    ledger.watch.on_start(unit)
                    yield Job(unit, sets[ledger.data[unit].name], ledger.folder(unit).absolute(), shared, token)

            with closing(run_jobs(do, jobs(), workers=workers)) as ended:
                for place, answer in ended:
                    with Interrupts() as interrupts:
                        _note(ledger, pending[place], answer)
                    if interrupts.asked:
                        raise KeyboardInterrupt
    except KeyboardInterrupt:
        ledger.outcome.stopped = True
    return ledger.outcome


def do(job: Job) -> tuple[Result, Files | None]:
    """Do a run on a machine of the cluster; return what came out, and the files if they aren't where they should be."""
    import ray

    def run(folder: Path) -> Result:
        with one_thread_each([job.unit]):
            return work.do(job.unit, ray.get(job.data), folder, 1, Observer())

    if _sees(job):
        return run(job.folder), None
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / job.folder.name
        result = run(folder)
        work.tidy(folder)
        files = (path for path in folder.rglob("*") if path.is_file())
        return result, {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _sees(job: Job) -> bool:
    """Whether this machine sees the folder of the results."""
    return job.shared.is_file() and job.shared.read_bytes() == job.token.encode()


def _note(ledger: Ledger, unit: Unit, answer: tuple[Result, Files | None] | LenetError) -> None:
    """Write what a run gave; its files come before the line that says that it is done."""
    if isinstance(answer, LenetError):
        ledger.note(unit, answer)
        return
    result, files = answer
    if files is not None:
        folder = ledger.folder(unit)
        shutil.rmtree(folder, ignore_errors=True)
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(folder / name, data)
    ledger.note(unit, result)


@contextmanager
def _shared(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the path of ``SHARED`` and what it holds."""
    path, token = folder.absolute() / SHARED, uuid.uuid4().hex
    write_atomically(path, token.encode())
    try:
        yield path, token
    finally:
        path.unlink(missing_ok=True)
