"""Calibration of a reader: its constants chosen, and its confidence fitted, on writing that it wasn't trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data.writing.supply import Digits
from ..model import Ensemble, Model
from ..processes import each, side_by_side
from .checking import Bin, Rejection, check
from .confidence import Calibration
from .line import CutLine
from .logistic import fit
from .reader import loaded
from .sampling import Answered, Answering, Writing, begin_answering, begin_choosing, begin_cutting
from .scoring import Scoring
from .settings import Method

Progress = Callable[[int, int, str], None]  # what is done, of how much, of what

SEEDS = (101, 102, 103)  # of what is written to choose, to fit and to check by
BLOCK = 25  # pictures that a process is asked for at once
ROUNDS = 2  # over all constants, at most
CHOICES: dict[str, tuple[float, ...]] = {
    "doubt": (0.5, 0.7, 1.0, 1.4),
    "floor": (1e-3, 5e-3, 2e-2),
    "edge": (-0.5, 0.0, 0.5),
    "mark": (-1.0, -0.3, 0.3),
    "rubbish": (-3.0, -1.0, 0.0),
    "area": (8.0, 15.0, 30.0),
    "size": (0.0, 2.0, 5.0),
    "wide": (0.0, 2.0, 5.0),
}
GROUPS, FEWEST = 40, 20  # of answers that are judged together: at most so many groups, none of fewer
ROWS, LEAST = 100, 0.05  # of a table of errors: how many, and the least share that is accepted


@dataclass(frozen=True)
class Sizes:
    """How many pictures are written for what.

    Attributes:
        choosing: lines that the constants of a path's score are chosen on.
        fitting: lines and single characters that the confidence is fitted on.
        checking: lines and single characters that it is checked on.
    """

    choosing: int = 600
    fitting: tuple[int, int] = (1500, 3000)
    checking: tuple[int, int] = (700, 1000)


@dataclass(frozen=True)
class Calibrated:
    """A calibration, and what came out on writing that it wasn't fitted on.

    Attributes:
        calibration: to be kept with the weights.
        before: share of lines that the first constants read right by the cuts alone,
        after: and the chosen ones, on the lines that they were chosen on.
        bins: of confidence.
        rejections: for some errors.
    """

    calibration: Calibration
    before: float
    after: float
    bins: tuple[Bin, ...]
    rejections: tuple[Rejection, ...]


def calibrate(
    model: Model | Ensemble,
    digits: Digits,
    *,
    sliding: Model | None = None,
    second: Model | Ensemble | None = None,
    method: Method = "both",
    sizes: Sizes = Sizes(),
    workers: int | None = None,
    progress: Progress | None = None,
) -> Calibrated:
    """Calibrate a reader; the same arguments give the same, on any number of cores.

    Args:
        model: reads the candidates.
        digits: images uint8 (N, 28, 28) and labels uint8 (N,) to write with, none of which it was trained on.
        sliding: the network that slides along lines; None: the cuts decide alone.
        second: the network of the second opinion on which digit it is; None: there is none.
        method: which of both decides how much.
        sizes: how many pictures.
        workers: processes; None: one a core.
        progress: is called with what is done, of how much, and of what.

    Raises:
        LenetError: the model can't read candidates, or a digit is missing.
    """
    loaded(model)
    written = partial(_written, workers=workers, progress=progress or _untold)
    choosing, fitting, checking = (Writing(digits, seed, model, second) for seed in SEEDS)
    lines, _ = written(begin_cutting, choosing, (sizes.choosing, 0), what="lines to choose constants by")
    scoring, before, after = choose(lines, workers, progress)
    how = Answering(fitting, scoring, sliding, method)
    fitted = written(begin_answering, how, sizes.fitting, what="pictures to fit confidence by")
    checked = written(begin_answering, replace(how, writing=checking), sizes.checking, what="pictures to check it by")
    calibration = fit_all(scoring, *fitted)
    return Calibrated(calibration, before, after, *check(calibration, *checked))


def choose(
    lines: list[tuple[str, CutLine]], workers: int | None = None, progress: Progress | None = None
) -> tuple[Scoring, float, float]:
    """Return the constants that read most lines right; the share of these by the first constants, and by those.

    One constant is varied after the other, over ``CHOICES``, until nothing gets better; of equals the first stays.
    """
    best = Scoring()
    with side_by_side(begin_choosing, lines, workers) as count:
        right = {best: next(iter(count([best])))}
        first = right[best]
        for round_ in range(ROUNDS):
            before = best
            for number, (name, values) in enumerate(CHOICES.items(), 1):
                others = [s for value in values if (s := replace(best, **{name: value})) not in right]
                right.update(zip(others, count(others), strict=True))
                best = max(right, key=right.__getitem__)
                if progress is not None:
                    progress(round_ * len(CHOICES) + number, ROUNDS * len(CHOICES), "constants, one after the other")
            if best == before:
                break
    return best, first / max(len(lines), 1), right[best] / max(len(lines), 1)


def fit_all(scoring: Scoring, lines: Sequence[Answered], singles: Sequence[Answered]) -> Calibration:
    """Return the calibration by answers to lines and to single characters."""
    characters = [character for line in lines for character in line.characters]
    parts = {
        "single": fit([each.evidence for each in singles], [each.right for each in singles]),
        "line": fit([each.evidence for each in lines], [each.right for each in lines]),
        "digit": fit([evidence for evidence, _ in characters], [right for _, right in characters]),
    }
    calibration = Calibration(scoring, parts["single"], parts["line"], parts["digit"])
    judged = {
        "single": [(calibration.sure("single", each.evidence), each.right) for each in singles],
        "line": [(calibration.sure("line", each.evidence), each.right) for each in lines],
        "digit": [(calibration.sure("digit", evidence), right) for evidence, right in characters],
    }
    calibration = replace(calibration, curves={what: curve(*_apart(rows)) for what, rows in judged.items()})
    tables = {
        kind: errors([calibration.sure(kind, each.evidence) for each in found], [each.right for each in found])
        for kind, found in (("single", singles), ("line", lines))
    }
    return replace(calibration, errors=tables)


def _apart(rows: Sequence[tuple[float, bool]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return what is said of answers, and whether they are right, apart."""
    both = np.array(rows, float).reshape(-1, 2)
    return both[:, 0], both[:, 1] > 0


def curve(said: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    """Return (what is said, how often that is right) of answers in order, some together, both rising.

    Neighbours whose shares fall are put together until all rise (pool adjacent violators). A share is that of one more
    right and one more wrong answer, so that few are never all.

    Args:
        said: (N,), in [0, 1].
        right: (N,).
    """
    order = np.argsort(said, kind="stable")
    groups: list[tuple[float, float, int]] = []  # what is said in all, right ones, how many
    for part in np.array_split(order, max(1, min(GROUPS, len(order) // FEWEST))):
        group = float(said[part].sum()), float(right[part].sum()), len(part)
        while groups and len(part) and groups[-1][1] * group[2] >= group[1] * groups[-1][2]:
            last = groups.pop()
            group = last[0] + group[0], last[1] + group[1], last[2] + group[2]
        if group[2]:
            groups.append(group)
    inner = tuple((total / count, (good + 1) / (count + 2)) for total, good, count in groups)
    return ((0.0, 0.0), *inner, (1.0, (1 + inner[-1][1]) / 2)) if inner else ()  # so that no two are equally sure


def errors(sure: ArrayLike, right: ArrayLike) -> tuple[tuple[float, float], ...]:
    """Return (share of wrong answers among those at least as sure, confidence), rising in confidence.

    The share is that of one more wrong answer than there are, as that of few answers may be too good by chance.

    Args:
        sure: (N,), confidence of answers.
        right: bool (N,).
    """
    order = np.argsort(-np.asarray(sure, float), kind="stable")
    falling = np.asarray(sure, float)[order]
    wrong = np.cumsum(~np.asarray(right, bool)[order])
    count = len(order)
    taken = np.unique(np.linspace(max(1, LEAST * count), count, ROWS).astype(int)) if count else np.empty(0, int)
    last = np.unique(np.searchsorted(-falling, -falling[taken - 1], "right"))[::-1]  # all that are as sure go together
    shares = (wrong[last - 1] + 1) / (last + 1)
    return tuple(zip(shares.tolist(), falling[last - 1].tolist(), strict=True))


def _written(
    begin: Callable[[Any], Any],
    first: object,
    counts: tuple[int, int],
    *,
    what: str,
    workers: int | None,
    progress: Progress,
) -> tuple[list[Any], list[Any]]:
    """Return what processes make of so many lines, and of so many single characters."""
    blocks = [
        (line, first, min(first + BLOCK, count))
        for line, count in zip((True, False), counts, strict=True)
        for first in range(0, count, BLOCK)
    ]
    lines: list[Any] = []
    singles: list[Any] = []
    done = 0
    for (line, start, end), made in zip(blocks, each(begin, first, blocks, workers), strict=True):
        (lines if line else singles).extend(made)
        done += end - start
        progress(done, sum(counts), what)
    return lines, singles


def _untold(done: int, total: int, what: str) -> None:
    """Take no notice of progress."""
