"""The answer of a line: its graph's best path, how sure it is, and where its characters stand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..page.box import Box
from .both import together
from .confidence import Calibration
from .grammar import Grammar
from .graph import Answers, Path
from .line import DIGITS, SYMBOLS, CutLine
from .result import Digit, Kind, Line, Reason

if TYPE_CHECKING:
    from .scoring import Scoring
    from .sliding.line import Along

ALTERNATIVES = 5
LEAST = 0.02  # probability: what is less likely is no alternative
NOT_A_DIGIT = 0.05  # confidence: below it, what is there is no digits


def answer(
    cut: CutLine,
    box: Box,
    kind: Kind,
    grammar: Grammar | None,
    calibration: Calibration,
    *,
    along: tuple[Along, float] | None = None,
    least: float = 0.0,
    keep_marks: bool = False,
) -> Line:
    """Return the answer of a line.

    Args:
        cut: the line and what the network says of its candidates.
        box: of the line in the picture.
        kind: what the picture holds.
        grammar: what the answer may be; None: anything.
        calibration: turns evidence into probabilities.
        along: what the network says that was slid along the line, and its weight from 0 to 1; None: the cuts
            decide alone.
        least: answers less sure than that are rejected.
        keep_marks: whether dots, dashes and the like stay in the answer.
    """
    scoring = calibration.scoring.alone() if kind == "single" else calibration.scoring
    answers, paths = likeliest(cut, scoring, grammar, along)
    if not paths:
        return Line("", 0.0, box, (), True, "no answer fits")
    best = paths[0]
    sure = calibration.answer(*support(cut, answers, best), kind)
    if not best.text:
        return Line("", sure, box, (), True, "not a digit")
    digits = _characters(cut, answers, best, box, calibration=calibration, keep_marks=keep_marks)
    reason: Reason = "not a digit" if sure < NOT_A_DIGIT else "unsure" if sure < least else ""
    left = max(1 - best.probability, 1e-9)
    others = tuple((path.text, (1 - sure) * path.probability / left) for path in paths[1:])
    others = tuple((text, chance) for text, chance in others if chance >= LEAST)
    text = "".join(digit.label for digit in digits) if keep_marks and grammar is None else best.text
    return Line(text, sure, _around([digit.box for digit in digits], box), digits, bool(reason), reason, others)


def likeliest(
    cut: CutLine,
    scoring: Scoring,
    grammar: Grammar | None = None,
    along: tuple[Along, float] | None = None,
    n: int = ALTERNATIVES,
) -> tuple[Answers, list[Path]]:
    """Return what the graph of a line says, and its ``n`` likeliest answers, the best first; see ``answer``."""
    answers = Answers(cut.graph(scoring), grammar)
    best = answers.best if along is None else partial(together, answers, *along, grammar)
    return answers, best(n=n)


def support(cut: CutLine, answers: Answers, path: Path) -> tuple[float, list[tuple[float, ...]]]:
    """Return what speaks for an answer: its share, and the networks' opinion of each character."""
    parts = [cut.opinion.of(path.edges[at], path.symbols[at]) for at in path.places if at >= 0]
    return path.probability * answers.share, parts


def _characters(
    cut: CutLine, answers: Answers, path: Path, box: Box, *, calibration: Calibration, keep_marks: bool
) -> tuple[Digit, ...]:
    """Return the characters of a path from left to right."""
    found = []
    read = set(path.places)
    for at, (edge, symbol) in enumerate(zip(path.edges, path.symbols, strict=True)):
        mark = DIGITS <= symbol < len(SYMBOLS) - 1
        if at not in read and not (keep_marks and mark):
            continue
        posterior = answers.posteriors[edge]
        sure = calibration.character(float(posterior[symbol]), cut.opinion.of(edge, symbol))
        where = cut.box(edge, box.left, box.top)
        label = _comma(SYMBOLS[symbol], where)
        found.append(Digit(label, sure, where, sure < NOT_A_DIGIT, _alternatives(cut, edge, symbol)))
    return tuple(found)


def _alternatives(cut: CutLine, edge: int, symbol: int) -> tuple[tuple[str, float], ...]:
    """Return what else a candidate may be by the network, the likeliest first; ? where it is no character."""
    row = cut.probabilities[edge]
    order = [int(i) for i in row.argsort()[::-1] if i != symbol and row[i] >= LEAST]
    return tuple(("?" if SYMBOLS[i] == " " else SYMBOLS[i], float(row[i])) for i in order[:ALTERNATIVES])


def _comma(label: str, box: Box) -> str:
    """Return a comma for a dot that is higher than wide: the network sees both at one size."""
    return "," if label == "." and box.bottom - box.top > 1.5 * (box.right - box.left) else label


def _around(boxes: list[Box], otherwise: Box) -> Box:
    if not boxes:
        return otherwise
    left, top, right, bottom = zip(*boxes, strict=True)
    return Box(min(left), min(top), max(right), max(bottom))
