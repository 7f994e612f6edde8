"""What the benchmark asks of a system."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from lenet.errors import LenetError
from lenet.network import Layer

from ..problem import Bytes, Floats, Labels, Problem, prepare


class System(ABC):
    """A system, set up for a problem: its own copy of the weights, its digits in memory as it likes them best.

    Attributes:
        name: what the tables call it.
        packages: what it is made of, as the package index calls them; their versions are told.
        trains: whether it can train.
        note: how it was set up, in a few words for the reader of the tables.
    """

    name: ClassVar[str]
    packages: ClassVar[tuple[str, ...]]
    trains: ClassVar[bool] = True
    note: str

    def __init__(self, problem: Problem) -> None:
        """Build the network and take the weights; raise ``LenetError`` for a layer that isn't known here."""
        self.problem = problem

    def hold(self, images: Bytes) -> Any:
        """Return uint8 images (N, 28, 28) as this system likes them best: not part of any time."""
        return prepare(self.problem.recipe.preparation, images)

    @abstractmethod
    def scores(self, held: Any) -> Floats:
        """Return the last layer's outputs, (N, classes)."""

    def read(self, held: Any) -> Labels:
        """Return the answers, (N,)."""
        scores = self.scores(held)
        answers: Labels = scores.argmin(1) if self.problem.network.smallest_wins else scores.argmax(1)
        return answers

    def single(self, held: Any) -> int:
        """Return the answer to one digit, held alone."""
        return int(self.read(held)[0])

    def restart(self) -> None:
        """Go back to the problem's weights, without momentum."""
        raise self._reads_only()

    def train(self, batch: int, digits: int) -> None:
        """Train on the first ``digits`` of the problem's order, in batches of ``batch``, the last one maybe smaller."""
        raise self._reads_only()

    def weights(self) -> dict[str, Floats]:
        """Return the weights as they are now, by full name."""
        raise self._reads_only()

    def _reads_only(self) -> LenetError:
        return LenetError(f"the benchmark's {self.name} only reads")


def strange(system: System, layer: Layer) -> LenetError:
    """Return the error for a layer that a system here doesn't know."""
    return LenetError(f"the benchmark's {system.name} has no {type(layer).__name__}; leave it out with --systems")
