"""Jobs on this machine's cores, drawn and answered as those of ``cluster.run_jobs`` are."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import Any

from ..cluster import LATER
from ..errors import LenetError
from ..processes import PATIENCE, Died, Process, can_begin_processes, cores

TRIES = 2  # of a job whose process dies: when memory runs out, the system ends any
LISTEN = 0.2  # seconds between two looks for Ctrl-C


class Lost(LenetError):  # noqa: N818
    """The processes that did a job have died."""


Function = Callable[..., Any]


def run_here(
    function: Function, arguments: Iterator[Any], *, common: Sequence[Any] = (), workers: int | None = None
) -> Generator[tuple[int, Any], None, None]:
    """Call ``function(argument, *common)`` for each argument; yield (place, result) as they end.

    Where a call raises ``LenetError``, that error stands for its result. One whose process dies is begun again.

    Args:
        function: of a module; its results can be pickled.
        arguments: one is drawn when there is room for its job; ``LATER``: none until another job has ended.
        common: what every job needs, sent to each process once.
        workers: processes; None: one a core; 1: none is begun, and this one does it.
    """
    count = (workers or cores()) if can_begin_processes() else 1
    if count == 1:
        for place, argument in enumerate(arguments):
            yield place, _done(function, argument, common)
        return
    crew, running, drawn, more = _Crew((function, tuple(common)), count), 0, enumerate(arguments), True
    try:
        while more or running:
            while more and running < count:
                asked = next(drawn, None)
                more = asked is not None
                if asked is None or asked[1] is LATER:
                    break
                crew.asked.put(asked)
                running += 1
            if running and (answered := crew.answer()) is not None:
                running -= 1
                yield answered
    finally:
        crew.end()


def begin(first: tuple[Function, Sequence[Any]]) -> Callable[[Any], Any]:
    """Return what does a job in a process of its own."""
    function, common = first
    return lambda argument: function(argument, *common)


def _done(function: Function, argument: Any, common: Sequence[Any]) -> Any:
    try:
        return function(argument, *common)
    except LenetError as error:
        return error


class _Crew:
    """Processes, each led by a thread, and begun when it is first needed.

    The threads share queues with the main one, which need no lock of Python's: Ctrl-C may come at any moment there.
    """

    def __init__(self, first: tuple[Function, Sequence[Any]], count: int) -> None:
        self.asked: SimpleQueue[tuple[int, Any] | None] = SimpleQueue()
        self._answered: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._first, self._all, self._ended = first, set[Process](), False
        self._threads = [threading.Thread(target=self._lead, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def answer(self) -> tuple[int, Any] | None:
        """Wait a moment for a job to end, and return its place and result; an error that is a bug is raised."""
        try:
            place, result = self._answered.get(timeout=LISTEN)
        except Empty:
            return None
        if isinstance(result, BaseException) and not isinstance(result, LenetError):
            raise result
        return place, result

    def end(self) -> None:
        """End all processes at once."""
        self._ended = True
        for process in list(self._all):
            process.end()
        for _ in self._threads:
            self.asked.put(None)
        for thread in self._threads:
            thread.join(PATIENCE)

    def _lead(self) -> None:
        process: Process | None = None
        while not self._ended and (asked := self.asked.get()) is not None:
            place, argument = asked
            for attempt in range(1, TRIES + 1):
                result: Any
                try:
                    process = process or self._begun()
                    result = process.ask(argument)
                except (Died, OSError) as died:
                    self._drop(process)
                    process = None
                    result = Lost(f"the process that did it {died}, {attempt} times; fewer leave each more memory")
                    if attempt < TRIES and not self._ended:
                        continue
                except BaseException as error:
                    result = error
                break
            self._answered.put((place, result))

    def _begun(self) -> Process:
        process = Process(begin)
        self._all.add(process)
        if self._ended:
            self._drop(process)
            raise Died("has been ended")
        try:
            process.ask(self._first)
        except BaseException:
            self._drop(process)
            raise
        return process

    def _drop(self, process: Process | None) -> None:
        if process is not None:
            process.end()
            self._all.discard(process)
