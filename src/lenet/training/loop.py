"""The loop that follows a recipe."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from math import ceil, inf, isfinite
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import Dataset
from ..engine.layout import Layout
from ..engine.state import Stretch
from ..errors import LenetError
from ..model.engines import Engine
from ..model.metrics import BATCH, Metrics, tally
from ..network import Network
from ..recipe import DiagonalLM, Recipe
from . import abreast
from .checkpoint import Course
from .folder import Keeper
from .history import Row
from .interrupts import Interrupted, Interrupts
from .observer import Observer, Progress
from .order import cycled, of_pass, samples
from .selection import Selection

# Floating-point operations between two looks at the clock: 10 to 100 ms. It is the same on every machine, since where
# sums of losses are cut decides their last bit, and a resumed run must come to the very same.
GRAIN = 1.5e9
SHOW = 0.08  # seconds between two calls of an observer
SAVE, SAVE_AFTER_PASS = 10.0, 1.0  # seconds between two checkpoints, within a pass and at the end of one


class Diverged(LenetError):  # noqa: N818  told of as what happened
    """The loss or the weights are no numbers any more; the text says where, and at which rate."""


class Loop:
    """Training from where a course stands to its end."""

    def __init__(
        self,
        network: Network,
        recipe: Recipe,
        data: Dataset,
        *,
        selection: Selection,
        engine: Engine,
        course: Course,
        keeper: Keeper,
        observer: Observer,
    ) -> None:
        """Take what a run is made of."""
        self.network, self.recipe, self.data, self.engine = network, recipe, data, engine
        self.rows, self.watched, self.patterns = selection.rows, selection.watched, selection.patterns
        self.course, self.keeper, self.observer = course, keeper, observer
        self.labels = data.train_labels.astype(np.int64)
        self.per_pass = ceil(len(self.rows) / recipe.batch)
        self.total = updates_of(recipe, len(self.rows))
        work, most = getattr(engine, "grain", None) or (GRAIN, inf)
        self.grain = int(max(1, min(most, work / (6 * max(1, network.multiply_adds) * recipe.batch))))
        self.interrupts = Interrupts()

    @property
    def limit(self) -> int:
        """How many updates the run makes, as it stands now."""
        stopping = self.course.stopping
        return self.total if stopping is None else min(self.total, stopping.limit)

    def run(self) -> None:
        """Train to the end.

        Raises:
            Interrupted: Ctrl-C came; a checkpoint is written.
            Diverged: the rate was too large.
            LenetError: a file can't be written.
        """
        abreast.go([self])

    def stretches(self) -> Generator[Stretch, abreast.Told, None]:
        """Yield what is to be trained, and take what came of it; all else of a run happens in between."""
        self._before, self._started = self.course.total_seconds, perf_counter()
        self._shown = self._saved = self._started
        while not self.course.ended:
            yield from self._pass(self.course.state.updates // self.per_pass)

    def _pass(self, pass_: int) -> Generator[Stretch, abreast.Told, None]:
        """Go on to the end of a pass, counted from 0, or of the run where that comes first."""
        state, report = self.course.state, self.recipe.report_every
        drawn = self._order(pass_)
        begin = pass_ * self.per_pass
        end = min(begin + self.per_pass, self.limit)
        if state.updates == begin:
            self._estimate(drawn, pass_)
        while state.updates < end:
            done = state.updates - begin
            stretch = min(self.grain, end - state.updates)
            if report is not None:
                stretch = min(stretch, report - done % report)
            yield from self._train(drawn[done * self.recipe.batch : (done + stretch) * self.recipe.batch], pass_)
            if state.updates < end:
                if report is not None and (state.updates - begin) % report == 0:
                    self._row(pass_, complete=False)
                self._look(pass_, SAVE)
        self._close(pass_, whole=end == begin + self.per_pass)
        self._look(pass_, 0.0 if self.course.ended else SAVE_AFTER_PASS)

    def _order(self, pass_: int) -> NDArray[np.int64]:
        """Return the patterns of a pass in their order."""
        if self.patterns is not None:
            return cycled(self.patterns, len(self.rows), self.recipe.shuffle, self.recipe.seed, pass_)
        return of_pass(self.recipe, self.rows, len(self.labels), pass_)

    def _estimate(self, patterns: NDArray[np.int64], pass_: int) -> None:
        """Estimate the second derivatives for a pass, where the optimiser goes by them."""
        optimiser, course = self.recipe.optimiser, self.course
        if isinstance(optimiser, DiagonalLM):
            started = perf_counter()
            some = samples(patterns, optimiser.samples, self.recipe.seed, pass_)
            course.state.slots[0][:] = self.engine.curvature(
                course.state.flat, self.data.train_images, self.labels, some, self.recipe, pass_=pass_
            )
            course.seconds += perf_counter() - started

    def _train(self, patterns: NDArray[np.int64], pass_: int) -> Generator[Stretch, abreast.Told, None]:
        """Make one update for each batch of ``patterns``."""
        course, first = self.course, self.course.state.updates
        updates = range(first, first + ceil(len(patterns) / self.recipe.batch))
        rates = np.array([self._rate(update) for update in updates], np.float32)
        told = yield Stretch(course.state, patterns, self.recipe, pass_, rates)
        if not isfinite(told.loss):
            raise self._diverged(pass_, "loss")
        course.loss += told.loss
        course.wrong += told.wrong
        course.seen += len(patterns)
        course.pass_seconds += told.seconds
        course.seconds += told.seconds

    def _diverged(self, pass_: int, what: str) -> Diverged:
        update = self.course.state.updates
        return Diverged(
            f"training diverged in pass {pass_ + 1}, by update {update}, at the rate {self._rate(update - 1):g}: "
            f"the {what} is no number any more; try a smaller rate"
        )

    def _rate(self, update: int) -> float:
        return self.recipe.schedule.rate(update, self.per_pass, self.total)

    def _close(self, pass_: int, *, whole: bool) -> None:
        """Measure what the recipe asks for at the end of a pass; patience judges whole passes only."""
        course, state = self.course, self.course.state
        if not np.isfinite(state.flat).all():  # a saturated layer can hide it from the loss
            raise self._diverged(pass_, "weights")
        watched = self.measure(state.flat, self.watched) if len(self.watched) else None
        trained = self.measure(state.flat, self.rows) if self.recipe.training_each_pass else None
        tested = self.recipe.test_each_pass and len(self.data.test_labels) > 0
        test = self.measure(state.flat) if tested else None
        if (
            course.stopping is not None
            and watched is not None
            and whole
            and course.stopping.see(watched.error, state.updates)
        ):
            course.best = state.flat.copy()
        self._row(pass_, complete=True, trained=trained, watched=watched, test=test)
        weights = Layout(self.network).views(state.flat)
        self._tell(lambda: self.observer.on_weights(state.updates, weights))
        course.loss, course.wrong, course.seen, course.pass_seconds = 0.0, 0, 0, 0.0
        course.ended = state.updates >= self.limit

    def _row(
        self,
        pass_: int,
        *,
        complete: bool,
        trained: Metrics | None = None,
        watched: Metrics | None = None,
        test: Metrics | None = None,
    ) -> None:
        """Add a row to the history: the pass so far."""
        course = self.course
        row = Row(
            pass_=pass_ + 1,
            complete=complete,
            updates=course.state.updates,
            loss=course.loss / course.seen,
            training_error=course.wrong / course.seen,
            training_error_after=None if trained is None else trained.error,
            validation_error=None if watched is None else watched.error,
            validation_loss=None if watched is None else watched.loss,
            test_error=None if test is None else test.error,
            rate=self._rate(course.state.updates - 1),
            seconds=round(course.seconds, 6),
            digits_per_second=round(course.seen / max(course.pass_seconds, 1e-9), 1),
        )
        course.rows.append(row)
        self.keeper.row(row)
        self._tell(lambda: self.observer.on_pass(row))

    def _look(self, pass_: int, between: float) -> None:
        """Show how it goes, write a checkpoint if the last is ``between`` seconds old, and hear Ctrl-C."""
        now = perf_counter()
        if self.course.seen and now - self._shown >= SHOW:
            self._shown = now
            self._tell(lambda: self.observer.on_chunk(self._progress(pass_)))
        asked = self._asked()
        if now - self._saved >= between or asked:
            self.course.total_seconds = self._before + now - self._started
            self.keeper.checkpoint(self.course)
            self._saved = perf_counter()
        if asked and not self.course.ended:
            raise Interrupted(self.keeper.folder)

    def _asked(self) -> bool:
        """Whether Ctrl-C came, to this process or to another that has a share in the run."""
        anywhere = getattr(self.engine, "anywhere", bool)
        return bool(anywhere(self.interrupts.asked))

    def _progress(self, pass_: int) -> Progress:
        course, updates = self.course, self.course.state.updates
        return Progress(
            pass_=pass_ + 1,
            updates=updates,
            loss=course.loss / course.seen,
            error=course.wrong / course.seen,
            digits_per_second=course.seen / max(course.pass_seconds, 1e-9),
            seconds_left=course.seconds / updates * (self.limit - updates),
        )

    def _tell(self, call: Any) -> None:
        """Call an observer; a Ctrl-C inside it is one between updates."""
        try:
            call()
        except KeyboardInterrupt:
            self.interrupts.asked = True

    def measure(self, flat: NDArray[np.float32], rows: NDArray[np.int64] | None = None) -> Metrics:
        """Return how ``flat`` reads these training rows; None: the test set."""
        images, labels = self.data.test_images, self.data.test_labels
        if rows is not None:
            images, labels = self.data.train_images, self.data.train_labels

        def batches() -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
            for start in range(0, len(labels if rows is None else rows), BATCH):
                part: Any = slice(start, start + BATCH)
                part = part if rows is None else rows[part]
                yield self.engine.scores(flat, images[part]), labels[part]

        return tally(batches(), self.network.classes, self.recipe.loss, self.network.smallest_wins)


def updates_of(recipe: Recipe, digits: int) -> int:
    """Return the most updates of a run over that many training rows."""
    total = recipe.passes * ceil(digits / recipe.batch)
    return total if recipe.updates is None else min(total, recipe.updates)
