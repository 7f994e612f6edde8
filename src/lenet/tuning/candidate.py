"""A network and its recipe with all that varies chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..data.dataset import Dataset
from ..errors import LenetError
from ..network import Conv, Layer
from ..plain import from_plain
from ..preparation import Preparation
from ..training.settings import check
from ..written import network_from_dict, recipe_from_dict
from ..zoo import Entry
from .places import Table
from .ranges import Source, Value, Whole, label
from .space import Space


@dataclass(frozen=True)
class Candidate:
    """What a trial tries.

    Attributes:
        settings: what was chosen, by key, as a file would have it; of the keys that apply.
        entry: the network and its recipe; None: they don't fit.
        why: why they don't fit, in words; empty: they do.
    """

    settings: dict[str, Value]
    entry: Entry | None
    why: str = ""


def choose(space: Space, source: Source, data: Dataset | None = None) -> Candidate:
    """Return what a source chooses of a space, a key that doesn't apply to what is chosen already left out.

    Args:
        space: what there is to choose.
        source: what chooses.
        data: what the network and its recipe must fit; None: any.
    """
    document, settings = space.document, dict[str, Value]()
    for setting in space.settings:
        if isinstance(setting.range, Whole) or not all(place.applies(document) for place in setting.places):
            continue
        value = settings[setting.key] = setting.range.draw(setting.key, source)
        for place in setting.places:
            document = place.put(document, value)
    try:
        entry = _built(space, document)
        if data is not None:
            check(entry, data)
        return Candidate(settings, entry)
    except LenetError as error:
        return Candidate(settings, None, str(error))


def chosen_by_base(space: Space) -> dict[str, Value] | None:
    """Return what a source must choose to come to the base itself; None: the space doesn't hold it."""
    document, chosen = space.document, dict[str, Value]()
    for setting in space.settings:
        if isinstance(setting.range, Whole) or not all(place.applies(document) for place in setting.places):
            continue
        values = [place.table(document).get(place.field) for place in setting.places]
        if any(value != values[0] for value in values) or not setting.range.holds(values[0]):
            return None
        chosen[setting.key] = label(values[0])
    return chosen


def _built(space: Space, document: Table) -> Entry:
    """Return the network and recipe; raise ``LenetError`` where they don't fit or cost more than they may."""
    recipe = recipe_from_dict(document["recipe"])
    network = network_from_dict(_fitted(space, document["network"], recipe.preparation))
    for count, most, what in (
        (network.parameters, space.limits.most_parameters, "parameters"),
        (network.multiply_adds, space.limits.most_multiply_adds, "multiply-adds"),
    ):
        if most is not None and count > most:
            raise LenetError(f"{count:,} {what}, and limits.most_{what.replace('-', '_')} is {most:,}")
    return Entry(network, recipe, space.base.source)


def _fitted(space: Space, network: Table, preparation: Preparation) -> Table:
    """Return a network that reads what its preparation gives, with the kernels and windows that cover all they read."""
    whole = {p.path[-1]: p.field for each in space.settings if isinstance(each.range, Whole) for p in each.places}
    shape, layers = preparation.input, list[Any]()
    for number, table in enumerate(network["layers"]):
        field = whole.get(number)
        fitted = {**table, field: shape[1]} if field in table else table
        layer: Layer = from_plain(Layer, fitted, f"layer {table['name']}")
        if isinstance(layer, Conv) and field == "kernel":
            fitted["kernel"] = shape[1] + 2 * layer.padding
            layer = from_plain(Layer, fitted, f"layer {table['name']}")
        try:
            shape = layer.output_shape(shape)
        except LenetError as error:
            raise LenetError(f"layer {table['name']}: {error}") from None
        layers.append(fitted)
    return {**network, "input": list(preparation.input), "layers": layers}
