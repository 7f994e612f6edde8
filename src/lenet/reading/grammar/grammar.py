"""What every grammar is: a finite automaton that reads an answer from left to right."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable

State = Hashable
DIGITS = "0123456789"


class Grammar(ABC):
    """A set of answers, as a deterministic automaton over their characters.

    Only digits are surely in the ink. Any other character of an answer, a dot of a date say, may have been left out by
    the writer, printed on the form, or read as no digit: the answer has it all the same, because the grammar does.
    A grammar that speaks of digits only (a length, a check digit) stays in its state at any other character.
    """

    @property
    @abstractmethod
    def start(self) -> State:
        """The state before the first character."""

    @abstractmethod
    def step(self, state: State, character: str) -> State | None:
        """Return the state after one more character; None where no answer goes on so."""

    @abstractmethod
    def accepts(self, state: State) -> bool:
        """Return whether an answer may end in this state."""

    @property
    def marks(self) -> tuple[str, ...]:
        """The characters other than digits that it puts into answers; of several that fit, the first is taken."""
        return ()

    def fits(self, answer: str) -> bool:
        """Return whether it accepts the whole answer as it stands."""
        state: State | None = self.start
        for character in answer:
            if state is None:
                return False
            state = self.step(state, character)
        return state is not None and self.accepts(state)
