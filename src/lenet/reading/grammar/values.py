"""Answers out of a list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from ...errors import LenetError
from .grammar import DIGITS, Grammar, State


class Values(Grammar):
    """One of the values, such as the customers' numbers; as a trie, a state for each beginning of a value.

    Args:
        values: texts or whole numbers. A text may hold marks: ``"12.50"``.

    Raises:
        LenetError: there are none, or one holds no digit.
    """

    def __init__(self, values: Iterable[str | int]) -> None:
        if isinstance(values, str):
            raise LenetError(f"values must be a list of them, not the one text {values!r}")
        self._next: list[dict[str, int]] = [{}]
        self._ends: set[int] = set()
        self._count = 0
        for value in values:
            self._add(str(value).strip())
        if not self._count:
            raise LenetError("there are no values; name at least one that the answer may be")
        found = dict.fromkeys(character for children in self._next for character in children)
        self._marks = tuple(character for character in found if character not in DIGITS)

    def _add(self, value: str) -> None:
        if not any(character in DIGITS for character in value):
            raise LenetError(f"a value must hold a digit from 0 to 9, but {value!r} holds none")
        state = 0
        for character in value:
            children = self._next[state]
            if character not in children:
                children[character] = len(self._next)
                self._next.append({})
            state = children[character]
        self._count += state not in self._ends
        self._ends.add(state)

    @property
    def marks(self) -> tuple[str, ...]:
        """The characters of the values that are no digits."""
        return self._marks

    @property
    def start(self) -> State:
        """The root of the trie."""
        return 0

    def step(self, state: State, character: str) -> State | None:
        """Go down the trie."""
        return self._next[cast(int, state)].get(character)

    def accepts(self, state: State) -> bool:
        """Return whether a value ends here."""
        return state in self._ends

    def __str__(self) -> str:
        return f"one of {self._count:,} value{'s' * (self._count > 1)}"
