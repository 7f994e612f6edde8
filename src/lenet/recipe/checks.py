"""What every part of a recipe checks of its numbers and names."""

from __future__ import annotations

from enum import Enum
from math import inf
from typing import TypeVar

from ..errors import unknown
from ..network.layer import require

Name = TypeVar("Name", bound=Enum)


def named(names: type[Name], value: object, what: str) -> Name:
    """Return the member of that value, or raise a ``LenetError`` that lists them."""
    try:
        return names(value)
    except ValueError:
        raise unknown(what, value, [member.value for member in names]) from None


def between(settings: object, low: float, high: float, *names: str) -> None:
    """Raise a ``LenetError`` unless each of these numbers lies within ``low`` and ``high``, ``high`` left out."""
    for name in names:
        value = getattr(settings, name)
        text = f"{low:g} or more" + (f" and below {high:g}" if high < inf else "")
        require(low <= value < high, f"{type(settings).__name__}'s {name} must be {text}, but is {value!r}")
