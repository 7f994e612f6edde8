"""Processes that read pictures side by side; one that dies is replaced.

They are begun as programs of their own rather than by ``multiprocessing``: nothing is forked under running threads, and
a user's script needs no ``if __name__ == "__main__"``.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from ..errors import LenetError
from .pages import Portable, name
from .result import Reading
from .settings import Settings

TRIES = 2  # a picture may be unlucky once: when memory runs out, the system ends any process
ONE_THREAD = dict.fromkeys(("LENET_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
BEGIN = "import sys; sys.path[:] = {path!r}; from lenet.reading.worker import main; main()"
PATIENCE = 5  # seconds for a thread to see that its process has ended
OWN_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows' way of keeping Ctrl-C away from it


class Died(Exception):  # noqa: N818
    """A process has ended before it answered; the text says how."""


class Worker:
    """One process, and the pipes to it."""

    def __init__(self) -> None:
        """Begin it; raise ``OSError`` where the system can't."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", BEGIN.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD},
            start_new_session=True,  # the terminal's Ctrl-C doesn't reach it
            creationflags=OWN_GROUP,
        )

    def prepare(self, settings: Settings) -> None:
        """Wait until it can read.

        Raises:
            LenetError: it can't, and says why.
            Died: it has ended.
        """
        if wrong := self._ask(settings):
            raise LenetError(wrong)

    def read(self, source: Portable, pages: bool) -> list[Reading]:
        """Return what ``attempt`` does, or raise ``Died``."""
        readings: list[Reading] = self._ask((source, pages))
        return readings

    def _ask(self, what: object) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        question = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
        try:
            self._process.stdin.write(question)
            self._process.stdin.flush()
            return pickle.load(self._process.stdout)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):  # ValueError: the pipes were closed
            raise Died(self._ending()) from None

    def _ending(self) -> str:
        code = self._process.wait()
        if code >= 0:
            return f"ended with code {code}"
        with suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
        return f"was ended by signal {-code}"

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()
        self._process.wait()


class Crew:
    """Several of them, each led by a thread; each is begun when it is first needed.

    The threads share queues with the main one, which need no lock of Python's: Ctrl-C may come at any moment there, and
    would leave such a lock locked.
    """

    def __init__(self, settings: Settings, workers: int) -> None:
        self._settings, self._all, self._ended = settings, set[Worker](), False
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
        for worker in list(self._all):
            worker.end()
        for _ in self._threads:
            self._asked.put(None)
        for thread in self._threads:
            thread.join(PATIENCE)

    def _lead(self) -> None:
        """Pass on what is asked and answered, until the end."""
        worker: Worker | None = None
        while not self._ended and (asked := self._asked.get()) is not None:
            ticket, source, pages = asked
            how = ""
            try:
                for _ in range(TRIES):
                    worker = worker or self._begun()
                    try:
                        self._answered.put((ticket, worker.read(source, pages)))
                        break
                    except Died as died:
                        how = str(died)
                        self._drop(worker)
                        worker = None
                else:
                    text = f"the process that read it {how}, {TRIES} times; fewer workers leave each more memory"
                    self._answered.put((ticket, [Reading.failed(text, name(source))]))
            except BaseException as error:
                self._answered.put((ticket, error))

    def _begun(self) -> Worker:
        """Return a new process that is ready."""
        try:
            worker = Worker()
            self._all.add(worker)
            try:
                if self._ended:
                    raise Died("has been ended")
                worker.prepare(self._settings)
            except BaseException:
                self._drop(worker)
                raise
        except (Died, OSError) as error:
            text = f"a process to read in could not be begun: it {error}; read in this one: workers=1"
            raise LenetError(text) from None
        return worker

    def _drop(self, worker: Worker) -> None:
        worker.end()
        self._all.discard(worker)
