"""What is timed: training, reading, one pattern an update."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from functools import partial
from typing import Any

from .problem import Bytes, Problem
from .rounds import Spread, alternate, enough, ratio, seconds
from .systems.base import System

LIMIT = "limit"


class Unit(Enum):
    """What a time is told in."""

    PASS = "seconds a pass of 60,000"
    RATE = "digits a second"
    EACH = "microseconds each"

    def of(self, a_digit: float) -> float:
        """Return seconds a digit in this unit."""
        return {Unit.PASS: a_digit * 60_000, Unit.RATE: 1 / a_digit, Unit.EACH: a_digit * 1e6}[self]


@dataclass(frozen=True)
class Task:
    """Something to time.

    Attributes:
        title: what, in words.
        unit: what its time is told in.
        work: multiply-adds a digit.
        step: digits that go together.
        most: most digits a run.
        run: takes a system and gives what runs so many digits.
    """

    title: str
    unit: Unit
    work: int
    step: int
    most: int
    run: Callable[[System], Callable[[int], object]]


@dataclass(frozen=True)
class Row:
    """What came of one system at one task.

    Attributes:
        system: its name.
        digits: digits a run.
        seconds: of each run, a digit.
        value: median and spread in the task's unit.
        share: of the machine's limit in the same round, median; None: the limit isn't known.
        slower: how many times the time of ``lenet`` in the same round, median; None: ``lenet`` wasn't timed.
    """

    system: str
    digits: int
    seconds: tuple[float, ...]
    value: Spread
    share: float | None
    slower: float | None


@dataclass(frozen=True)
class Measured:
    """A task's title, unit and rows, and the limit in each round, multiply-adds a second."""

    title: str
    unit: str
    rows: tuple[Row, ...]
    limit: tuple[float, ...]

    def json(self) -> dict[str, Any]:
        """Return it as what JSON knows."""
        return asdict(self)


def training(problem: Problem, batch: int) -> Task:
    """Return the task of training on whole batches in the problem's order."""
    title = f"Training `{problem.network.name}`, batch {batch}"
    most = len(problem.images) // batch * batch
    run = lambda system: partial(system.train, batch)  # noqa: E731
    return Task(title, Unit.PASS, problem.training_multiply_adds, batch, most, run)


def updates(problem: Problem, most: int = 4_096) -> Task:
    """Return the task of training one pattern an update."""
    title = f"Training `{problem.network.name}`, one pattern an update"
    run = lambda system: partial(system.train, 1)  # noqa: E731
    return Task(title, Unit.EACH, problem.training_multiply_adds, 64, min(most, len(problem.images)), run)


def reading(problem: Problem, images: Bytes, count: int) -> Task:
    """Return the task of reading ``count`` digits a call; different ones from call to call, as far as there are."""

    def run(system: System) -> Callable[[int], object]:
        starts = range(0, len(images) - count + 1, count)[:64]
        held = [system.hold(images[start : start + count]) for start in starts]
        read = system.single if count == 1 else system.read

        def some(digits: int) -> None:
            for call in range(digits // count):
                read(held[call % len(held)])

        return some

    title = f"Reading with `{problem.network.name}`, " + ("one digit a call" if count == 1 else f"{count:,} a call")
    return Task(title, Unit.RATE, problem.network.multiply_adds, count, 1_000_000, run)


def measure(
    task: Task, systems: Sequence[System], rounds: int, target: float, peak: Callable[[], float] | None
) -> Measured:
    """Time a task on every system by turns, ``target`` seconds a run, and the machine's limit in every round.

    The systems' digits a run differ, so that a slow one doesn't take all the time; the times told are a digit's.
    """
    runs: dict[str, Callable[[], float]] = {} if peak is None else {LIMIT: peak}
    digits: dict[str, int] = {}
    for system in systems:
        run = task.run(system)
        digits[system.name] = count = enough(run, target, task.step, task.most)
        runs[system.name] = partial(_a_digit, run, count)
    taken = alternate(runs, rounds)
    limit = taken.pop(LIMIT, [])
    ours = taken.get("lenet")
    return Measured(
        task.title,
        task.unit.value,
        tuple(
            Row(
                name,
                digits[name],
                tuple(times),
                Spread.of([task.unit.of(time) for time in times]),
                ratio([task.work / time for time in times], limit) if limit else None,
                ratio(times, ours) if ours else None,
            )
            for name, times in taken.items()
        ),
        tuple(limit),
    )


def _a_digit(run: Callable[[int], object], digits: int) -> float:
    return seconds(lambda: run(digits)) / digits
