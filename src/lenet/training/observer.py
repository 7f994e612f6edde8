"""How a run is watched while it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..network import Network
from ..recipe import Recipe
from .history import Row

if TYPE_CHECKING:
    from ..engine.layout import Weights
    from .run import Run


@dataclass(frozen=True)
class Plan:
    """What a run is going to do.

    Attributes:
        network: what is trained.
        recipe: how.
        digits: training rows in a pass.
        per_pass: updates in a pass.
        total: most updates of the run; early stopping may end it sooner.
        done: updates that were made before, where a run is resumed.
        folder: where its files go; None: nowhere.
        part: what the run is a part of, such as ``net 2 of 3`` or ``member 4 of 16``; empty: it stands alone.
    """

    network: Network
    recipe: Recipe
    digits: int
    per_pass: int
    total: int
    done: int
    folder: Path | None
    part: str = ""


@dataclass(frozen=True)
class Progress:
    """Where a run stands within a pass.

    Attributes:
        pass_: the pass, from 1.
        updates: made since the run's start.
        loss: mean over the pass so far.
        error: share read wrong in the pass so far.
        digits_per_second: trained on in the pass so far.
        seconds_left: of training, to the most updates that the run makes.
    """

    pass_: int
    updates: int
    loss: float
    error: float
    digits_per_second: float
    seconds_left: float


class Observer:
    """Watches a run; by default in silence. Override what is of interest; Ctrl-C is heard between the calls."""

    def on_start(self, plan: Plan) -> None:
        """Before the first update."""

    def on_choice(self, what: str, share: float) -> None:
        """While digits are read for a choice, of a committee: for what, and the share that is done."""

    def on_chunk(self, progress: Progress) -> None:
        """About ten times a second, between updates."""

    def on_pass(self, row: Row) -> None:
        """After each pass, and where the recipe asks for rows within a pass."""

    def on_weights(self, updates: int, weights: Weights) -> None:
        """After each pass: the weights after so many updates, by full name; the next update changes them."""

    def on_end(self, run: Run) -> None:
        """After the run has ended and its files are written."""

    def abreast(self, count: int) -> Sequence[Observer]:
        """Return what watches each of so many runs side by side; by default they are shown as one, by their mean."""
        from .abreast import Together

        return [Together(self, count)] * count


class Several(Observer):
    """Tells several observers of a run, each in its turn."""

    def __init__(self, *observers: Observer) -> None:
        """Take the observers, in their order."""
        self.observers = observers

    def on_start(self, plan: Plan) -> None:
        """Tell all."""
        for observer in self.observers:
            observer.on_start(plan)

    def on_choice(self, what: str, share: float) -> None:
        """Tell all."""
        for observer in self.observers:
            observer.on_choice(what, share)

    def on_chunk(self, progress: Progress) -> None:
        """Tell all."""
        for observer in self.observers:
            observer.on_chunk(progress)

    def on_pass(self, row: Row) -> None:
        """Tell all."""
        for observer in self.observers:
            observer.on_pass(row)

    def on_weights(self, updates: int, weights: Weights) -> None:
        """Tell all."""
        for observer in self.observers:
            observer.on_weights(updates, weights)

    def on_end(self, run: Run) -> None:
        """Tell all."""
        for observer in self.observers:
            observer.on_end(run)

    def abreast(self, count: int) -> Sequence[Observer]:
        """Return for each run what all return for it."""
        return [Several(*each) for each in zip(*(observer.abreast(count) for observer in self.observers), strict=True)]
