"""One pass more over pictures that come, whatever was trained on before."""

from __future__ import annotations

from math import ceil, isfinite
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from ..data.arrays import Labels
from ..engine.state import State
from ..errors import LenetError
from ..model.engines import Engine
from ..recipe import DiagonalLM, Recipe
from .history import Row
from .order import of_pass, samples


def go_on(
    engine: Engine, state: State, images: NDArray[np.uint8], labels: Labels, recipe: Recipe, *, pass_: int, rate: float
) -> Row:
    """Train on pictures once through, at one rate, and change ``state`` in place.

    ``train`` with that rate throughout makes its pass number ``pass_`` in the very same way.

    Args:
        engine: what computes.
        state: weights, the optimiser's memory, updates made.
        images: uint8 (N, H, W) or (N, C, H, W).
        labels: uint8 or int64 (N,).
        recipe: its batch, order, loss, optimiser, distortion and seed count here; all rows are trained on.
        pass_: from 0; order and distortions are drawn by it.
        rate: of each update.

    Returns:
        The pass as a row of a history.

    Raises:
        LenetError: training diverged; ``state`` is of no use any more.
    """
    rows, truth = np.arange(len(labels)), labels.astype(np.int64)
    patterns = of_pass(recipe, rows, len(labels), pass_)
    started = perf_counter()
    if isinstance(recipe.optimiser, DiagonalLM):
        some = samples(patterns, recipe.optimiser.samples, recipe.seed, pass_)
        state.slots[0][:] = engine.curvature(state.flat, images, truth, some, recipe, pass_=pass_)
    rates = np.full(ceil(len(patterns) / recipe.batch), rate, np.float32)
    loss, wrong = engine.train(state, images, truth, patterns, recipe, pass_=pass_, rates=rates)
    seconds = perf_counter() - started
    if not isfinite(loss) or not np.isfinite(state.flat).all():
        raise LenetError(f"training diverged in pass {pass_ + 1}, at the rate {rate:g}; try a smaller rate")
    return Row(
        pass_=pass_ + 1,
        complete=True,
        updates=state.updates,
        loss=loss / len(patterns),
        training_error=wrong / len(patterns),
        training_error_after=None,
        validation_error=None,
        validation_loss=None,
        test_error=None,
        rate=rate,
        seconds=round(seconds, 6),
        digits_per_second=round(len(patterns) / max(seconds, 1e-9), 1),
    )
