"""Figure 8: the test digits that are read wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...data import Dataset
from ...report import plot
from .. import runs
from ..plan import Unit
from ..results import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 12
PAPER = 82  # digits in the paper's figure
MOST = 300  # digits drawn


def draw(results: Mapping[Unit, Result], folder: Path, data: Callable[[str], Dataset]) -> Figure:
    """Return the gallery of the first seed, each digit above what it is and what it was read as."""
    unit = min(results, key=lambda unit: unit.seed)
    digits, model = data(unit.claim.data), runs.model(folder, unit)
    answers = np.asarray(model.predict(digits.test_images))
    wrong = np.flatnonzero(answers != digits.test_labels)
    shown = wrong[:MOST]
    rows = max(1, ceil(len(shown) / COLUMNS))
    figure = plot.new_figure(9, 0.92 * rows + 0.6)
    places = figure.subplots(rows, COLUMNS, squeeze=False).flat
    for axes in places:
        axes.axis("off")
    for axes, row in zip(figure.axes, shown, strict=False):
        axes.imshow(digits.test_images[row].reshape(digits.shape[1:]), cmap="gray_r", vmin=0, vmax=255)
        axes.text(
            0.5, -0.04, f"{model.classes[digits.test_labels[row]]} → {model.classes[answers[row]]}",
            transform=axes.transAxes, ha="center", va="top", fontsize=10,
        )  # fmt: skip
    more = "" if len(shown) == len(wrong) else f", the first {len(shown)} drawn"
    count = f"{len(wrong)} of {len(answers):,} test digits read wrong{more}"
    figure.suptitle(
        f"LeNet-5, seed {unit.seed}: {count} (the paper: {PAPER}); what it is → what was read",
        x=0.01, ha="left", fontsize=11, fontweight="bold",
    )  # fmt: skip
    return figure
