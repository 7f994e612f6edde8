"""Processes that work side by side, on all cores.

They are begun as programs of their own rather than by ``multiprocessing``: nothing is forked under running threads, and
a user's script needs no ``if __name__ == "__main__"``.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from queue import SimpleQueue
from typing import Any

from .errors import LenetError

Answer = Callable[[Any], Any]

ONE_THREAD = dict.fromkeys(("LENET_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
BEGIN = (
    "import sys; sys.path[:] = {path!r}; "
    "from lenet.processes import serve; from {module} import {function}; serve({function})"
)
OWN_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows' way of keeping Ctrl-C away from it


class Died(Exception):  # noqa: N818
    """A process has ended before it answered; the text says how."""


class Process:
    """One process, and the pipes to it."""

    def __init__(self, begin: Callable[[Any], Answer], first: object) -> None:
        """Begin it and wait until it is ready.

        Args:
            begin: a function of a module; in the process it is given ``first``, and returns what answers questions.
            first: can be pickled, as questions and answers.

        Raises:
            LenetError: ``begin`` has raised it.
            Died: the process has ended.
        """
        code = BEGIN.format(path=sys.path, module=begin.__module__, function=begin.__name__)
        self._process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD},
            start_new_session=True,  # the terminal's Ctrl-C doesn't reach it
            creationflags=OWN_GROUP,
        )
        try:
            self.ask(first)
        except BaseException:
            self.end()
            raise

    def ask(self, question: object) -> Any:
        """Return the answer to a question.

        Raises:
            LenetError: what answers it has raised it.
            Died: the process has ended.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        asked = pickle.dumps(question, pickle.HIGHEST_PROTOCOL)
        try:
            self._process.stdin.write(asked)
            self._process.stdin.flush()
            answer, wrong = pickle.load(self._process.stdout)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):  # ValueError: the pipes were closed
            raise Died(self._ending()) from None
        if wrong:
            raise LenetError(wrong)
        return answer

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


def serve(begin: Callable[[Any], Answer]) -> None:
    """Be the other side of ``Process``: answer by standard input and output until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that has begun this one
    questions = sys.stdin.buffer
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what is printed must not get between the answers

        def say(answer: object, wrong: str = "") -> None:
            pickle.dump((answer, wrong), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()

        try:
            answer = begin(pickle.load(questions))
        except LenetError as error:
            say(None, str(error))
            return
        say(None)
        while True:
            try:
                question = pickle.load(questions)
            except EOFError:
                return
            try:
                say(answer(question))
            except LenetError as error:
                say(None, str(error))


def each(
    begin: Callable[[Any], Answer], first: object, questions: Iterable[Any], workers: int | None = None
) -> Iterator[Any]:
    """Yield the answers to questions, in their order, as ``side_by_side`` has them answered."""
    with side_by_side(begin, first, workers) as answers:
        yield from answers(questions)


@contextmanager
def side_by_side(
    begin: Callable[[Any], Answer], first: object, workers: int | None = None
) -> Iterator[Callable[[Iterable[Any]], Iterator[Any]]]:
    """Yield what gives the answers to questions, in their order.

    All questions are asked as soon as a process is free for them, whether or not their answers are taken.

    Args:
        begin: as ``Process`` takes it.
        first: likewise.
        workers: processes; None: one a core; 1: none is begun, and this one does it.

    Raises:
        LenetError: a question couldn't be answered, or a process has ended.
    """
    count = (workers or cores()) if can_begin_processes() else 1
    if count == 1:
        yield partial(map, begin(first))
        return
    free: SimpleQueue[Process] = SimpleQueue()
    all_: list[Process] = []

    def start(_: int) -> None:
        process = Process(begin, first)
        all_.append(process)
        free.put(process)

    def ask(question: object) -> Any:
        process = free.get()
        try:
            return process.ask(question)
        finally:
            free.put(process)

    pool = ThreadPoolExecutor(count, "lenet")
    try:
        list(pool.map(start, range(count)))
        yield partial(pool.map, ask)
    except (Died, OSError) as error:
        raise LenetError(f"a process that worked beside this one {error}; fewer leave each more memory") from None
    finally:
        for process in all_:
            process.end()
        pool.shutdown(cancel_futures=True)


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_begin_processes() -> bool:
    """Whether there is a Python to begin; a program that is frozen or embeds it has none."""
    return bool(sys.executable) and not getattr(sys, "frozen", False)
