"""Answers of a pattern: a regular expression made into an automaton."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import cast

from ...errors import LenetError
from .expression import Characters, Choice, Expression, Repeat, Sequence, parse
from .grammar import DIGITS, Grammar, State
from .table import digits_only

MOST_STATES = 10_000
OTHER = ""  # stands for every character that the pattern doesn't name


@dataclass(frozen=True)
class Pattern(Grammar):
    r"""The answers that match a regular expression as a whole, as by ``re.fullmatch``; ``\d`` is 0 to 9.

    A mark that must be there but isn't in the ink, or wasn't read, is put in: ``\d{2}\.\d{2}`` makes 12.50 of 1250.

    Raises:
        LenetError: the pattern can't be compiled, or no answer matches it.
    """

    pattern: str

    def __post_init__(self) -> None:
        """Compile it, to find what is wrong with it early."""
        if not isinstance(self.pattern, str):
            raise LenetError(f"a pattern must be a text such as '\\d{{5}}', not {self.pattern!r}")
        if digits_only(self).empty:
            raise LenetError(f"no answer of digits matches {self}")

    @cached_property
    def _expression(self) -> Expression:
        return parse(self.pattern)

    @cached_property
    def _automaton(self) -> tuple[list[dict[str, int]], set[int]]:
        """For each state where characters lead, and the states that accept."""
        return _determined(_Pieces(self._expression, self), [*DIGITS, *self._others, OTHER], self)

    @cached_property
    def _others(self) -> frozenset[str]:
        """The characters other than digits that it tells from each other."""
        found = {character for part in _parts(self._expression) for character in part.these}
        return frozenset(found.difference(DIGITS))

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """The characters other than digits that it asks for, in its order; those of a class by their codes."""
        asked = [sorted(part.these.difference(DIGITS)) for part in _parts(self._expression) if not part.others]
        return tuple(dict.fromkeys(chain.from_iterable(asked)))

    @property
    def start(self) -> State:
        """The automaton's first state."""
        return 0

    def step(self, state: State, character: str) -> State | None:
        """Follow the character."""
        known = character in DIGITS or character in self._others
        return self._automaton[0][cast(int, state)].get(character if known else OTHER)

    def accepts(self, state: State) -> bool:
        """Return whether the whole pattern has been matched."""
        return state in self._automaton[1]

    def __str__(self) -> str:
        return f"the pattern {self.pattern!r}"


def _parts(expression: Expression) -> list[Characters]:
    """Return the places for characters in an expression, from left to right."""
    if isinstance(expression, Characters):
        return [expression]
    parts = (expression.part,) if isinstance(expression, Repeat) else expression.parts
    return [place for part in parts for place in _parts(part)]


class _Pieces:
    """Thompson's automaton: states joined by characters and by nothing.

    Attributes:
        free: for each state, those that are reached without a character.
        moves: for each state, the characters and the state that they lead to, if any.
        end: the state that accepts; 0 is the first.
    """

    def __init__(self, expression: Expression, whose: Pattern) -> None:
        self._whose = whose
        self.free: list[list[int]] = []
        self.moves: list[tuple[Characters, int] | None] = []
        self.end = self._add(expression, self._state())

    def _state(self) -> int:
        if len(self.free) >= MOST_STATES:
            raise _too_large(self._whose)
        self.free.append([])
        self.moves.append(None)
        return len(self.free) - 1

    def _add(self, part: Expression, start: int) -> int:
        """Add an expression that begins in a state, and return the state where it ends."""
        if isinstance(part, Characters):
            here, end = self._state(), self._state()
            self.free[start].append(here)
            self.moves[here] = part, end
            return end
        if isinstance(part, Sequence):
            for piece in part.parts:
                start = self._add(piece, start)
            return start
        if isinstance(part, Choice):
            end = self._state()
            for piece in part.parts:
                self.free[self._add(piece, self._branch(start))].append(end)
            return end
        return self._repeat(part, start)

    def _branch(self, state: int) -> int:
        self.free[state].append(self._state())
        return self.free[state][-1]

    def _repeat(self, part: Repeat, start: int) -> int:
        for _ in range(part.least):
            start = self._add(part.part, start)
        end = self._state()
        if part.most is None:
            loop = self._branch(start)
            self.free[self._add(part.part, loop)].append(loop)
            self.free[loop].append(end)
            return end
        self.free[start].append(end)
        for _ in range(part.most - part.least):
            start = self._add(part.part, start)
            self.free[start].append(end)
        return end

    def reached(self, states: set[int]) -> frozenset[int]:
        """Return the states and those that are reached from them without a character."""
        found, waiting = set(states), list(states)
        while waiting:
            new = [state for state in self.free[waiting.pop()] if state not in found]
            found.update(new)
            waiting.extend(new)
        return frozenset(state for state in found if self.moves[state] or state == self.end)


def _determined(pieces: _Pieces, alphabet: list[str], whose: Pattern) -> tuple[list[dict[str, int]], set[int]]:
    """Return the deterministic automaton over an alphabet: sets of states become states."""
    sets = [pieces.reached({0})]
    number = {sets[0]: 0}
    moves: list[dict[str, int]] = []
    while len(moves) < len(sets):
        arcs = [arc for state in sets[len(moves)] if (arc := pieces.moves[state])]
        leads: dict[str, int] = {}
        for character in alphabet:
            after = pieces.reached({end for characters, end in arcs if characters.holds(character)})
            if not after:
                continue
            if after not in number:
                if len(sets) >= MOST_STATES:
                    raise _too_large(whose)
                number[after] = len(sets)
                sets.append(after)
            leads[character] = number[after]
        moves.append(leads)
    return moves, {number[states] for states in sets if pieces.end in states}


def _too_large(pattern: Pattern) -> LenetError:
    return LenetError(f"{pattern} needs more than {MOST_STATES:,} states; make it shorter or repeat less")
