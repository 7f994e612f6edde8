"""Processes that read pictures side by side; one that dies is replaced."""

from __future__ import annotations

import threading
from queue import SimpleQueue

from ..errors import LenetError
from ..processes import PATIENCE, Died, Process
from .pages import Portable, name
from .result import Reading
from .settings import Settings
from .worker import begin

TRIES = 2  # a picture may be unlucky once: when memory runs out, the system ends any process


class Crew:
    """Several of them, each led by a thread; each is begun when it is first needed.

    The threads share queues with the main one, which need no lock of Python's: Ctrl-C may come at any moment there, and
    would leave such a lock locked.
    """

    def __init__(self, settings: Settings, workers: int) -> None:
        self._settings, self._all, self._ended = settings, set[Process](), False
        self._asked: SimpleQueue[tuple[int, Portable, bool] | None] = SimpleQueue()
        self._answered: SimpleQueue[tuple[int, list[Reading] | BaseException]] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._lead, name=f"lenet-reading-{number}", daemon=True)
            for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def ask(self, ticket: int, source: Portable, pages: bool) -> None:
        """Have a source read by the next process that is free."""
        self._asked.put((ticket, source, pages))

    def answer(self) -> tuple[int, list[Reading]]:
        """Wait for the next one that is read, and return its ticket and readings.

        Raises:
            LenetError: no process could be begun.
        """
        ticket, readings = self._answered.get()
        if isinstance(readings, BaseException):
            raise readings
        return ticket, readings

    def end(self) -> None:
        """End all of them at once."""
        self._ended = True
        for process in list(self._all):
            process.end()
        for _ in self._threads:
            self._asked.put(None)
        for thread in self._threads:
            thread.join(PATIENCE)

    def _lead(self) -> None:
        """Pass on what is asked and answered, until the end."""
        process: Process | None = None
        while not self._ended and (asked := self._asked.get()) is not None:
            ticket, source, pages = asked
            how = ""
            try:
                for _ in range(TRIES):
                    process = process or self._begun()
                    try:
                        self._answered.put((ticket, process.ask((source, pages))))
                        break
                    except Died as died:
                        how = str(died)
                        self._drop(process)
                        process = None
                else:
                    text = f"the process that read it {how}, {TRIES} times; fewer workers leave each more memory"
                    self._answered.put((ticket, [Reading.failed(text, name(source))]))
            except BaseException as error:
                self._answered.put((ticket, error))

    def _begun(self) -> Process:
        """Return a new process that is ready."""
        try:
            process = Process(begin)
            self._all.add(process)
            try:
                if self._ended:
                    raise Died("has been ended")
                process.ask(self._settings)
            except BaseException:
                self._drop(process)
                raise
        except (Died, OSError) as error:
            text = f"a process to read in could not be begun: it {error}; read in this one: workers=1"
            raise LenetError(text) from None
        return process

    def _drop(self, process: Process) -> None:
        process.end()
        self._all.discard(process)
