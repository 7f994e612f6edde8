"""The paper's figures, drawn from our runs beside the paper's values; a file each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ...data import Dataset
from ...errors import LenetError
from ...report import plot
from ..plan import Unit
from ..results import Result
from ..studies import Study
from . import methods, mistakes, passes, sizes, variants

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Drawing = Callable[[Mapping[Unit, Result], Path, Callable[[str], Dataset]], "Figure"]

FIGURES: dict[int, Drawing] = {5: passes.draw, 6: sizes.draw, 8: mistakes.draw, 9: methods.draw}
ENDINGS = (".png", ".svg")


def draw(number: int, results: Mapping[Unit, Result], folder: Path, data: Callable[[str], Dataset]) -> tuple[Path, ...]:
    """Draw a figure and return the files that it is in.

    Args:
        number: the paper's: 5, 6, 8 or 9.
        results: what there is to show; other claims than the figure's are left out.
        folder: where they are, with the folders of the runs; the figure goes there too.
        data: gives a data set by its name.

    Raises:
        LenetError: matplotlib isn't there, none of the figure's runs are, or a file can't be written.
    """
    mine = {unit: result for unit, result in results.items() if number in unit.claim.figures}
    if not mine:
        raise LenetError(f"figure {number} has nothing to show: none of its runs has ended")
    with plot.style():
        return write(FIGURES[number](mine, folder, data), folder / f"figure-{number}")


def compare(study: Study, results: Mapping[Unit, Result], folder: Path) -> tuple[Path, ...]:
    """Draw a study and return the files that it is in; the rest is as of ``draw``."""
    if not any(unit.claim in study.variants.values() for unit in results):
        raise LenetError(f"the study {study.name} has nothing to show: none of its runs has ended")
    with plot.style():
        return write(variants.draw(study, results), folder / f"study-{study.name}")


def write(figure: Figure, path: Path) -> tuple[Path, ...]:
    """Write a figure as PNG and SVG, and return where; call it within ``plot.style``."""
    files = tuple(path.with_name(path.name + ending) for ending in ENDINGS)
    for file in files:
        plot.save(figure, file)
    return files
