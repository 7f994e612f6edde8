"""Pictures that are written to choose a reader's constants by, and what the reader makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..data.writing import write_line, write_single
from ..data.writing.supply import Digits
from ..model import Ensemble, Model
from ..page.cleaning import clean
from .answer import likeliest, support
from .both import WEIGHTS
from .confidence import evidence
from .distance import matches
from .grammar import Length
from .graph import Answers, Path
from .line import CutLine, cut_line
from .scoring import Scoring
from .settings import Method
from .sliding.line import Sliding

Evidence = tuple[float, ...]
Which = tuple[bool, int, int]  # lines or singles; the number of the first picture, and that after the last


@dataclass(frozen=True, eq=False)
class Writing:
    """Pictures that are written, each the same whenever it is asked for.

    Attributes:
        digits: to write with, images and labels.
        seed: of everything random, beside a picture's kind and number.
        model: reads the candidates.
        second: the network of the second opinion on which digit it is; None: there is none.
    """

    digits: Digits
    seed: int
    model: Model | Ensemble
    second: Model | Ensemble | None = None

    def cut(self, line: bool, number: int) -> tuple[str, CutLine] | None:
        """Return the digits in a picture, none where it shows a letter, and its line; None where that's found blank."""
        rng = np.random.default_rng((self.seed, line, number))
        written = (write_line if line else write_single)(rng, self.digits)
        cut = cut_line(clean(written.picture), self.model, slant=line, second=self.second)
        return None if cut is None else ("".join(filter(str.isdigit, written.text)), cut)

    def cuts(self, which: Which) -> list[tuple[str, CutLine]]:
        """Return those of several pictures, blank ones left out."""
        line, first, end = which
        return [cut for number in range(first, end) if (cut := self.cut(line, number)) is not None]


@dataclass(frozen=True)
class Answered:
    """What speaks for an answer, and whether it is right.

    Attributes:
        evidence: as ``confidence.evidence`` has it.
        right: whether it is what was written, and no letter was.
        characters: the same of each of its characters.
    """

    evidence: Evidence
    right: bool
    characters: tuple[tuple[Evidence, bool], ...] = ()


@dataclass(frozen=True, eq=False)
class Answering:
    """How the reader answers pictures.

    Attributes:
        writing: the pictures.
        scoring: the constants of a path's score.
        sliding: the network that slides along lines; None: the cuts decide alone.
        method: which of both decides how much.
    """

    writing: Writing
    scoring: Scoring
    sliding: Model | None = None
    method: Method = "both"


def begin_cutting(writing: Writing) -> Callable[[Which], list[tuple[str, CutLine]]]:
    """Return what writes and cuts pictures; the candidates come without their images."""

    def block(which: Which) -> list[tuple[str, CutLine]]:
        none = np.empty((0, 28, 28), np.uint8)
        return [
            (text, replace(cut, candidates=replace(cut.candidates, images=none))) for text, cut in writing.cuts(which)
        ]

    return block


def begin_choosing(lines: list[tuple[str, CutLine]]) -> Callable[[Scoring], int]:
    """Return what counts the lines that some constants read right, by their cuts alone."""

    def right(scoring: Scoring) -> int:
        found = ((text, likeliest(cut, scoring, n=1)[1]) for text, cut in lines)
        return sum(bool(paths) and paths[0].text == text for text, paths in found)

    return right


def begin_answering(how: Answering) -> Callable[[Which], list[Answered]]:
    """Return what writes pictures and answers them, those left out that are blank or have no answer."""
    sliding = None if how.sliding is None else Sliding(how.sliding)

    def block(which: Which) -> list[Answered]:
        line, _, _ = which
        found = []
        for text, cut in how.writing.cuts(which):
            along = (sliding.read(cut.line), WEIGHTS[how.method]) if sliding is not None and line else None
            scoring = how.scoring if line else how.scoring.alone()
            answers, paths = likeliest(cut, scoring, None if line else Length(1), along)
            if paths:
                found.append(_answered(cut, answers, paths[0], text))
        return found

    return block


def _answered(cut: CutLine, answers: Answers, path: Path, text: str) -> Answered:
    characters = []
    for place, right in zip(path.places, matches(path.text, text), strict=True):
        edge, symbol = path.edges[place], path.symbols[place]
        posterior, parts = float(answers.posteriors[edge, symbol]), cut.opinion.of(edge, symbol)
        characters.append((evidence(posterior, [parts]), right))
    return Answered(evidence(*support(cut, answers, path)), path.text == text, tuple(characters))
