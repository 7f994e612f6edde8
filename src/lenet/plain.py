"""Settings as plain values (dicts, lists, text, numbers) and back: what files hold and what comes from strangers.

A dataclass becomes a dict of its fields; where a field may hold one of several dataclasses (a layer, an optimiser, a
schedule), the dict says which under ``type``. The way back takes only the fields and types that the dataclasses
declare, runs nothing, and says in words where it met something else.
"""

from __future__ import annotations

import reprlib
import types
from collections.abc import Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from math import isfinite
from typing import Any, Union, get_args, get_origin, get_type_hints

from .errors import LenetError, unknown
from .network import (
    RBF,
    Conv,
    DeformablePool,
    Dense,
    Flatten,
    L2Pool,
    Layer,
    LocalContrastNorm,
    LocalResponseNorm,
    MaxPool,
    MeanPool,
    StochasticPool,
    Subsample,
)
from .recipe import Optimiser, Schedule

# fmt: off
LAYERS = (Conv, Subsample, MeanPool, MaxPool, L2Pool, StochasticPool, DeformablePool, LocalResponseNorm,
          LocalContrastNorm, Flatten, Dense, RBF)
# fmt: on
TYPED = (*LAYERS, *get_args(Optimiser), *get_args(Schedule))  # those whose dict has a ``type``

LONGEST_TEXT = 1_000  # characters
LONGEST_LIST = 10_000  # entries
LARGEST_WHOLE = 2**63 - 1


def to_plain(value: Any) -> Any:
    """Return a dataclass of ``lenet`` as dicts, lists, text, numbers, true or false, and None."""
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
        return {"type": type(value).__name__, **named} if isinstance(value, TYPED) else named
    if isinstance(value, Enum):
        return value.value
    return [to_plain(part) for part in value] if isinstance(value, tuple) else value


def from_plain(hint: Any, value: Any, where: str) -> Any:
    """Return what ``to_plain`` was given.

    Args:
        hint: the type to make: a dataclass of ``lenet`` or the type of one of its fields.
        value: plain values, from anywhere.
        where: what the value is called in the text of an error, such as ``network.layers[2].kernel``.

    Raises:
        LenetError: an unknown field, type or name; a value of the wrong kind, too long or too large; or one that
            the dataclass itself refuses.
    """
    if get_origin(hint) in (Union, types.UnionType):
        return _one_of(get_args(hint), value, where)
    if hint is Layer:
        return _typed(LAYERS, value, where)
    if get_origin(hint) is tuple:
        return _list(get_args(hint), value, where)
    if is_dataclass(hint):
        return _dataclass(hint, value, where)
    if issubclass(hint, Enum):
        return _named(hint, value, where)
    return _scalar(hint, value, where)


def _one_of(hints: Sequence[Any], value: Any, where: str) -> Any:
    """Return a value of one of several types; None, or ``false`` in TOML, which has no None, where that is one."""
    if type(None) in hints and (value is None or value is False):
        return None
    hints = [hint for hint in hints if hint is not type(None)]
    if len(hints) > 1 and all(is_dataclass(hint) for hint in hints):
        return _typed(hints, value, where)
    if str in hints and isinstance(value, str):
        return _scalar(str, value, where)
    return from_plain(next(hint for hint in hints if hint is not str), value, where)


def _typed(classes: Sequence[Any], value: Any, where: str) -> Any:
    """Return the dataclass that the dict's ``type`` names."""
    known = {cls.__name__: cls for cls in classes}
    if not isinstance(value, dict) or "type" not in value:
        raise _wrong(where, f"a table with a type out of {', '.join(known)}", value)
    name = value["type"]
    if not isinstance(name, str) or name not in known:
        raise LenetError(f"{where}: {unknown('type', _short(name), known)}")
    return _dataclass(known[name], {k: v for k, v in value.items() if k != "type"}, where)


def _dataclass(cls: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise _wrong(where, f"a table of {cls.__name__}'s fields", value)
    known = {field.name: field for field in fields(cls)}
    for name in value:
        if name not in known:
            raise LenetError(f"{where}: {unknown(f'field of {cls.__name__}', _short(name), known)}")
    missing = [name for name, field in known.items() if name not in value and _required(field)]
    if missing:
        raise LenetError(f"{where}: {cls.__name__} needs {' and '.join(missing)}")
    hints = get_type_hints(cls)
    made = {name: from_plain(hints[name], part, f"{where}.{name}") for name, part in value.items()}
    try:
        return cls(**made)
    except LenetError as error:
        raise LenetError(f"{where}: {error}") from None


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _list(hints: Sequence[Any], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise _wrong(where, "a list", value)
    if len(value) > LONGEST_LIST:
        raise LenetError(f"{where} has {len(value)} entries, and may have {LONGEST_LIST:,}")
    if hints[-1] is Ellipsis:
        hints = [hints[0]] * len(value)
    if len(hints) != len(value):
        raise _wrong(where, f"a list of {len(hints)}", value)
    return tuple(
        from_plain(hint, part, f"{where}[{i}]") for i, (hint, part) in enumerate(zip(hints, value, strict=True))
    )


def _named(cls: Any, value: Any, where: str) -> Any:
    known = {member.value: member for member in cls}
    if not isinstance(value, str) or value not in known:
        raise LenetError(f"{where}: {unknown(where.rsplit('.', maxsplit=1)[-1], _short(value), known)}")
    return known[value]


def _scalar(cls: type, value: Any, where: str) -> Any:
    if cls is str:
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            raise _wrong(where, f"text of at most {LONGEST_TEXT:,} characters", value)
    elif cls is bool:
        if not isinstance(value, bool):
            raise _wrong(where, "true or false", value)
    elif cls is int:
        if not _whole(value):
            raise _wrong(where, "a whole number of at most 63 bits", value)
    elif cls is float:
        if not (_whole(value) or (isinstance(value, float) and isfinite(value))):
            raise _wrong(where, "a finite number", value)
        return float(value)
    else:
        raise TypeError(f"{where}: no plain form for {cls!r}")
    return value


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_WHOLE


def _wrong(where: str, expected: str, value: Any) -> LenetError:
    return LenetError(f"{where} must be {expected}, but is {_short(value)}")


def _short(value: Any) -> str:
    """Return a value's text, cut where it's long; a stranger's may be of any length and depth."""
    if isinstance(value, str) and len(value) <= 40:
        return value
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        return "a number of more than 63 bits"
    return reprlib.repr(value)
