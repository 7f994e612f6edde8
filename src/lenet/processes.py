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
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from queue import SimpleQueue
from typing import Any

from .errors import LenetError

Answer = Callable[[Any], Any]
Begin = Callable[[Any], Answer]

ONE_THREAD = dict.fromkeys(("LENET_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
BEGIN = (
    "import sys; sys.path[:] = {path!r}; "
    "from lenet.processes import serve; from {module} import {function}; serve({function})"
)
PATIENCE = 5  # seconds for a thread to see that its process has ended
OWN_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows' way of keeping Ctrl-C away from it


class Died(Exception):  # noqa: N818
    """A process has ended before it answered; the text says how."""


class Process:
    """One process, and the pipes to it."""

    def __init__(self, begin: Begin) -> None:
        """Begin it; raise ``OSError`` where the system can't.

        Args:
            begin: a function of a module. The process calls it with the first question that it is asked, and answers
                the later ones by what it returns.
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

    def ask(self, question: object) -> Any:
        """Return the answer to a question, None to the first; both can be pickled.

        Raises:
            LenetError: the process has raised it.
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


def serve(begin: Begin) -> None:
    """Be the other side of ``Process``: answer by standard input and output until the input ends."""
    questions = sys.stdin.buffer
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what is printed must not get between the answers

        def say(answer: object, wrong: str = "") -> None:
            try:
                pickle.dump((answer, wrong), answers, pickle.HIGHEST_PROTOCOL)
                answers.flush()
            except BrokenPipeError:
                os._exit(1)  # who asked has been killed; what is left in the buffer has nowhere to go

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


def each(begin: Begin, first: object, questions: Iterable[Any], workers: int | None = None) -> Iterator[Any]:
    """Yield the answers to questions, in their order, as ``side_by_side`` has them answered."""
    with side_by_side(begin, first, workers) as answers:
        yield from answers(questions)


@contextmanager
def side_by_side(
    begin: Begin, first: object, workers: int | None = None
) -> Iterator[Callable[[Iterable[Any]], Iterator[Any]]]:
    """Yield what gives the answers to questions, in their order.

    All questions are asked as soon as a process is free for them, whether or not their answers are taken.

    Args:
        begin: as ``Process`` takes it.
        first: the first question to each process.
        workers: processes; None: one a core; 1: none is begun, and this one does it.

    Raises:
        LenetError: a question couldn't be answered, or a process has ended.
    """
    count = (workers or cores()) if can_begin_processes() else 1
    if count == 1:
        yield partial(map, begin(first))
        return
    team = _Team(begin, first, count)
    try:
        yield team.answers
    finally:
        team.end()


class _Team:
    """Several processes, each led by a thread.

    The threads share queues with the main one, which need no lock of Python's: Ctrl-C may come at any moment there, and
    would leave such a lock locked.
    """

    def __init__(self, begin: Begin, first: object, count: int) -> None:
        self._begin, self._first, self._all, self._ended, self._tickets = begin, first, set[Process](), False, 0
        self._asked: SimpleQueue[tuple[int, Any] | None] = SimpleQueue()
        self._answered: SimpleQueue[tuple[int, Any, BaseException | None]] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._lead, name=f"lenet-{number}", daemon=True) for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def answers(self, questions: Iterable[Any]) -> Iterator[Any]:
        """Ask all questions, and yield the answers in their order."""
        first = self._tickets
        for question in questions:
            self._asked.put((self._tickets, question))
            self._tickets += 1
        found: dict[int, Any] = {}
        for ticket in range(first, self._tickets):
            while ticket not in found:
                other, found[other], error = self._answered.get()
                if isinstance(error, (Died, OSError)):
                    raise LenetError(f"a process that worked beside this one {error}; fewer leave each more memory")
                if error is not None:
                    raise error
            yield found.pop(ticket)

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
            ticket, question = asked
            try:
                process = process or self._begun()
                self._answered.put((ticket, process.ask(question), None))
            except BaseException as error:
                self._answered.put((ticket, None, error))

    def _begun(self) -> Process:
        """Return a new process that is ready."""
        process = Process(self._begin)
        self._all.add(process)
        try:
            if self._ended:
                raise Died("has been ended")
            process.ask(self._first)
        except BaseException:
            process.end()
            raise
        return process


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_begin_processes() -> bool:
    """Whether there is a Python to begin; a program that is frozen or embeds it has none."""
    return bool(sys.executable) and not getattr(sys, "frozen", False)
