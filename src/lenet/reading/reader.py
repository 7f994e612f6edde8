"""The reader: a picture's ink, its lines, their characters, an answer for each, and how sure it is."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from ..errors import LenetError
from ..model import Model
from ..page.box import Box
from ..page.cleaning import clean
from ..page.ink import Ink
from ..page.lines import Row, kind_of, split_lines
from ..page.skew import angle, before, upright
from .answer import answer
from .both import WEIGHTS
from .confidence import Calibration
from .grammar import Grammar, Length
from .line import SYMBOLS, CutLine, cut_line
from .result import Kind, Line, Reading, Reason
from .settings import Method
from .sliding.line import Along, Sliding

if TYPE_CHECKING:
    from ..model import Ensemble
    from ..page.source import Frame
    from .settings import Weights
    from .steps import Steps

MODEL, SLIDING, SECOND = "reader", "reader-sliding", "lenet5-best"
LEVEL = 0.7  # degrees: a page that is turned by less is left as it is


class Reader:
    """Reads pictures of digits. It doesn't change once it is made; threads may share it."""

    def __init__(
        self,
        model: Weights | None = None,
        *,
        kind: Kind | None = None,
        grammar: Grammar | None = None,
        keep_marks: bool = False,
        min_confidence: float | None = None,
        error: float | None = None,
        method: Method = "both",
    ) -> None:
        """Load the weights.

        Args:
            model: what reads the candidates; None: the weights made for it.
            kind: what the pictures hold; None: it is found out for each.
            grammar: what a line's answer may be; None: anything.
            keep_marks: whether dots, dashes and the like stay in the answer.
            min_confidence: answers less sure than that are rejected.
            error: the share of answers that may be wrong; as many are rejected as that takes.
            method: which of the paper's two ways of reading a line.

        Raises:
            LenetError: there is no such model, or it isn't one that reads pictures.
        """
        self.model = loaded(model)
        self.kind, self.grammar, self.keep_marks, self.method = kind, grammar, keep_marks, method
        self.second = second()
        self.calibration = Calibration.of(self.model)
        self.sliding = None if method == "cuts" else sliding()
        self.min_confidence, self.error = min_confidence or 0.0, error

    def read(self, frame: Frame, *, steps: Steps | None = None) -> Reading:
        """Return what a picture says.

        Args:
            frame: the picture.
            steps: is given a picture of each step.
        """
        begun = perf_counter()
        ink = clean(frame.pixels, None if steps is None else steps.add)
        kind = self.kind or kind_of(ink)
        rows, columns = frame.pixels.shape[:2]
        size = round(columns / frame.scale), round(rows / frame.scale)
        turn = _turn(ink) if kind == "page" else 0.0
        parts = split_lines(upright(ink, turn)) if kind == "page" else [Row(Box(0, 0, columns, rows), ink)]
        found = [line for part in parts if (line := self._line(part, kind, steps)) is not None]
        lines = [_at(_turned(line, turn, (rows, columns)), frame.scale, size) for line in found]
        reasons: list[Reason] = [line.reason for line in lines if line.rejected] or ([] if lines else ["blank"])
        return Reading(
            tuple(lines),
            file=frame.name,
            page=frame.page,
            size=size,
            kind=kind,
            rejected=bool(reasons),
            reason=reasons[0] if reasons else "",
            seconds=perf_counter() - begun,
            blank=float(not lines),
        )

    def _line(self, part: Row, kind: Kind, steps: Steps | None) -> Line | None:
        """Return what the ink of a line says; None where there is none."""
        cut = cut_line(part.ink, self.model, slant=kind != "single", second=self.second)
        if cut is None:
            return None
        if steps is not None:
            _show(steps, cut)
        grammar = self.grammar or (Length(1) if kind == "single" else None)
        least = self.min_confidence if self.error is None else self.calibration.least(self.error, kind)
        return answer(
            cut,
            part.box,
            kind,
            grammar,
            self.calibration,
            along=self._along(cut, kind, grammar),
            least=least,
            keep_marks=self.keep_marks,
        )

    def _along(self, cut: CutLine, kind: Kind, grammar: Grammar | None) -> tuple[Along, float] | None:
        """Return what sliding along a line says, and what that counts; None where the cuts decide alone."""
        if self.sliding is None or kind == "single" or (grammar is not None and grammar.marks):
            return None
        return self.sliding.read(cut.line), WEIGHTS[self.method]


def loaded(model: Weights | None) -> Model | Ensemble:
    """Return the model that reads; raise ``LenetError`` where it can't read candidates."""
    from ..model import Ensemble
    from ..weights import load

    found = model if isinstance(model, (Model, Ensemble)) else load(MODEL if model is None else model)
    if found.classes != SYMBOLS or found.preparation.shape != (1, 28, 28):
        raise LenetError(
            f"{found.name} can't read pictures of writing: that takes one that tells {''.join(SYMBOLS)!r} apart in "
            "28x28 pixels, such as `lenet train reader` makes"
        )
    return found


def sliding() -> Sliding:
    """Return what reads lines without cutting them; raise ``LenetError`` where the package hasn't its weights."""
    from ..weights import load

    found = load(SLIDING)
    assert isinstance(found, Model)
    return Sliding(found)


def second() -> Model | Ensemble:
    """Return the network of the second opinion on which digit it is."""
    from ..weights import load

    return load(SECOND)


def _show(steps: Steps, cut: CutLine) -> None:
    """Add the steps of a line: its strokes upright, its cuts, its candidates."""
    amount = cut.line.amount
    steps.add("Upright", amount, f"slant {cut.line.shear:+.1f}, digits {cut.line.height:.0f} pixels high")
    grey = np.rint(255 * (1 - amount)).astype(np.uint8)
    cuts = np.stack([grey] * 3, axis=2)
    rows = np.arange(len(grey))
    for seam in cut.cuts[1:-1]:
        cuts[rows, np.clip(seam, 0, grey.shape[1] - 1)] = (213, 94, 0)  # vermilion: seen by the colour-blind too
    steps.add("Cuts", cuts, f"{len(cut.cuts) - 2} seams of little ink")
    wide = max(1, min(len(cut.candidates), 24))
    images = cut.candidates.images
    sheet = np.zeros((-(-len(images) // wide) * 28, wide * 28), np.uint8)
    for number, image in enumerate(images):
        row, column = divmod(number, wide)
        sheet[row * 28 : row * 28 + 28, column * 28 : column * 28 + 28] = image
    steps.add("Candidates", sheet, f"{len(images)} spans between cuts, each as MNIST would hold it")


def _turn(ink: Ink) -> float:
    """Return by how many degrees a page's lines fall to the right; 0 where they hardly do."""
    turn = angle(ink)
    return turn if abs(turn) >= LEVEL else 0.0


def _turned(line: Line, turn: float, shape: tuple[int, int]) -> Line:
    """Return a line with its boxes where they were before the page was turned upright."""
    if not turn:
        return line
    digits = tuple(replace(digit, box=before(digit.box, turn, shape)) for digit in line.digits)
    return replace(line, box=before(line.box, turn, shape), digits=digits)


def _at(line: Line, scale: float, size: tuple[int, int]) -> Line:
    """Return a line with its boxes in pixels of the picture that was given, and inside of it."""
    digits = tuple(replace(digit, box=_inside(digit.box, scale, size)) for digit in line.digits)
    return replace(line, box=_inside(line.box, scale, size), digits=digits)


def _inside(box: Box, scale: float, size: tuple[int, int]) -> Box:
    left, top, right, bottom = (round(side / scale) for side in box)
    left, top = (min(max(at, 0), most - 1) for at, most in zip((left, top), size, strict=True))
    return Box(left, top, min(max(right, left + 1), size[0]), min(max(bottom, top + 1), size[1]))
