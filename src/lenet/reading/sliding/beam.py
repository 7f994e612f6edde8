"""The likeliest texts on a line: a search over beginnings of texts, each with the weight of all its paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from .characters import Characters
from .track import Track

BEAM = 12  # beginnings of texts that are gone on with at each place
WORTH = 0.005  # a character that the network gives less at a place begins no new text there
WORTH_OF_GRAMMAR = 0.0  # with a grammar the likely ones may not fit


class Grammar(Protocol):
    """What a text may be; see ``lenet.reading.grammar``."""

    @property
    def start(self) -> Hashable:
        """The state before the first character."""
        ...

    def step(self, state: Any, character: str) -> Hashable | None:
        """Return the state after one more character; None: no text goes on so."""
        ...

    def accepts(self, state: Any) -> bool:
        """Return whether a text may end here."""
        ...


@dataclass(frozen=True)
class Found:
    """A text that may be on a line.

    Attributes:
        text: the text.
        log_probability: the logarithm of its probability among all texts; with a grammar, among those that it accepts
            and the search has met.
    """

    text: str
    log_probability: float


@dataclass(eq=False)
class _Beginning:
    """A beginning of texts, and the weight of the paths that have spelled it so far.

    Attributes:
        text: the characters so far.
        state: the grammar's.
        gap: weight of the paths that stand in the gap after it.
        run: weight of those at the 1st to m-th place of its last character.
        last: number of its last character; -1: it has none.
        came: weight that comes into the 1st place, at the place of the line that is being read.
        next: the beginnings one character longer, by character; None: the grammar has none.
    """

    text: str
    state: Hashable
    gap: float
    run: list[float]
    last: int = -1
    came: float = 0.0
    next: dict[int, _Beginning | None] = field(default_factory=dict)

    @property
    def weight(self) -> float:
        """Weight of all its paths."""
        return self.gap + sum(self.run)

    @property
    def ended(self) -> float:
        """Weight of the paths that may end here."""
        return self.gap + self.run[-1]

    def move(self, row: list[float]) -> None:
        """Go on to the next place of the line, whose characters and gap weigh ``row``."""
        ended, stayed, share = self.ended, self.run[-1], row[self.last]
        self.run = [weight * share for weight in (self.came, *self.run[:-1])]
        self.run[-1] += stayed * share
        self.gap, self.came = ended * row[-1], 0.0


def likeliest(
    characters: Characters, track: Track, n: int = 1, grammar: Grammar | None = None, *, beam: int = BEAM
) -> list[Found]:
    """Return up to ``n`` different texts, the likeliest first; none where no text that the grammar accepts was met.

    Those that are found have their exact probabilities; one may be missed where more than ``beam`` beginnings matter
    at a place.

    Args:
        characters: the model of characters.
        track: the line.
        n: how many texts.
        grammar: what a text may be; None: anything.
        beam: beginnings that are gone on with, with a grammar of each length; never fewer than ``n``.
    """
    nothing = _Beginning("", None if grammar is None else grammar.start, 1.0, [0.0] * characters.places(track))
    search, kept = _Search(track.symbols, characters.entry, grammar, max(beam, n)), [nothing]
    worth = track.shares[:, :-1] >= (WORTH if grammar is None else WORTH_OF_GRAMMAR)
    for row, begins in zip(characters.weights(track).tolist(), worth, strict=True):
        kept = search.on(kept, row, np.flatnonzero(begins).tolist())
        total = sum(b.weight for b in kept)
        for b in kept:
            b.gap, b.run = b.gap / total, [w / total for w in b.run]
    texts = [b.text for b in kept if b.ended > 0 and (grammar is None or grammar.accepts(b.state))]
    logs = characters.log_probabilities(track, texts)
    if grammar is not None:
        logs -= np.logaddexp.reduce(logs)
    return [Found(texts[i], float(logs[i])) for i in np.argsort(-logs, kind="stable")[:n]]


@dataclass(frozen=True)
class _Search:
    """What goes from one place of a line to the next."""

    symbols: str
    entry: float
    grammar: Grammar | None
    beam: int

    def on(self, kept: list[_Beginning], row: list[float], begins: list[int]) -> list[_Beginning]:
        """Return the weightiest beginnings after one more place, of weights ``row``, where ``begins`` may begin."""
        grown = dict.fromkeys(kept)
        for s in begins:
            for b in kept:
                left = b.gap if b.last == s else b.ended
                longer = self._longer(b, s) if left > 0 else None
                if longer is not None:
                    longer.came += self.entry * left
                    grown[longer] = None
        for b in grown:
            b.move(row)
        return self._weightiest(list(grown))

    def _longer(self, b: _Beginning, s: int) -> _Beginning | None:
        if s not in b.next:
            state = None if self.grammar is None else self.grammar.step(b.state, self.symbols[s])
            refused = self.grammar is not None and state is None
            empty = [0.0] * len(b.run)
            b.next[s] = None if refused else _Beginning(b.text + self.symbols[s], state, 0.0, empty, last=s)
        return b.next[s]

    def _weightiest(self, grown: list[_Beginning]) -> list[_Beginning]:
        """Return the ``beam`` weightiest, with a grammar those of each length, and forget what the others weigh."""
        grown.sort(key=lambda b: -b.weight)
        kept, count = [], Counter[int]()
        for b in grown:
            group = 0 if self.grammar is None else len(b.text)
            if count[group] < self.beam:
                kept.append(b)
            else:
                b.gap, b.run = 0.0, [0.0] * len(b.run)
            count[group] += 1
        return kept
