"""Jobs on a cluster: a function called with many arguments, as many at a time as there are processors."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..errors import LenetError
from ..processes import ONE_THREAD
from ..version import version
from .connection import connected

TRIES = 3  # of a job whose worker is lost: the first, and two more
LISTEN = 0.2  # seconds between two looks for Ctrl-C and for processors that have come or gone
LATER = object()  # drawn in place of an argument: there is none until another job has ended
PATIENCE = 10.0  # seconds for a job to write what it would keep, before it is ended


def run_jobs(
    function: Callable[..., Any],
    arguments: Iterable[Any],
    *,
    common: Sequence[Any] = (),
    address: str | None = None,
    workers: int | None = None,
    tries: int = TRIES,
) -> Generator[tuple[int, Any], None, None]:
    """Call ``function(argument, *common)`` for each argument on a cluster; yield (place, result) as they end.

    Where a call raises ``LenetError``, that error stands for its result; any other error is a bug, and is raised here.
    A job whose worker is lost is begun again. When the generator is closed, or Ctrl-C comes, what runs is interrupted
    as by Ctrl-C, and ended where it takes longer than ``PATIENCE``.

    Args:
        function: of a module that all machines have; its results can be pickled. It has one processor and one thread.
        arguments: can be pickled. One is drawn when there is room for its job, so that an iterator may go by the
            results that came before; ``LATER``: there is none until another job has ended.
        common: what every job needs, sent to each machine once; arrays in it are read-only there.
        address: of the cluster; see ``connected``.
        workers: jobs at a time; None: as many as the cluster has processors.
        tries: how often a job is begun at most.

    Raises:
        LenetError: there is no cluster.
    """
    with connected(address, workers=workers) as ray:
        jobs = _Jobs(ray, function, common, tries)
        rest, more = enumerate(arguments), True
        try:
            while more or jobs.running:
                while more and len(jobs.running) < (workers or jobs.processors()):
                    if (drawn := next(rest, None)) is None:
                        more = False
                        break
                    if drawn[1] is LATER:
                        break
                    jobs.begin(_Job(*drawn))
                yield from jobs.ended()
        finally:
            jobs.end()


@dataclass
class _Job:
    """A call.

    Attributes:
        place: of its argument among all.
        argument: what it is called with.
        begun: how often.
    """

    place: int
    argument: Any
    begun: int = 0


class _Jobs:
    """Those that run, by the reference to their result."""

    def __init__(self, ray: Any, function: Callable[..., Any], common: Sequence[Any], tries: int) -> None:
        self._ray, self._function, self._tries = ray, function, tries
        self._common = [ray.put(each) for each in common]
        self._remote = ray.remote(num_cpus=1, max_retries=0)(_call)  # Ray's own retries can't be counted
        self.running: dict[Any, _Job] = {}

    def processors(self) -> int:
        """Return how many the cluster has, at least one: it may be about to grow."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 0)))

    def begin(self, job: _Job) -> None:
        """Have it done by the next worker that is free."""
        job.begun += 1
        self.running[self._remote.remote(version(), self._function, job.argument, *self._common)] = job

    def ended(self) -> list[tuple[int, Any]]:
        """Wait a moment, and return (place, result) of those that have ended; begin again those that are lost."""
        if not self.running:
            return []
        found = []
        for reference in self._ray.wait(list(self.running), timeout=LISTEN)[0]:
            job = self.running.pop(reference)
            try:
                found.append((job.place, self._ray.get(reference)))
            except self._ray.exceptions.RayTaskError as error:
                raise told(error) from None
            except self._ray.exceptions.RayError as error:
                if job.begun < self._tries:
                    self.begin(job)
                else:
                    why = str(error).strip().partition("\n")[0]
                    found.append(
                        (job.place, LenetError(f"its worker was lost {job.begun} times; the last time: {why}"))
                    )
        return found

    def end(self) -> None:
        """Interrupt what runs, and end it where it doesn't hear."""
        rest = list(self.running)
        for force in (False, True):
            for reference in rest:
                with suppress(self._ray.exceptions.RayError, ValueError):
                    self._ray.cancel(reference, force=force)
            if rest and not force:
                rest = self._ray.wait(rest, num_returns=len(rest), timeout=PATIENCE)[1]
        self.running.clear()


def _call(sender: str, function: Callable[..., Any], argument: Any, *common: Any) -> Any:
    """Do a job; where that raises ``LenetError``, return it."""
    os.environ.update(ONE_THREAD)
    try:
        check_version(sender)
        return function(argument, *common)
    except LenetError as error:
        return LenetError(str(error))


def check_version(sender: str) -> None:
    """Raise ``LenetError`` where work comes from another version of lenet than this machine's."""
    if version() != sender:
        raise LenetError(f"the machine {platform.node()} has lenet {version()}, but the work is sent by {sender}")


def told(error: Any) -> Any:
    """Return what to raise for an error that a worker's Python had."""
    if "No module named 'lenet" in str(error):
        return LenetError('a machine of the cluster has no lenet: pip install "lenet[ray]" there, with the same Python')
    return error.cause if isinstance(error.cause, Exception) else error
