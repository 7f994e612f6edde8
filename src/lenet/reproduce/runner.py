"""Does the runs that aren't done yet, as many at a time as there are cores; a stopped one is gone on with."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ..data import Dataset
from ..errors import LenetError
from ..training import Observer, Plan, Progress, Row
from ..training.interrupts import Interrupts
from . import work
from .ledger import Ledger, Outcome, Watch
from .plan import Unit
from .results import Result, Results

LISTEN = 0.2  # seconds between two looks for Ctrl-C


def perform(
    units: Sequence[Unit],
    results: Results,
    *,
    data: Callable[[str], Dataset],
    threads: int,
    watch: Watch | None = None,
) -> Outcome:
    """Do what isn't done yet, and write each result as it comes.

    Runs don't depend on each other, nor on how many there are at a time. Each has one thread while there are more runs
    than cores to come, which is the quickest for all of them together; the last ones have what is free.

    Args:
        units: the runs, in the order in which they are begun.
        results: where they are written; open.
        data: gives a data set by its name.
        threads: in all.
        watch: is told how it goes.
    """
    crew = _Crew(results, threads, watch or Watch())
    pending = crew.find(units, data)
    crew.watch.on_begin(len(units), len(crew.outcome.results))
    with Interrupts() as interrupts, one_thread_each(pending):
        while (pending or crew.running) and not interrupts.asked:
            while pending and crew.free:
                crew.start(pending.pop(0), max(1, crew.free // (len(pending) + 1)))
            crew.collect()
        crew.stop.set()
        while any(unit.trained for unit in crew.running):  # the others keep nothing, and can't be stopped
            crew.collect()
    crew.outcome.stopped = interrupts.asked
    return crew.outcome


class _Crew(Ledger):
    """The runs in progress, a thread each."""

    def __init__(self, results: Results, threads: int, watch: Watch) -> None:
        super().__init__(results, watch)
        self.threads, self.stop = threads, threading.Event()
        self.running: dict[Unit, int] = {}  # with the threads that it has
        self._ended: queue.Queue[tuple[Unit, Result | BaseException]] = queue.Queue()

    @property
    def free(self) -> int:
        """Threads that nobody uses."""
        return self.threads - sum(self.running.values())

    def start(self, unit: Unit, threads: int) -> None:
        """Begin a run."""
        self.running[unit] = threads = 1 if unit.narrow else threads
        self.watch.on_start(unit)
        threading.Thread(target=self._work, args=(unit, threads), name=unit.name, daemon=True).start()

    def collect(self) -> None:
        """Wait a moment for a run to end, and write what it gave; an error that is no ``LenetError`` is raised."""
        try:
            unit, result = self._ended.get(timeout=LISTEN)
        except queue.Empty:
            return
        del self.running[unit]
        if not isinstance(result, (Result, LenetError)):
            self.stop.set()
            raise result
        self.note(unit, result)

    def _work(self, unit: Unit, threads: int) -> None:
        result: Result | BaseException
        try:
            observer = _Listener(unit, self.watch, self.stop)
            result = work.do(unit, self.data[unit], self.folder(unit), threads, observer)
        except BaseException as error:
            result = error
        self._ended.put((unit, result))


class _Listener(Observer):
    """Passes on how far a run is, and stops it as Ctrl-C would, which is heard in the main thread only."""

    def __init__(self, unit: Unit, watch: Watch, stop: threading.Event) -> None:
        self._unit, self._watch, self._stop = unit, watch, stop
        self._total, self._nets = 1, 3 if unit.claim.boosted else 1
        self._before = -1  # nets that were trained before

    def on_start(self, plan: Plan) -> None:
        self._total, self._before = plan.total, self._before + 1
        self._tell(plan.done)

    def on_choice(self, what: str, share: float) -> None:
        self._hear()

    def on_chunk(self, progress: Progress) -> None:
        self._hear()
        self._tell(progress.updates)

    def on_pass(self, row: Row) -> None:
        self._hear()  # a short pass has no chunks

    def _hear(self) -> None:
        if self._stop.is_set():
            raise KeyboardInterrupt

    def _tell(self, updates: int) -> None:
        self._watch.on_share(self._unit, (self._before + updates / self._total) / self._nets)


@contextmanager
def one_thread_each(units: Sequence[Unit]) -> Iterator[None]:
    """Let scikit-learn compute on one thread: more would be in the way, and their number would decide last bits."""
    if all(unit.trained for unit in units):
        yield
        return
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # it comes with scikit-learn, whose lack is told where it is needed
        yield
        return
    with threadpool_limits(1):
        yield
