"""Where in a network and its recipe a key of the space points: ``C1.kernel``, ``S2+S4.type``, ``recipe.batch``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, cast, get_args, get_type_hints

from ..errors import LenetError, unknown
from ..network import Activation
from ..plain import LAYERS, TYPED
from ..recipe import Recipe
from ..written import merged

Table = dict[str, Any]
Path = tuple[str | int, ...]

EVERY, TYPE = "*", "type"
KINDS = {cls.__name__: cls for cls in LAYERS}
# What all trials must share to be compared, and what changes no result.
FIXED = ("data", "size", "validation", "seed", "test_each_pass", "training_each_pass", "report_every")


@dataclass(frozen=True)
class Place:
    """A field of a table within a document, which is ``{"network": ..., "recipe": ...}`` in plain values.

    Attributes:
        path: leads to the table.
        field: in the table; ``type``: which dataclass it is.
    """

    path: Path
    field: str

    def owner(self, document: Table) -> type | None:
        """Return the dataclass that the table stands for; None: it was chosen to be none."""
        table, classes = _at(document, self.path), _classes(self.path)
        if table is False:
            return None
        return classes.get(table.get(TYPE, ""), next(iter(classes.values())))

    def hints(self) -> dict[str, Any]:
        """Return the field's type in each dataclass that the table may stand for and that has it, by name."""
        if self.field == TYPE:
            return {}
        known = {name: get_type_hints(cls) for name, cls in _classes(self.path).items()}
        return {name: hints[self.field] for name, hints in known.items() if self.field in hints}

    def applies(self, document: Table) -> bool:
        """Whether the table, as it is now, has the field."""
        owner = self.owner(document)
        return owner is not None and (self.field == TYPE or self.field in {field.name for field in fields(owner)})

    def classes(self) -> dict[str, type]:
        """Return the dataclasses that the table may stand for, by name."""
        return _classes(self.path)

    def table(self, document: Table) -> Any:
        """Return the table, empty where there is none yet; False where it was chosen to be none."""
        return _at(document, self.path)

    def drop(self, document: Table) -> Table:
        """Return the document without the field, which is then at its default."""
        return cast(
            Table,
            _with(document, self.path, lambda table: {k: v for k, v in table.items() if k != self.field}),
        )

    def put(self, document: Table, value: Any) -> Table:
        """Return the document with another value there; a table of another type keeps the fields that both have."""
        return cast(Table, _with(document, self.path, lambda table: _changed(table, self.field, value)))


def places(key: str, document: Table) -> tuple[Place, ...]:
    """Return where a key points.

    Raises:
        LenetError: there is no such layer or field, or it isn't for a search to vary.
    """
    first, dot, rest = key.partition(".")
    if not dot or not rest:
        raise LenetError(f"space: {key} must be a layer and its field, such as C1.kernel, or recipe and its field")
    found = tuple(_in_recipe(key, rest) if first == "recipe" else _in_layers(key, first, rest, document))
    if found and found[0].field == TYPE and len(_classes(found[0].path)) == 1:
        raise LenetError(f"space: {key}: there is only one type of it")
    return found


def _in_recipe(key: str, rest: str) -> Iterator[Place]:
    parts = rest.split(".")
    *names, field = parts
    if parts[0] in FIXED:
        raise LenetError(f"space: {key} is the same for all trials; give it in [recipe] instead")
    path: Path = ("recipe",)
    for name in names:
        _check_field(key, name, path)
        path = (*path, name)
        if not _classes(path):
            raise LenetError(f"space: {key}: recipe.{name} has no fields")
    _check_field(key, field, path)
    yield Place(path, field)


def _in_layers(key: str, names: str, field: str, document: Table) -> Iterator[Place]:
    layers = document["network"]["layers"]
    known = [layer["name"] for layer in layers]
    for name in [] if names == EVERY else names.split("+"):
        if name not in known:
            raise LenetError(f"space: {key}: {unknown('layer', name, known, 'and recipe')}")
    _check_field(key, field, ("network", "layers", 0))
    for number, layer in enumerate(layers):
        place = Place(("network", "layers", number), field)
        ends = place.applies(document) and layer.get(field) != Activation.NONE.value
        if ends if names == EVERY else layer["name"] in names.split("+"):
            yield place


def _check_field(key: str, field: str, path: Path) -> None:
    """Raise a ``LenetError`` unless some dataclass that may stand there has the field."""
    classes = _classes(path).values()
    known = {each.name for cls in classes for each in fields(cls)} - {"name"}
    known |= {TYPE} if len(_classes(path)) > 1 else set()
    if field not in known:
        what = "a layer" if path[0] == "network" else ".".join(map(str, path))
        raise LenetError(f"space: {key}: {unknown(f'field of {what}', field, known)}")


def _classes(path: Path) -> dict[str, type]:
    """Return the dataclasses that may stand at a path, by name; a recipe's own, or what the type of its field names."""
    if path[0] == "network":
        return dict(KINDS)
    classes: list[Any] = [Recipe]
    for name in path[1:]:
        hints = [get_type_hints(cls).get(str(name)) for cls in classes]
        classes = [each for hint in hints for each in (hint, *get_args(hint)) if is_dataclass(each)]
    return {cls.__name__: cls for cls in classes}


def _at(document: Any, path: Path) -> Any:
    """Return the table at a path, empty where there is none yet; False where it was chosen to be none."""
    for part in path:
        document = document[part] if isinstance(part, int) else document.get(part)
        if document is False or document is None:
            return False if document is False else {}
    return document


def _with(document: Any, path: Path, change: Callable[[Table], Table]) -> Any:
    """Return a copy of the document with the table at a path changed."""
    if not path:
        return change(document)
    first, rest = path[0], path[1:]
    if isinstance(document, list):
        return [_with(part, rest, change) if i == first else part for i, part in enumerate(document)]
    return {**document, first: _with(document.get(first) or {}, rest, change)}


def _changed(document: Table, field: str, value: Any) -> Table:
    """Return a table with another value in a field."""
    if field == TYPE and value != document.get(TYPE):
        kept = {each.name for cls in TYPED if cls.__name__ == value for each in fields(cls)}
        return {TYPE: value, **{name: part for name, part in document.items() if name in kept}}
    if isinstance(value, dict) and isinstance(document.get(field), dict):
        value = merged(document[field], value)
    return {**document, field: value}
