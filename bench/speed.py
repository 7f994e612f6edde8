"""The whole benchmark: check answers, then take time."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from . import machine
from .agree import agree
from .digits import Digits
from .problem import Problem, batches, patterns
from .systems import prepared
from .systems.base import System
from .table import Report
from .tasks import Task, measure, reading, training, updates

BATCHES = 64, 256
COUNTS = 1, 32, 256, 1_000, 10_000
ONE_BY_ONE = "lenet", "torch"  # systems that are asked for one pattern an update


@dataclass(frozen=True)
class Effort:
    """How long to measure.

    Attributes:
        rounds: runs of each system at each task.
        training: seconds a training run.
        reading: seconds a reading run.
    """

    rounds: int
    training: float
    reading: float


QUICK, FULL = Effort(5, 0.5, 0.2), Effort(9, 4.0, 0.5)


def speed(names: Sequence[str], threads: int, effort: Effort, digits: Digits) -> Report:
    """Return what the named systems take, ``threads`` each, once their answers are right.

    Raises:
        LenetError: a system's answers are wrong.
    """
    described = machine.machine()
    if machine.busy():
        tell("The machine is busy: times taken now tell little. Stop what else runs, and wait a minute.")
    main = batches("tanh-same", digits.train, digits.labels, threads)
    paper = patterns("lenet5", digits.train, digits.labels, threads)
    skipped: dict[str, str] = {}
    systems = list(prepared(names, main, skipped))
    singles = list(prepared([n for n in names if n in ONE_BY_ONE and n not in skipped], paper, skipped))
    report = Report(
        described,
        machine.versions(dict.fromkeys(package for system in systems for package in system.packages)),
        threads,
        effort.rounds,
        digits.source,
        {system.name: system.note for system in systems},
        skipped,
    )
    for problem, set_up in ((main, systems), (paper, singles)):
        _check(problem, set_up, report)
    trainers = [system for system in systems if system.trains]
    work: list[tuple[Task, list[System], float]] = [
        *((training(main, batch), trainers, effort.training) for batch in BATCHES),
        (updates(paper), singles, effort.reading),
        *((reading(main, digits.test, count), systems, effort.reading) for count in COUNTS),
    ]
    peak = machine.limit(threads)
    for task, set_up, target in work:
        tell(task.title)
        if set_up:
            report.measured.append(measure(task, set_up, effort.rounds, target, peak))
    return report


def _check(problem: Problem, systems: Sequence[System], report: Report) -> None:
    from .systems.reference import Reference

    oracle = Reference(problem)
    for system in systems:
        tell(f"Answers of {system.name}, {problem.network.name}")
        report.agreements.append(agree(oracle, system))


def tell(line: str) -> None:
    """Say on standard error how far it is."""
    print(line, file=sys.stderr, flush=True)
