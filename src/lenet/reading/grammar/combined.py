"""Two grammars at once: answers that fit both, or either."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from ...errors import LenetError
from .grammar import Grammar, State
from .table import digits_only

Pair = tuple[State | None, State | None]


@dataclass(frozen=True)
class Both(Grammar):
    """The answers that fit both grammars: the intersection, whose states are pairs of states."""

    first: Grammar
    second: Grammar

    @property
    def marks(self) -> tuple[str, ...]:
        """Those of both."""
        return tuple(dict.fromkeys(self.first.marks + self.second.marks))

    @property
    def start(self) -> State:
        """Both starts."""
        return self.first.start, self.second.start

    def step(self, state: State, character: str) -> State | None:
        """Go on in both."""
        one, two = cast(tuple[State, State], state)
        one_next, two_next = self.first.step(one, character), self.second.step(two, character)
        return None if one_next is None or two_next is None else (one_next, two_next)

    def accepts(self, state: State) -> bool:
        """Return whether both accept."""
        one, two = cast(tuple[State, State], state)
        return self.first.accepts(one) and self.second.accepts(two)

    def __str__(self) -> str:
        return f"{self.first} and {self.second}"


@dataclass(frozen=True)
class Either(Grammar):
    """The answers that fit one of two grammars: the union, whose states are pairs, None where one has ended."""

    first: Grammar
    second: Grammar

    @property
    def marks(self) -> tuple[str, ...]:
        """Those of both."""
        return tuple(dict.fromkeys(self.first.marks + self.second.marks))

    @property
    def start(self) -> State:
        """Both starts."""
        return self.first.start, self.second.start

    def step(self, state: State, character: str) -> State | None:
        """Go on in each that still goes on."""
        one, two = cast(Pair, state)
        pair = (
            None if one is None else self.first.step(one, character),
            None if two is None else self.second.step(two, character),
        )
        return None if pair == (None, None) else pair

    def accepts(self, state: State) -> bool:
        """Return whether one of them accepts."""
        one, two = cast(Pair, state)
        return (one is not None and self.first.accepts(one)) or (two is not None and self.second.accepts(two))

    def __str__(self) -> str:
        return f"{self.first} or {self.second}"


def both(first: Grammar, second: Grammar) -> Both:
    """Return the grammar of the answers that fit both.

    Raises:
        LenetError: no answer fits both: a length of 5 with a pattern of 6 digits.
    """
    grammar = Both(first, second)
    if digits_only(grammar).empty:
        raise LenetError(f"no answer fits {first} and {second} at once; change one of them or leave it out")
    return grammar


def either(first: Grammar, second: Grammar) -> Either:
    """Return the grammar of the answers that fit one of the two, or both."""
    return Either(first, second)
