"""What comes out of reading a picture: characters, lines of them, and the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from ..page.box import Box

Kind = Literal["single", "line", "page"]
Reason = Literal["", "blank", "not a digit", "unsure", "no answer fits"]

DECIMALS = 4  # of probabilities in a document


@dataclass(frozen=True)
class Digit:
    """One character.

    Attributes:
        label: the character: 0 to 9; a mark (. , - = $) where marks are kept; ? where it is none of these.
        confidence: the probability that it is this one, 0 to 1.
        box: where it is, in pixels of the picture.
        rejected: whether it is too unsure to be an answer.
        alternatives: what else it may be, with its probability, the likeliest first.
    """

    label: str
    confidence: float
    box: Box
    rejected: bool = False
    alternatives: tuple[tuple[str, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what goes into JSON (docs/reading.md)."""
        return {
            "label": self.label,
            "confidence": _number(self.confidence),
            "box": list(map(int, self.box)),
            "rejected": bool(self.rejected),
            "alternatives": _probable("label", self.alternatives),
        }


@dataclass(frozen=True)
class Line:
    """A line of writing, or all there is where the picture holds one character.

    Attributes:
        text: the likeliest answer, also where it is rejected.
        confidence: the probability that all of ``text`` is right, 0 to 1.
        box: where it is, in pixels of the picture.
        digits: its characters from left to right.
        rejected: whether it is no answer, and ``reason`` says why.
        reason: ``not a digit``, ``unsure``, or ``no answer fits`` what was asked for; empty where it isn't rejected.
        alternatives: other answers with their probabilities, the likeliest first.
    """

    text: str
    confidence: float
    box: Box
    digits: tuple[Digit, ...] = ()
    rejected: bool = False
    reason: Reason = ""
    alternatives: tuple[tuple[str, float], ...] = ()

    @property
    def answer(self) -> str:
        """The text; empty where it is rejected."""
        return "" if self.rejected else self.text

    def to_dict(self) -> dict[str, Any]:
        """Return what goes into JSON (docs/reading.md)."""
        return {
            "text": self.text,
            "confidence": _number(self.confidence),
            "box": list(map(int, self.box)),
            "rejected": bool(self.rejected),
            "reason": self.reason,
            "alternatives": _probable("text", self.alternatives),
            "digits": [digit.to_dict() for digit in self.digits],
        }


@dataclass(frozen=True)
class Reading:
    """What was read in a picture, or why nothing was. ``str()`` of it is its text.

    Attributes:
        lines: the lines of writing, in reading order; none in a blank picture.
        file: the picture's file as it was given; empty for one from memory.
        page: its page, from 1.
        size: its width and height in pixels.
        kind: what it was taken to hold: a ``single`` character, a ``line`` or a ``page``.
        rejected: whether something is left without an answer: nothing is there, it couldn't be read, or a line is
            rejected.
        reason: ``blank``, or the reason of the first line that is rejected; empty where none is.
        seconds: how long it took.
        blank: the probability that nothing is written there, 0 to 1.
        error: why the picture couldn't be read at all; empty where it could.
    """

    lines: tuple[Line, ...] = ()
    file: str = ""
    page: int = 1
    size: tuple[int, int] = (0, 0)
    kind: Kind = "page"
    rejected: bool = False
    reason: Reason = ""
    seconds: float = 0.0
    blank: float = 0.0
    error: str = ""

    @classmethod
    def failed(cls, error: str, file: str = "", seconds: float = 0.0) -> Reading:
        """Return the reading of a picture that couldn't be read, for the reason in ``error``."""
        return cls(file=file, rejected=True, error=error, seconds=seconds)

    @property
    def text(self) -> str:
        """The answers, a line each; empty for a line that is rejected."""
        return "\n".join(line.answer for line in self.lines)

    @property
    def digits(self) -> tuple[Digit, ...]:
        """The characters of all lines."""
        return tuple(digit for line in self.lines for digit in line.digits)

    @property
    def confidence(self) -> float:
        """That of the least sure line; where there is none, the probability that the picture is blank."""
        return min((line.confidence for line in self.lines), default=self.blank)

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, Any]:
        """Return what goes into JSON (docs/reading.md); names stay as they are, new ones may come."""
        return {
            "file": self.file,
            "page": self.page,
            "size": list(map(int, self.size)),
            "kind": self.kind,
            "text": self.text,
            "confidence": _number(self.confidence),
            "rejected": bool(self.rejected),
            "reason": self.reason,
            "error": self.error,
            "seconds": _number(self.seconds),
            "lines": [line.to_dict() for line in self.lines],
        }

    def _repr_html_(self) -> str:
        from .html import document

        return document(self)


def _probable(name: str, alternatives: tuple[tuple[str, float], ...]) -> list[dict[str, Any]]:
    return [{name: what, "probability": _number(probability)} for what, probability in alternatives]


def _number(value: float) -> float:
    return round(float(value), DECIMALS)  # NumPy's numbers don't go into JSON
