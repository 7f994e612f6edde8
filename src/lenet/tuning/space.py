"""The networks and recipes that a search may try, and how it goes about it: what a space's TOML file says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from os import PathLike
from pathlib import Path
from typing import Any, get_args

from .. import toml, written
from ..errors import LenetError
from ..network.layer import whole
from ..plain import from_plain, to_plain
from ..recipe import Validation
from ..zoo import Entry
from ..zoo import entry as zoo_entry
from .places import TYPE, Place, places
from .ranges import PARTS as RANGE
from .ranges import WHOLE, Choice, Range, Whole, parse
from .settings import Setting, check

SPACE, LIMITS, SEARCH = "space", "limits", "search"
PARTS = (*written.PARTS, SPACE, LIMITS, SEARCH)


class Pruner(str, Enum):
    """Which trials are stopped after a pass, by their validation error."""

    MEDIAN = "median"  # worse than the median of earlier trials after as many passes, once a quarter is over
    HALVING = "halving"  # successive halving: after 1, 4, 16, ... passes all but the best quarter
    NONE = "none"


@dataclass(frozen=True)
class Limits:
    """What a network may cost, so that only such are compared.

    Attributes:
        most_parameters: trainable ones; None: any number.
        most_multiply_adds: of reading one picture; None: any number.
    """

    most_parameters: int | None = None
    most_multiply_adds: int | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        for name, value in vars(self).items():
            if value is not None:
                whole(name, value, 1)


@dataclass(frozen=True)
class Search:
    """How a space is searched.

    Attributes:
        trials: networks that are trained, those that are stopped early as well.
        seed: of the choices.
        pruner: what stops bad trials early.
        seeds: seeds from which the best trials are trained again, so that luck chooses less; 0: they aren't.
    """

    trials: int = 50
    seed: int = 0
    pruner: Pruner = Pruner.MEDIAN
    seeds: int = 0

    def __post_init__(self) -> None:
        """Check the numbers."""
        for name, least in (("trials", 1), ("seed", 0), ("seeds", 0)):
            whole(name, getattr(self, name), least)


@dataclass(frozen=True)
class Space:
    """What is searched.

    Attributes:
        base: the network and recipe that all trials share but for what varies; it has validation rows held out.
        settings: what varies; types before what depends on them.
        limits: what a network may cost.
        search: how it is searched.
    """

    base: Entry
    settings: tuple[Setting, ...]
    limits: Limits = field(default_factory=Limits)
    search: Search = field(default_factory=Search)

    @property
    def document(self) -> dict[str, Any]:
        """The base as plain values, for places to point into."""
        return {"network": to_plain(self.base.network), "recipe": to_plain(self.base.recipe)}


def read(path: str | PathLike[str]) -> Space:
    """Return the space that a TOML file describes (docs/tuning.md).

    Raises:
        LenetError: it can't be read, or describes something unknown, wrong or empty; nothing is trained then.
    """
    path = Path(path)
    try:
        return from_document(written.load(path, PARTS), path.stem, path.parent)
    except LenetError as error:
        raise LenetError(f"{path}: {error}") from None


def from_document(document: dict[str, Any], name: str, folder: Path) -> Space:
    """Return the space of a file's parts.

    Args:
        document: the parts.
        name: of the network, where it has none.
        folder: where files are that it names.

    Raises:
        LenetError: see ``read``.
    """

    def find(base: str) -> Entry:
        return written.read(folder / base) if base.lower().endswith(".toml") else zoo_entry(base)

    rest = {part: value for part, value in document.items() if part in written.PARTS}
    base = _base(written.entry_from_dict(rest, name, "a search", find))
    ranges = written.table_of(document, SPACE)
    if not ranges:
        raise LenetError('it has no [space]; write what varies there, such as "C1.kernel" = [3, 5, 7]')
    space = Space(
        base,
        tuple(_settings(ranges, base)),
        from_plain(Limits, written.table_of(document, LIMITS), LIMITS),
        from_plain(Search, written.table_of(document, SEARCH), SEARCH),
    )
    for setting in space.settings:
        check(setting, space.settings, space.document)
    return space


def write(space: Space) -> str:
    """Return the text of a TOML file that ``read`` makes the same space of, with nothing left to other files."""
    ranges = [f"{toml.key(each.key)} = {toml.inline(_written(each.range))}" for each in space.settings]
    parts = {LIMITS: to_plain(space.limits), SEARCH: to_plain(space.search)}
    return f"{written.write(space.base)}\n[{SPACE}]\n" + "\n".join(ranges) + f"\n\n{toml.text(parts)}"


def _base(entry: Entry) -> Entry:
    """Return the base with what every trial has: validation rows that are held out, and the test set left alone."""
    validation = replace(entry.recipe.validation or Validation(), held_out=True)
    network = entry.network
    if not network.name.endswith("-tuned"):
        network = replace(network, name=f"{network.name}-tuned")
    recipe = replace(
        entry.recipe, validation=validation, test_each_pass=False, training_each_pass=False, report_every=None
    )
    return Entry(network, recipe, entry.source)


def _settings(ranges: Mapping[str, Any], base: Entry) -> list[Setting]:
    """Return what varies: types first, since they decide which of the others there are."""
    document = Space(base, ()).document
    settings: list[Setting] = []
    owned: dict[Place, str] = {}
    for key, value in _flat(ranges):
        found = places(key, document)
        for place in found:
            if place in owned:
                raise LenetError(f"space: {key} and {owned[place]} vary the same field; leave one of them out")
            owned[place] = key
        settings.append(Setting(key, found, parse(key, value, number=_number(found))))
    return sorted(settings, key=lambda each: (each.key.count("."), each.places[0].field != TYPE))


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (key, range): ``C1.kernel = [3, 5]`` is a table in a table to TOML, unless it stands in quotes."""
    for name, value in table.items():
        key = f"{above}{name}"
        deeper = not above or (above.startswith("recipe.") and not _is_range(value))
        if isinstance(value, dict) and deeper and "." not in name:
            yield from _flat(value, f"{key}.")
        else:
            yield key, value


def _is_range(table: Any) -> bool:
    """Whether a table is numbers between two, and none of settings such as ``low`` and ``high`` of a schedule."""
    return isinstance(table, dict) and any(not isinstance(table.get(name, []), (dict, list, str)) for name in RANGE)


def _number(found: tuple[Place, ...]) -> type[int] | type[float] | None:
    """Return what kind of number a field holds; None: none."""
    kinds = {kind for place in found for hint in place.hints().values() for kind in (hint, *get_args(hint))}
    return float if float in kinds else int if int in kinds else None


def _written(range_: Range) -> Any:
    """Return a range as a file has it."""
    if isinstance(range_, Whole):
        return WHOLE
    return list(range_.values) if isinstance(range_, Choice) else to_plain(range_)
