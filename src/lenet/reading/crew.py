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
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from ..errors import LenetError
from .pages import Portable, name
from .result import Reading
from .settings import Settings

TRIES = 2  # a picture may be unlucky once: when memory runs out, the system ends any process
ONE_THREAD = dict.fromkeys(("LENET_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
BEGIN = "import sys; sys.path[:] = {path!r}; from lenet.reading.worker import main; main()"
OWN_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows' way of keeping Ctrl-C away from it


class Died(Exception):  # noqa: N818
    """A process has ended before it answered; the text says how."""


class Worker:
    """One process, and the pipes to it."""

    def __init__(self, settings: Settings) -> None:
        """Begin it and wait until it can read.

        Raises:
            LenetError: it can't, and says why.
            Died: it has ended.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-c", BEGIN.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD},
            start_new_session=True,  # the terminal's Ctrl-C doesn't reach it
            creationflags=OWN_GROUP,
        )
        try:
            wrong = self._ask(settings)
        except BaseException:
            self.end()
            raise
        if wrong:
            self.end()
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
    """Several of them; each is begun when it is first needed."""

    def __init__(self, settings: Settings, workers: int) -> None:
        self._settings, self._mine = settings, threading.local()
        self._pool = ThreadPoolExecutor(workers, "lenet-reading")
        self._all: set[Worker] = set()
        self._lock, self._ended = threading.Lock(), False

    def submit(self, source: Portable, pages: bool) -> Future[list[Reading]]:
        """Have a source read by the next process that is free.

        The future raises ``LenetError`` where no process can be begun.
        """
        return self._pool.submit(self._read, source, pages)

    def end(self) -> None:
        """End all of them at once."""
        with self._lock:
            self._ended = True
            workers = list(self._all)
        for worker in workers:
            worker.end()
        self._pool.shutdown(cancel_futures=True)

    def _read(self, source: Portable, pages: bool) -> list[Reading]:
        how = ""
        for _ in range(TRIES):
            worker = self._worker()
            try:
                return worker.read(source, pages)
            except Died as died:
                how = str(died)
                self._drop(worker)
        text = f"the process that read it {how}, {TRIES} times; fewer workers leave each more memory"
        return [Reading.failed(text, name(source))]

    def _worker(self) -> Worker:
        """Return this thread's process."""
        if self._ended:
            raise Died("has been ended")
        if (worker := getattr(self._mine, "worker", None)) is None:
            try:
                worker = Worker(self._settings)
            except (Died, OSError) as error:
                raise LenetError(
                    f"a process to read in could not be begun: it {error}; read in this one: workers=1"
                ) from None
            self._mine.worker = worker
            with self._lock:
                self._all.add(worker)
                ended = self._ended
            if ended:
                worker.end()
        return worker

    def _drop(self, worker: Worker) -> None:
        worker.end()
        self._mine.worker = None
        with self._lock:
            self._all.discard(worker)
