"""Answers of so many digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from ...errors import LenetError
from .grammar import DIGITS, Grammar, State

MOST = 1000  # digits; no line of writing holds more


@dataclass(frozen=True)
class Length(Grammar):
    """As many digits as ``least``, or from ``least`` to ``most``; other characters don't count.

    Raises:
        LenetError: they aren't whole numbers with 1 <= least <= most <= 1000.
    """

    least: int
    most: int | None = None

    def __post_init__(self) -> None:
        """Check the limits."""
        limits = (self.least, self.longest)
        whole = all(isinstance(limit, int) and not isinstance(limit, bool) for limit in limits)
        if not whole or not 1 <= self.least <= self.longest <= MOST:
            text = repr(self.least) if self.most is None else f"{self.least!r} to {self.most!r}"
            raise LenetError(f"a length must be whole numbers of digits from 1 to {MOST}, such as 5 or 3-6, not {text}")

    @classmethod
    def of(cls, value: object) -> Length:
        """Return the length written as ``5``, ``(3, 6)``, ``"5"`` or ``"3-6"``."""
        if isinstance(value, tuple | list) and len(value) == 2:
            return cls(*value)
        if isinstance(value, str):
            written = re.fullmatch(r"\s*([0-9]{1,9})\s*(?:-\s*([0-9]{1,9})\s*)?", value)
            if written:
                return cls(*(int(limit) for limit in written.groups() if limit))
        return cls(cast(int, value))  # which says what is wrong with it

    @property
    def longest(self) -> int:
        """The most digits."""
        return self.least if self.most is None else self.most

    @property
    def start(self) -> State:
        """No digit yet: the state is how many digits there were."""
        return 0

    def step(self, state: State, character: str) -> State | None:
        """Count digits."""
        digits = cast(int, state) + (character in DIGITS)
        return digits if digits <= self.longest else None

    def accepts(self, state: State) -> bool:
        """Return whether there were as many digits as there must be."""
        return cast(int, state) >= self.least

    def __str__(self) -> str:
        return f"length {self.least}" if self.least == self.longest else f"length {self.least} to {self.longest}"
