"""Networks and recipes as a user writes them down, in TOML; and as the plain values that a model's file holds.

``docs/networks.md`` describes the TOML file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection
from math import prod
from os import PathLike
from pathlib import Path
from typing import Any, cast

from . import toml
from .errors import LenetError, unknown
from .network import Network
from .plain import from_plain, to_plain
from .preparation import Preparation
from .recipe import Recipe
from .zoo import Entry
from .zoo import entry as zoo_entry

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Table = dict[str, Any]

# A stranger's network can't ask for more than this.
MOST_LAYERS = 64
MOST_PARAMETERS = 100_000_000
MOST_OUTPUTS = 10_000_000  # numbers that go from layer to layer, for one image
MOST_ACROSS = 100_000  # any size in a layer: a window's, a kernel's, a padding

LARGEST_FILE = 10_000_000  # bytes

PARTS = ("based_on", "network", "recipe", "source", "claim", "published", "others")


def network_to_dict(network: Network) -> Table:
    """Return a network as plain values that JSON can hold."""
    return cast(Table, to_plain(network))


def network_from_dict(value: object) -> Network:
    """Return the network of ``network_to_dict``; safe for values from anywhere.

    Raises:
        LenetError: something unknown, wrong, missing, or too large: at most 64 layers and 100 million parameters.
    """
    layers = value.get("layers") if isinstance(value, dict) else None
    if isinstance(layers, list) and len(layers) > MOST_LAYERS:
        raise LenetError(f"network.layers: a network may have {MOST_LAYERS} layers, but this has {len(layers)}")
    network: Network = from_plain(Network, value, "network")
    _check_size(network)
    return network


def recipe_to_dict(recipe: Recipe) -> Table:
    """Return a recipe as plain values that JSON can hold."""
    return cast(Table, to_plain(recipe))


def recipe_from_dict(value: object) -> Recipe:
    """Return the recipe of ``recipe_to_dict``, defaults for fields left out; safe for values from anywhere.

    Raises:
        LenetError: something unknown or wrong.
    """
    return cast(Recipe, from_plain(Recipe, value, "recipe"))


def read_network(path: str | PathLike[str]) -> Network:
    """Return the network that a TOML file describes; raise ``LenetError`` if it can't be read or is wrong."""
    try:
        return _network(load(path), Path(path).stem, zoo_entry)
    except LenetError as error:
        raise LenetError(f"{Path(path)}: {error}") from None


def read(path: str | PathLike[str]) -> Entry:
    """Return the network and recipe that a TOML file describes, as ``entry_from_dict`` does.

    Raises:
        LenetError: the file can't be read, isn't TOML, or describes something unknown, wrong or too large.
    """
    path = Path(path)
    try:
        return entry_from_dict(load(path), path.stem, f"the file {path.name}")
    except LenetError as error:
        raise LenetError(f"{path}: {error}") from None


def entry_from_dict(document: Table, name: str, source: str, find: Callable[[str], Entry] = zoo_entry) -> Entry:
    """Return the network and recipe that the parts of a file describe.

    What the recipe leaves out is as in the row of the zoo that it's based on, or as in ``Recipe``; a preparation that
    is left out is made to fit the network's input.

    Args:
        document: the file's ``PARTS``.
        name: of the network, where it has none.
        source: where the network is from, where the document doesn't say.
        find: returns the row that ``based_on`` names.

    Raises:
        LenetError: something unknown, wrong or too large.
    """
    network = _network(document, name, find)
    recipe = _recipe(document, network, find)
    texts = {name: from_plain(str, document[name], name) for name in ("source", "claim") if name in document}
    published = from_plain(Recipe, document["published"], "published") if "published" in document else None
    others = {name: _further(name, value) for name, value in table_of(document, "others").items()}
    return Entry(network, recipe, **{"source": source, **texts}, published=published, others=others)


def write(entry: Entry) -> str:
    """Return the text of a TOML file that ``read`` makes the same ``entry`` of."""
    parts = {name: to_plain(getattr(entry, name)) for name in PARTS if name != "others" and hasattr(entry, name)}
    if entry.others:
        parts["others"] = {name: to_plain(recipe) for name, recipe in entry.others.items()}
    return toml.text(parts)


def _check_size(network: Network) -> None:
    for step in network.steps:
        for name, size in vars(step.layer).items():
            if isinstance(size, int) and name not in ("maps", "units") and size > MOST_ACROSS:
                raise LenetError(f"network: {step.name}'s {name} may be {MOST_ACROSS:,}, but is {size:,}")
    parameters = sum(prod(shape) for shape in network.parameter_shapes.values())
    outputs = prod(network.input) + sum(prod(step.output) for step in network.steps)
    for count, most, what in (
        (parameters, MOST_PARAMETERS, "parameters"),
        (outputs, MOST_OUTPUTS, "numbers between its layers"),
    ):
        if count > most:
            raise LenetError(f"network: it may have {most:,} {what}, but {network.name!r} has {count:,}")


def load(path: str | PathLike[str], parts: Collection[str] = PARTS) -> Table:
    """Return what a TOML file holds, which has these ``parts`` at most; raise ``LenetError`` where it can't be read."""
    try:
        if Path(path).stat().st_size > LARGEST_FILE:
            raise LenetError(f"the file is larger than {LARGEST_FILE:,} bytes; no network needs that")
        document = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise LenetError(f"can't read the file: {error.strerror}") from None
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, a number of too many digits, nested too deep
        raise LenetError(f"the file isn't TOML: {error}") from None
    for name in document:
        if name not in parts:
            raise unknown("part of such a file", name, parts)
    return document


def _network(document: Table, name: str, find: Callable[[str], Entry]) -> Network:
    """Return the network of a file; ``name`` where it has none."""
    table = table_of(document, "network")
    based_on = table.pop("based_on", document.get("based_on"))
    changes = table.pop("changes", {})
    if based_on is not None:
        base = network_to_dict(find(str(based_on)).network)
        table = {**base, "name": name, **table} if table or changes else base
    elif not table:
        raise LenetError("it has no [network]; write one, or based_on = a row of the zoo")
    if not isinstance(changes, dict):
        raise LenetError("network.changes must be a table of layers' names")
    for layer, change in changes.items():
        table["layers"] = _changed(table.get("layers"), layer, change)
    return network_from_dict({"name": name, **table})


def _changed(layers: object, name: str, change: object) -> list[Any]:
    """Return ``layers`` with the fields of one of them changed."""
    layers = layers if isinstance(layers, list) else []
    names = [layer.get("name") if isinstance(layer, dict) else None for layer in layers]
    if name not in names:
        raise LenetError(f"network.changes: {unknown('layer', name, filter(None, names))}")
    if not isinstance(change, dict):
        raise LenetError(f"network.changes.{name} must be a table of the layer's fields")
    place = names.index(name)
    return [*layers[:place], {"name": name, **merged(layers[place], change)}, *layers[place + 1 :]]


def _recipe(document: Table, network: Network, find: Callable[[str], Entry]) -> Recipe:
    """Return the recipe of a file: what it says, on top of what it's based on."""
    table = table_of(document, "recipe")
    based_on = table.pop("based_on", document.get("based_on"))
    if based_on is not None:
        base = find(str(based_on)).recipe
    else:
        base = Recipe(preparation=_fitting(network, table.get("preparation")))
    recipe = recipe_from_dict(merged(recipe_to_dict(base), table))
    if recipe.preparation.input != network.input:
        raise LenetError(
            f"recipe.preparation gives an input of {recipe.preparation.input}, but the network reads {network.input}; "
            "change recipe.preparation's shape or padding, or network.input"
        )
    return recipe


def _further(name: str, value: object) -> Recipe:
    """Return a recipe of ``[others]``, whole as ``write`` has it; its name is one that the command line takes."""
    if name in ("default", "published") or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise LenetError(
            f"others: a recipe can't be called {name[:40]!r}; take letters, digits, - and _, "
            "and neither default nor published"
        )
    return cast(Recipe, from_plain(Recipe, value, f"others.{name}"))


def _fitting(network: Network, given: object) -> Preparation:
    """Return a preparation for the network's input: the padding that's given; otherwise what 28x28 digits lack."""
    channels, rows, columns = network.input
    if isinstance(given, dict) and isinstance(given.get("padding"), int):
        padding = given["padding"] if 0 <= 2 * given["padding"] < min(rows, columns) else 0
        return Preparation((channels, rows - 2 * padding, columns - 2 * padding), padding=padding)
    return Preparation.fitting(network.input)


def table_of(document: Table, name: str) -> Table:
    """Return a copy of a file's part, empty where it has none; raise ``LenetError`` where it is no table."""
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise LenetError(f"{name} must be a table, [{name}]")
    return dict(table)


def merged(base: Table, given: Table) -> Table:
    """Return ``base`` with what's ``given`` on top, table by table; a table of another ``type`` replaces the first."""
    if given.get("type", base.get("type")) != base.get("type"):
        return given
    result = dict(base)
    for name, value in given.items():
        both = isinstance(value, dict) and isinstance(base.get(name), dict)
        result[name] = merged(base[name], value) if both else value
    return result
