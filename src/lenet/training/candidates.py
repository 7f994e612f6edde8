"""The patterns that boosting chooses among, and the choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import Dataset
from ..model.engines import Engine
from ..model.metrics import answers
from ..recipe import Recipe
from .interrupts import Interrupted, Interrupts
from .observer import Observer
from .order import bits

CHUNK = 4096  # pictures read at once: 13 MB of 28x28
CHOICE = 5  # what the draw is for

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Candidates:
    """The distorted copies of training digits, in the order of their numbers.

    Attributes:
        engine: that draws and reads them.
        data: the data set.
        rows: the digits (n,).
        recipe: its seed, and its distortion's ranges and number of copies, count here.
        watch: told the share that is read; may raise, to stop.
    """

    engine: Engine
    data: Dataset
    rows: Rows
    recipe: Recipe
    watch: Callable[[float], None]

    @property
    def patterns(self) -> Rows:
        """Their numbers, (copies n,)."""
        assert self.recipe.distortion is not None
        copies = np.arange(1, self.recipe.distortion.copies + 1)  # 0 is the digit itself
        return (self.rows + len(self.data.train_labels) * copies[:, None]).ravel()

    def labels(self) -> NDArray[np.int64]:
        """Return their right classes, (copies n,)."""
        return self.data.train_labels[self.patterns % len(self.data.train_labels)].astype(np.int64)

    def scores(self, nets: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the scores of each of them by each net, (nets, copies n, classes), from the nets' weights."""
        return np.concatenate(list(self._read(nets)), axis=1)

    def answers(self, nets: Sequence[NDArray[np.float32]], smallest_wins: bool) -> NDArray[np.int64]:
        """Return the answer to each of them by each net, (nets, copies n), from the nets' weights."""
        read = [np.stack([answers(each, smallest_wins) for each in scores]) for scores in self._read(nets)]
        return np.concatenate(read, axis=1)

    def _read(self, nets: Sequence[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        patterns = self.patterns
        for start in range(0, len(patterns), CHUNK):
            pictures = self.engine.distorted(self.data.train_images, patterns[start : start + CHUNK], self.recipe)
            yield np.stack([self.engine.scores(flat, pictures) for flat in nets])
            self.watch(min(1.0, (start + CHUNK) / len(patterns)))


@contextmanager
def choosing(observer: Observer, what: str) -> Iterator[Callable[[float], None]]:
    """Yield what to tell the share that is read; it tells ``observer``, and raises ``Interrupted`` after Ctrl-C."""
    with Interrupts() as heard:

        def watch(share: float) -> None:
            try:
                observer.on_choice(what, share)
            except KeyboardInterrupt:
                heard.asked = True
            if heard.asked:
                raise Interrupted(None)

        yield watch


def half_and_half(patterns: Rows, wrong: NDArray[np.bool_], seed: int) -> Rows:
    """Return as many patterns that are read wrong as right ones, in the order in which they came.

    Of those that are in the majority, as a rule the right ones, a part is drawn at random.

    Args:
        patterns: to choose among (N,).
        wrong: whether each is read wrong (N,).
        seed: of the draw.
    """
    drawn = bits(seed, CHOICE, 0, len(patterns))
    count = min(int(wrong.sum()), int((~wrong).sum()))
    taken = [np.flatnonzero(part)[np.argsort(drawn[part], kind="stable")[:count]] for part in (wrong, ~wrong)]
    return patterns[np.sort(np.concatenate(taken))]
