"""A line read at every place at once, beside its windows cut out and read one by one (the paper's section VII)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet.model import Model
from lenet.reading.sliding import SlidingNetwork
from lenet.training import draw
from lenet.zoo import entry

from .rounds import alternate, ratio, seconds

COLUMNS = (100, 300)  # of lines: an amount, a long row of digits
ROUNDS = 31


def run(threads: int) -> list[dict[str, Any]]:
    """Return for each width and step the milliseconds a line takes each way, and how many times faster sliding is."""
    row = entry("lenet5")
    model = Model(
        row.network,
        replace(row.recipe.preparation, shape=row.network.input, padding=0),
        draw(row.network, row.recipe.start, seed=0),
        threads=threads,
    )
    return [_measured(model, columns, step) for columns in COLUMNS for step in (4, 2, 1)]


def _measured(model: Model, columns: int, step: int) -> dict[str, Any]:
    rng = np.random.default_rng(columns)
    line = np.where(rng.random((32, columns)) < 0.2, 255, 0).astype(np.uint8)
    sliding = SlidingNetwork(model, step=step)
    ways = {
        "sliding": partial(seconds, partial(sliding.read, line)),
        "windows": partial(seconds, partial(_windows, model, line, step)),
    }
    for read in ways.values():
        read()
    taken = alternate(ways, ROUNDS)
    return {
        "columns": columns,
        "step": step,
        **{name: 1000 * median(times) for name, times in taken.items()},
        "times": ratio(taken["windows"], taken["sliding"]),
    }


def _windows(model: Model, line: NDArray[np.uint8], step: int) -> NDArray[np.float32]:
    """Return the scores of each window, cut out of the line."""
    padded = np.pad(line, ((0, 0), (16, 16)))
    cut = [padded[:, at : at + 32] for at in range(0, line.shape[1] + 1, step)]
    return model.scores(np.stack(cut))


def summary(rows: list[dict[str, Any]]) -> str:
    """Return the rows in words."""
    return "".join(
        f"{row['columns']} columns, an answer every {row['step']}: {row['sliding']:.2f} ms sliding, "
        f"{row['windows']:.2f} ms window by window ({row['times']:.1f} times)\n"
        for row in rows
    )
