"""What a setting may be: one of several values, a number between two, or whatever fits."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any, Protocol

from ..errors import LenetError, unknown

WHOLE = "all"  # of a kernel or a window: as large as its input
PARTS = ("low", "high", "step", "log")
Value = Any  # as a TOML file holds it
Check = Callable[[Value], object]  # raises LenetError


class Source(Protocol):
    """What chooses: one of Optuna's trials."""

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        """Return one of the choices."""

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:
        """Return a whole number from low to high."""

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None = None, log: bool = False
    ) -> float:
        """Return a number from low to high."""


@dataclass(frozen=True)
class Choice:
    """One of several values, which have no order."""

    values: tuple[Value, ...]

    def draw(self, key: str, source: Source) -> Value:
        """Return the value that ``source`` chooses."""
        known = {label(value): value for value in self.values}
        return known[source.suggest_categorical(key, list(known))]

    def holds(self, value: Value) -> bool:
        """Whether it may be this value."""
        return value in self.values

    @property
    def examples(self) -> tuple[Value, ...]:
        """Values that must be right for all to be."""
        return self.values


@dataclass(frozen=True)
class Between:
    """A number from ``low`` to ``high``, both included.

    Attributes:
        low: the least; of ``high``'s type: whole numbers or not.
        high: the most.
        step: between two of them; None: 1 for whole numbers, any for others.
        log: whether each tenfold counts alike.
    """

    low: float
    high: float
    step: float | None = None
    log: bool = False

    def draw(self, key: str, source: Source) -> Value:
        """Return the number that ``source`` chooses."""
        if isinstance(self.low, int) and isinstance(self.high, int):
            return source.suggest_int(key, self.low, self.high, step=int(self.step or 1), log=self.log)
        return source.suggest_float(key, self.low, self.high, step=self.step, log=self.log)

    def holds(self, value: Value) -> bool:
        """Whether it may be this value."""
        if not isinstance(value, (int, float)) or not self.low <= value <= self.high:
            return False
        steps = (value - self.low) / self.step if self.step else 0.0
        return abs(steps - round(steps)) < 1e-9

    @property
    def examples(self) -> tuple[Value, ...]:
        """Values that must be right for all to be."""
        return self.low, self.high


@dataclass(frozen=True)
class Whole:
    """No choice: a kernel or window as large as its input, whatever comes before, so that one pixel a map is left."""

    examples: tuple[Value, ...] = ()


Range = Choice | Between | Whole


def label(value: Value) -> Value:
    """Return a value as Optuna can hold it: a list or a table as text."""
    return json.dumps(value) if isinstance(value, (list, dict)) else value


def parse(key: str, value: Value, *, number: type[int] | type[float] | None) -> Range:
    """Return the range that a file gives for a key.

    Args:
        key: what varies.
        value: as the file has it.
        number: what the key's field holds; None: no number.

    Raises:
        LenetError: it isn't a range, or is empty, or isn't one for such a field.
    """
    if isinstance(value, list):
        return _choice(key, value)
    if isinstance(value, dict):
        return _between(key, value, number)
    if value == WHOLE:
        return Whole()
    raise LenetError(
        f"space: {key} must be a list of values, such as [3, 5, 7], or numbers between two, such as "
        f"{{ low = 4, high = 16 }}, but is {value!r}; what doesn't vary belongs into [network] or [recipe]"
    )


def _choice(key: str, values: list[Value]) -> Choice:
    if not values:
        raise LenetError(f"space: {key} has no value to choose; give one or more")
    labels = [label(value) for value in values]
    for place, one in enumerate(labels):
        if any(type(one) is type(other) and one == other for other in labels[:place]):
            raise LenetError(f"space: {key} has {one!r} twice")
    return Choice(tuple(values))


def _between(key: str, table: dict[str, Value], number: type[int] | type[float] | None) -> Between:
    for name in table:
        if name not in PARTS:
            raise LenetError(f"space: {key}: {unknown('part of a range', name, PARTS)}")
    if missing := [name for name in ("low", "high") if name not in table]:
        raise LenetError(f"space: {key} needs {' and '.join(missing)}; a list of values has neither")
    if number is None:
        raise LenetError(f"space: {key} isn't a number, so that nothing lies between two; give a list of its values")
    low, high, step = (_number(key, name, table.get(name), number) for name in ("low", "high", "step"))
    log = table.get("log", False)
    assert low is not None and high is not None
    if not isinstance(log, bool):
        raise LenetError(f"space: {key}: log must be true or false, but is {log!r}")
    if low > high:
        raise LenetError(f"space: {key}: low must not be above high, but they are {low:g} and {high:g}")
    if log and low <= 0:
        raise LenetError(f"space: {key}: with log, low must be above 0, but is {low:g}")
    if step is not None:
        if step <= 0 or log:
            raise LenetError(f"space: {key}: a step must be above 0, and doesn't go with log")
        high = low + floor((high - low) / step + 1e-9) * step  # the last that the steps reach
    return Between(low, high, step, log)


def _number(key: str, name: str, value: Value, number: type[int] | type[float]) -> float | None:
    """Return a part of a range as the field holds it; None where it isn't given."""
    if value is None:
        return None
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not (whole or (number is float and isinstance(value, float) and abs(value) < float("inf"))):
        kind = "a whole number" if number is int else "a number"
        raise LenetError(f"space: {key}: {name} must be {kind}, but is {value!r}")
    return number(value)
