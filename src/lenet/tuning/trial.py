"""A trial as it is told of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class State(str, Enum):
    """What became of a trial."""

    RUNNING = "running"  # or stopped by Ctrl-C or a kill: the search goes on with it
    DONE = "done"
    STOPPED = "stopped early"
    DIVERGED = "diverged"  # counts as an error of 100%
    FAILED = "failed"
    UNFIT = "doesn't fit"  # a combination that is no network, or costs too much; nothing was trained
    REPEATED = "repeated"  # a combination that was there already; nothing was trained


TRAINED = (State.RUNNING, State.DONE, State.STOPPED, State.DIVERGED, State.FAILED)  # those that count as trials


@dataclass(frozen=True)
class Trial:
    """A trial.

    Attributes:
        number: from 0, in the order in which they were drawn; those that fit no network have one too.
        state: what became of it.
        settings: what was chosen, by key.
        errors: share of the validation digits read wrong, after each pass so far.
        error: the same of the weights that it gave; None: it didn't come to its end.
        parameters: of the network; None: there is none.
        multiply_adds: of reading one picture; likewise.
        seconds: of training.
        why: why it didn't fit, diverged or failed, in words.
    """

    number: int
    state: State
    settings: dict[str, Any] = field(default_factory=dict)
    errors: tuple[float, ...] = ()
    error: float | None = None
    parameters: int | None = None
    multiply_adds: int | None = None
    seconds: float = 0.0
    why: str = ""

    @property
    def folder(self) -> str:
        """Name of the folder of its run."""
        return f"{self.number:04d}"
