"""A grammar as a table over the symbols that a reader knows: what a graph is intersected with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ...errors import LenetError
from .grammar import DIGITS, Grammar, State

MOST_STATES = 1_000_000  # some ten seconds of work, once
MOST_MERGED = 20_000  # merging the states of larger tables takes longer than it saves

# What the reader's marks stand for: it tells no dot from a comma, nor one currency from another.
READ_AS = {".": ".,", "-": "-\u2010\u2011\u2012\u2013\u2014\u2212/", "$": "$€£¥"}


@dataclass(frozen=True, eq=False)
class Table:
    """A deterministic automaton over symbols, those that it never tells apart taken together as a class.

    Attributes:
        next: int32 (Q, C): the state that a class of symbols leads to; -1: no answer goes on so.
        classes: int (S,): the class of each symbol.
        accepting: bool (Q,): whether an answer may end there.
        start: the first state.
    """

    next: NDArray[np.int32]
    classes: NDArray[np.int64]
    accepting: NDArray[np.bool_]
    start: int = 0

    @property
    def empty(self) -> bool:
        """Whether no answer is accepted at all."""
        return not self.accepting.any()


def anything(symbols: int) -> Table:
    """Return the table that accepts everything: one state, and all symbols of one class."""
    return Table(np.zeros((1, 1), np.int32), np.zeros(symbols, np.int64), np.ones(1, np.bool_))


@lru_cache(maxsize=16)
def tabulate(grammar: Grammar, symbols: tuple[str, ...], silent: tuple[bool, ...]) -> Table:
    """Return a grammar as a table over symbols, (S,) each.

    A silent symbol changes nothing. A mark of the grammar's may be passed without being read; so that no reading counts
    twice where it can be passed at several places, sets of the grammar's states become the states of the table. Those
    from which no answer can be finished are left out, and those that are alike are merged.

    Raises:
        LenetError: the grammar has too many states.
    """
    passing = _Passing(grammar) if grammar.marks else grammar
    states = [passing.start]
    number = {passing.start: 0}
    rows: list[list[int]] = []
    heard = [(i, symbol) for i, symbol in enumerate(symbols) if not silent[i]]
    while len(rows) < len(states):
        row = [len(rows) if quiet else -1 for quiet in silent]
        for i, symbol in heard:
            after = passing.step(states[len(rows)], symbol)
            if after is not None:
                row[i] = number.setdefault(after, len(states))
                if row[i] == len(states):
                    states.append(after)
        rows.append(row)
        if len(states) > MOST_STATES:
            raise LenetError(f"{grammar} needs more than {MOST_STATES:,} states; ask for less at once")
    return _reduced(np.array(rows, np.int32), np.fromiter(map(passing.accepts, states), np.bool_))


class _Passing(Grammar):
    """A grammar whose marks may be passed without being read: its states are sets of the grammar's."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    @property
    def start(self) -> State:
        return self._beyond({self._grammar.start})

    def step(self, state: State, character: str) -> State | None:
        states = cast(frozenset[State], state)
        after = {self._grammar.step(one, each) for one in states for each in READ_AS.get(character, character)}
        return self._beyond({one for one in after if one is not None}) or None

    def accepts(self, state: State) -> bool:
        return any(map(self._grammar.accepts, cast(frozenset[State], state)))

    def _beyond(self, states: set[State]) -> frozenset[State]:
        """Return the states and those beyond marks."""
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            for mark in self._grammar.marks:
                after = self._grammar.step(state, mark)
                if after is not None and after not in states:
                    states.add(after)
                    waiting.append(after)
        return frozenset(states)


def _reduced(leads: NDArray[np.int32], accepting: NDArray[np.bool_]) -> Table:
    """Return the table of these states (Q, S), without dead ends, like states merged, like symbols one class."""
    alive = accepting.copy()
    while True:
        more = alive | (alive[leads] & (leads >= 0)).any(axis=1)
        if (more == alive).all():
            break
        alive = more
    alive[0] = True  # the start
    number = np.cumsum(alive) - 1
    leads = np.where((leads >= 0) & alive[leads], number[leads], -1)[alive]
    accepting = accepting[alive]
    blocks = _alike(leads, accepting) if len(leads) <= MOST_MERGED else np.arange(len(leads))
    _, one_of_each = np.unique(blocks, return_index=True)
    merged = np.where(leads < 0, -1, blocks[leads])[one_of_each]
    columns = [column.tobytes() for column in merged.T]
    kinds = list(dict.fromkeys(columns))
    classes = np.array([kinds.index(column) for column in columns])
    chosen = merged[:, [columns.index(kind) for kind in kinds]]
    return Table(chosen.astype(np.int32), classes, accepting[one_of_each], int(blocks[0]))


def _alike(leads: NDArray[np.int32], accepting: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the block of each state, where states of a block accept the same: Moore's partition refinement."""
    blocks = accepting.astype(np.int64)
    count = len(np.unique(blocks))
    while True:
        finer = blocks
        for column in leads.T:
            after = np.where(column < 0, len(leads), blocks[column])
            finer = _numbered(finer * (len(leads) + 1) + after)
        found = int(finer.max()) + 1
        if found == count:
            return _numbered(finer)
        blocks, count = finer, found


def _numbered(values: Iterable[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each value its place among the different ones."""
    return np.unique(np.asarray(values), return_inverse=True)[1].reshape(-1)


def digits_only(grammar: Grammar) -> Table:
    """Return the table of a grammar over the ten digits."""
    return tabulate(grammar, tuple(DIGITS), (False,) * len(DIGITS))
