"""What a picture is read for, checked before anything is read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, get_args

from ..errors import LenetError, unknown
from .result import Kind

if TYPE_CHECKING:
    from ..model import Ensemble, Model
    from .grammar import Grammar, State
    from .reader import Reader

    Weights: TypeAlias = str | os.PathLike[str] | Model | Ensemble

Method = Literal["both", "cuts", "sliding"]
Length = int | str | tuple[int, int]

DIGITS = "0123456789"
READERS = 4  # that are kept, for the next picture that is read by the same settings


class Keywords(TypedDict, total=False):
    """The keywords of ``lenet.read``, which explains them, for checkers of types."""

    single: bool
    line: bool
    page: bool
    length: Length | None
    pattern: str | None
    values: Iterable[str] | None
    check: str | None
    min_confidence: float | None
    error: float | None
    keep_marks: bool
    method: Method
    model: Weights | None


@dataclass(frozen=True)
class Settings:
    """The keywords of ``lenet.read``, checked. They can be sent to another process, and a reader be made of them there.

    Attributes:
        kind: what the pictures hold; None: it is found out for each.
        length: how many digits an answer has, (fewest, most), or either as text: 3-6.
        pattern: regular expression that an answer matches from end to end.
        values: the only answers there can be.
        check: name of the check digit's rule.
        min_confidence: answers less sure than that are rejected.
        error: the share of answers that may be wrong; as many are rejected as that takes.
        keep_marks: whether dots, dashes and the like stay in the answer.
        method: which of the paper's two ways of reading a line.
        model: what reads; None: the reader's own weights.
    """

    kind: Kind | None = None
    length: Length | None = None
    pattern: str | None = None
    values: tuple[str, ...] | None = None
    check: str | None = None
    min_confidence: float | None = None
    error: float | None = None
    keep_marks: bool = False
    method: Method = "both"
    model: Weights | None = None

    @classmethod
    def of(
        cls,
        *,
        single: bool = False,
        line: bool = False,
        page: bool = False,
        length: Any = None,
        values: Iterable[str] | None = None,
        **others: Any,
    ) -> Settings:
        """Return the keywords of ``lenet.read``, checked.

        Raises:
            LenetError: a keyword makes no sense, by itself or beside another.
        """
        return cls(
            kind=_kind(single=single, line=line, page=page),
            length=tuple(length) if isinstance(length, list) else length,
            values=_texts(values),
            **others,
        )

    def __post_init__(self) -> None:
        """Raise ``LenetError`` where they make no sense, by themselves or together."""
        if self.kind not in (None, *get_args(Kind)):
            raise unknown("kind of picture", self.kind, get_args(Kind))
        if self.method not in get_args(Method):
            raise unknown("way of reading", self.method, get_args(Method))
        _share("min_confidence", self.min_confidence)
        _share("error", self.error)
        if self.min_confidence is not None and self.error is not None:
            raise LenetError(
                "min_confidence and error are two ways to say which answers are rejected; give one of them"
            )
        if self.kind == "single" and (grammar := self.grammar()) is not None and not _fits_one(grammar):
            raise LenetError(
                "no answer of one digit fits what is asked for, and a picture of a single digit has no other; leave "
                "out single, or change length, pattern, values or check"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return them for JSON."""
        return {**vars(self), "model": None if self.model is None else str(self.model)}

    def grammar(self) -> Grammar | None:
        """Return what an answer may be; None: anything.

        Raises:
            LenetError: length, pattern, values or check is wrong, or no answer fits all of them.
        """
        if (self.length, self.pattern, self.values, self.check) == (None,) * 4:
            return None
        from .grammar import of

        return of(length=self.length, pattern=self.pattern, values=self.values, check=self.check)

    def reader(self) -> Reader:
        """Return the reader, an earlier one where the settings are the same.

        Raises:
            LenetError: there is no such model, or it isn't one that reads pictures.
        """
        return _reader(self)


@lru_cache(READERS)
def _reader(settings: Settings) -> Reader:
    from .reader import Reader

    return Reader(
        settings.model,
        kind=settings.kind,
        grammar=settings.grammar(),
        keep_marks=settings.keep_marks,
        min_confidence=settings.min_confidence,
        error=settings.error,
        method=settings.method,
    )


def _kind(**asked: bool) -> Kind | None:
    """Return the one kind that is asked for; raise ``LenetError`` where several are."""
    kinds = [kind for kind in get_args(Kind) if asked[kind]]
    if len(kinds) > 1:
        raise LenetError(f"a picture holds one of single, line and page, but {' and '.join(kinds)} were asked for")
    return kinds[0] if kinds else None


def _texts(values: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return allowed values as they are kept; raise ``LenetError`` where they are one text rather than several."""
    if isinstance(values, str):
        raise LenetError(f"values must be a list of texts, but is the text {values!r}; put it into a list")
    return None if values is None else tuple(map(str, values))


def _share(name: str, value: float | None) -> None:
    if value is not None and not (isinstance(value, (int, float)) and 0 <= value <= 1):
        raise LenetError(f"{name} must be from 0 to 1, but is {value!r}; 0.5% is 0.005")


def _fits_one(grammar: Grammar) -> bool:
    """Whether some answer of one digit fits, with the marks that the grammar puts around it."""
    before = _after_marks(grammar, {grammar.start})
    read = {grammar.step(state, digit) for state in before for digit in DIGITS}
    return any(map(grammar.accepts, _after_marks(grammar, read - {None})))


def _after_marks(grammar: Grammar, states: set[State]) -> set[State]:
    """Return states and those that marks lead to from them."""
    new = states
    while new:
        new = {grammar.step(state, mark) for state in new for mark in grammar.marks} - states - {None}
        states = states | new
    return states
