"""What came of reading sets of pictures, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from math import inf
from typing import Any

from lenet.report.table import Table

from .calibration import EDGES, Bin, Calibration, calibrations
from .pictures import Kind, Picture, PictureSet
from .scores import ERRORS, LOOK_ALIKE, REJECTED, Score, Taken, finite, score, taken
from .systems import Answer

DIGITS_OF = "handwritten-62"  # its digits set the threshold for letters of which there are no digits by the same hands


@dataclass(frozen=True)
class Found:
    """A set and the systems' answers to it, by the systems' names."""

    pictures: PictureSet
    answers: Mapping[str, list[Answer]]

    @property
    def labels(self) -> list[str]:
        """What the pictures say."""
        return [picture.label for picture in self.pictures.pictures]

    def scores(self) -> dict[str, Score]:
        """Return what each system's answers are worth."""
        return {name: score(answers, self.labels) for name, answers in self.answers.items()}

    def json(self) -> dict[str, Any]:
        """Return it as what JSON knows, with every answer."""
        return {
            "name": self.pictures.name,
            "kind": self.pictures.kind.value,
            "left out": self.pictures.left_out,
            "answers": {
                name: [
                    {"file": picture.path.name, "label": picture.label, "text": answer.text}
                    | {"confidence": finite(answer.confidence), "seconds": answer.seconds}
                    for picture, answer in zip(self.pictures.pictures, answers, strict=True)
                ]
                for name, answers in self.answers.items()
            },
        }


@dataclass
class Report:
    """Everything that a run found out.

    Attributes:
        conditions: machine, versions and the like, a fact each.
        names: what the tables call the systems, by their names on the command line.
        digits: the sets of digits and of lines.
        letters: the sets of letters.
    """

    conditions: list[str]
    names: dict[str, str]
    digits: list[Found] = field(default_factory=list)
    letters: list[Found] = field(default_factory=list)

    def taken(self) -> dict[str, dict[str, Taken]]:
        """Return how many letters each system takes for digits, by the set; of sets whose threshold is known.

        It is that of the digits in the same folder, else of those of ``DIGITS_OF``.
        """
        singles = {found.pictures.name: found for found in self.digits if found.pictures.kind is Kind.DIGIT}
        rows: dict[str, dict[str, Taken]] = {}
        for found in self.letters:
            digits = singles.get(found.pictures.name) or singles.get(DIGITS_OF)
            if digits:
                rows[found.pictures.name] = {
                    name: taken(answers, found.labels, digits.answers[name], digits.pictures.name)
                    for name, answers in found.answers.items()
                }
        return rows

    def wrong(self) -> list[tuple[str, Picture, Answer]]:
        """Return what the first system reads wrong, by set: digits, and letters that it takes for digits."""
        name = next(iter(self.names))
        limits = {key: systems[name].threshold for key, systems in self.taken().items()}
        return [
            (found.pictures.name, picture, answer)
            for found in (*self.digits, *self.letters)
            for picture, answer in zip(found.pictures.pictures, found.answers.get(name, ()), strict=False)
            if (
                answer.text
                and answer.confidence >= limits.get(found.pictures.name, -inf)
                and picture.label not in LOOK_ALIKE
                if found.pictures.kind is Kind.LETTER
                else answer.text != picture.label
            )
        ]

    def json(self) -> dict[str, Any]:
        """Return it as what JSON knows, with every answer."""
        return {
            "conditions": self.conditions,
            "systems": self.names,
            "sets": [
                found.json()
                | {
                    "scores": {name: asdict(worth) for name, worth in found.scores().items()},
                    "calibration": {
                        name: [asdict(table) for table in calibrations(answers, found.labels)]
                        for name, answers in found.answers.items()
                    },
                }
                for found in self.digits
            ],
            "letters": [found.json() for found in self.letters],
            "letters taken for digits": {
                name: {system: asdict(row) | {"threshold": finite(row.threshold)} for system, row in rows.items()}
                for name, rows in self.taken().items()
            },
        }

    def markdown(self, calibrated: bool = False) -> str:
        """Return it as Markdown, where asked for with expected and found confidence."""
        return "\n\n".join(self._parts(calibrated)) + "\n"

    def _parts(self, calibrated: bool) -> Iterator[str]:
        yield "\n".join(f"- {fact}" for fact in self.conditions)
        if self.digits:
            yield f"### Right answers\n\n{self._right()}"
        for found in self.digits:
            yield f"### {_title(found.pictures)}\n\n{self._scores(found)}"
        if rows := self.taken():
            yield f"### Letters taken for digits\n\n{self._letters(rows)}"
        for found in self.digits if calibrated else ():
            for name, answers in found.answers.items():
                for table in calibrations(answers, found.labels):
                    title = f"{found.pictures.title}, {self.names[name]}, by {table.what}"
                    yield f"### Confidence: {title}\n\n{_calibration(table)}"

    def _right(self) -> str:
        heads = ("pictures", *self.names.values())
        rows = []
        for found in self.digits:
            scores = found.scores()
            shares = (f"{scores[name].right / scores[name].count:.1%}" if name in scores else "" for name in self.names)
            rows.append((found.pictures.title, *shares))
        return Table(heads, rows, words=heads[:1]).markdown()

    def _scores(self, found: Found) -> str:
        heads = (
            "system",
            "right",
            "no answer",
            "edits a digit",
            *(f"rejected for {_percent(error)} error" for error in ERRORS),
            *(f"error at {_percent(share)} rejected" for share in REJECTED),
            "median ms",
            "mean ms",
        )
        rows = [
            (
                self.names[name],
                f"{worth.right} ({worth.right / worth.count:.1%})",
                str(worth.unanswered),
                f"{worth.distance:.4f}",
                *map(_share, (*worth.rejected, *worth.errors)),
                f"{1000 * worth.median:.1f}",
                f"{1000 * worth.mean:.1f}",
            )
            for name, worth in found.scores().items()
        ]
        return Table(heads, rows, words=heads[:1]).markdown()

    def _letters(self, rows: Mapping[str, Mapping[str, Taken]]) -> str:
        heads = ("letters of", "system", "letters", "taken for digits", "all", "digits accepted", "digits of")
        alike = f"All: also {' '.join(sorted(LOOK_ALIKE))}, which may be written just as digits are."
        cells = [
            (
                name,
                self.names[system],
                str(row.count),
                *map(_share, (row.share, row.share_of_all, row.digits)),
                row.digits_of,
            )
            for name, systems in rows.items()
            for system, row in systems.items()
        ]
        return f"{Table(heads, cells, words=('letters of', 'system', 'digits of')).markdown()}\n\n{alike}"


def _title(pictures: PictureSet) -> str:
    left_out = f"; {pictures.left_out} left out by their label" if pictures.left_out else ""
    return f"{pictures.title}: {len(pictures.pictures):,}{left_out}"


def _share(share: float) -> str:
    return f"{share:.1%}"


def _percent(share: float) -> str:
    return f"{100 * share:g}%"


def _calibration(table: Calibration) -> str:
    heads = ("confidence", "answers", "expected right", "found right")
    rows = [_cells(f"{bin_.low:g} to {bin_.high:g}", bin_) for bin_ in table.bins]
    rows.append(_cells(f"{EDGES[0]:g} to {EDGES[-1]:g}", table.every))
    gap = f"Expected and found are {100 * table.gap:.2f} points apart on average."
    return f"{Table(heads, rows, words=heads[:1]).markdown()}\n\n{gap}"


def _cells(span: str, bin_: Bin) -> tuple[str, ...]:
    return span, f"{bin_.count:,}", f"{bin_.expected:.2%}", f"{bin_.found:.2%}"
