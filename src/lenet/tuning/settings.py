"""One thing that varies, and whether each of its values can be had at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any

from ..errors import LenetError, unknown
from ..plain import from_plain
from .places import TYPE, Place, Table
from .ranges import Range, Value, Whole


@dataclass(frozen=True)
class Setting:
    """One thing that varies.

    Attributes:
        key: as the file has it.
        places: where it points.
        range: what it may be.
    """

    key: str
    places: tuple[Place, ...]
    range: Range


def check(setting: Setting, settings: Sequence[Setting], document: Table) -> None:
    """Raise a ``LenetError`` where a value of a setting is wrong whatever the others are.

    A kernel that fits no network of some of the others isn't wrong: such combinations are left out as they come.

    Args:
        setting: which.
        settings: all of them.
        document: the base.
    """
    for place in setting.places:
        if isinstance(setting.range, Whole) and not (place.path[0] == "network" and place.field in ("kernel", "size")):
            raise LenetError(f'space: {setting.key}: "all" is for kernels and for sizes of windows')
        those = list(_documents(place, settings, document))
        if not those:
            raise LenetError(f"space: {setting.key}: nothing that stands there has a {place.field}")
        for value in setting.range.examples:
            _check_value(setting.key, place, value, settings, those)


def _check_value(key: str, place: Place, value: Value, settings: Sequence[Setting], documents: list[Table]) -> None:
    """Raise a ``LenetError`` unless the value is right in one of the documents at least."""
    if place.field == TYPE and value not in place.classes():
        raise LenetError(f"space: {key}: {unknown('type', value, place.classes())}")
    wrong = [_wrong(place, _freed(place, place.put(document, value), settings)) for document in documents]
    if all(wrong):
        raise LenetError(f"space: {key}: {wrong[0]}")


def _documents(place: Place, settings: Sequence[Setting], document: Table) -> Iterator[Table]:
    """Yield the base and what types and tables make of it that may stand at a place, where that has the field."""
    found = [document]
    for other in settings:
        for each in other.places:
            is_type = each.path == place.path and each.field == TYPE and place.field != TYPE
            if is_type or (*each.path, each.field) == place.path:
                found += [each.put(document, value) for value in other.range.examples]
    yield from (each for each in found if place.applies(each))


def _freed(place: Place, document: Table, settings: Sequence[Setting]) -> Table:
    """Return the document without what other settings vary beside a place; with some value of theirs where it must."""
    for other in settings:
        for each in other.places:
            beside = each.path == place.path and each.field not in (TYPE, place.field)
            below = each.path == (*place.path, place.field)
            if (beside or below) and each.field != TYPE and other.range.examples and each.applies(document):
                value = other.range.examples[0]
                document = each.put(document, value) if _needed(each, document) else each.drop(document)
    return document


def _needed(place: Place, document: Table) -> bool:
    owner: Any = place.owner(document)
    return any(
        each.name == place.field and each.default is MISSING and each.default_factory is MISSING
        for each in fields(owner)
    )


def _wrong(place: Place, document: Table) -> str:
    """Return what is wrong with the table at a place; empty: nothing."""
    table, owner = place.table(document), place.owner(document)
    where = table.get("name") if place.path[0] == "network" else ".".join(map(str, place.path))
    try:
        from_plain(owner, {name: value for name, value in table.items() if name != TYPE}, str(where))
    except LenetError as error:
        return str(error)
    return ""
