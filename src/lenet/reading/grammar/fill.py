"""The answer written out: what was read, with the grammar's marks put in."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import count

from .grammar import Grammar, State
from .table import READ_AS

Trail = tuple["Trail", str, int] | None  # what came before, a character of the answer, where it was read


def fill(grammar: Grammar, characters: Sequence[str], silent: Sequence[bool]) -> tuple[str, tuple[int, ...]]:
    """Return the grammar's answer for characters that were read, and for each of its characters where it was read.

    A silent mark that was read may be the grammar's mark there. Of several answers the one is taken that puts in and
    passes over the fewest marks; of equal ones, that which comes first in the order of the grammar's marks.

    Args:
        grammar: accepts the characters, marks apart.
        characters: what was read, from left to right, each one character.
        silent: for each, whether it may be passed over.

    Returns:
        the answer; and for each of its characters the place in ``characters``, or -1 where the grammar put it in.
    """
    order = count()
    waiting: list[tuple[int, int, int, State, Trail]] = [(0, next(order), 0, grammar.start, None)]
    seen: set[tuple[int, State]] = set()
    while waiting:
        cost, _, at, state, trail = heapq.heappop(waiting)
        if (at, state) in seen:
            continue
        seen.add((at, state))
        if at == len(characters) and grammar.accepts(state):
            return _written(trail)
        ways: list[tuple[int, int, State | None, Trail]] = []
        if at < len(characters):
            ways += [
                (cost, at + 1, grammar.step(state, character), (trail, character, at))
                for character in READ_AS.get(characters[at], characters[at])
                if not silent[at] or character in grammar.marks
            ]
            if silent[at]:
                ways.append((cost + 1, at + 1, state, trail))
        ways += [(cost + 1, at, grammar.step(state, mark), (trail, mark, -1)) for mark in grammar.marks]
        for price, place, after, way in ways:
            if after is not None:
                heapq.heappush(waiting, (price, next(order), place, after, way))
    raise AssertionError("the grammar accepts what was read")


def _written(trail: Trail) -> tuple[str, tuple[int, ...]]:
    text: list[str] = []
    places: list[int] = []
    while trail:
        trail, character, place = trail
        text.append(character)
        places.append(place)
    return "".join(reversed(text)), tuple(reversed(places))
