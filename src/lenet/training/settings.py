"""From what a user asks for to the settings of a run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .. import written
from ..data.dataset import Dataset
from ..errors import LenetError
from ..network import Network
from ..preparation import Preparation
from ..recipe import Constant, DiagonalLM, Recipe
from ..zoo import Entry, entry

What = str | os.PathLike[str] | Network | Entry
Data = str | os.PathLike[str] | Dataset


def settle(
    what: What, data: Data | None, recipe: Recipe | str | None, changes: dict[str, Any]
) -> tuple[Entry, Dataset]:
    """Return the network with the recipe that a run is to follow, and the data set.

    Args:
        what: a name of the zoo, the path of a TOML file, a network, or a row of the zoo.
        data: instead of the recipe's.
        recipe: instead of the one that ``what`` comes with; or the name of another that it comes with.
        changes: ``seed``, ``passes``, ``batch`` and ``rate`` instead of the recipe's; None: as it says.

    Raises:
        LenetError: something unknown or unreadable, or parts that don't fit each other.
    """
    row = row_of(what)
    followed = recipe if isinstance(recipe, Recipe) else row.follow(recipe)
    dataset = dataset_of(followed.data if data is None else data)
    if isinstance(what, Network) and not isinstance(recipe, Recipe):
        followed = replace(followed, preparation=_fitting(what, dataset))
    followed = changed(followed, changes)
    if data is not None:
        followed = replace(followed, data=dataset.name if isinstance(data, Dataset) else os.fspath(data))
    row = replace(row, recipe=followed, published=None, others={})
    check(row, dataset)
    return row, dataset


def changed(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """Return a recipe with other values in places; None: as it says.

    Args:
        recipe: any.
        changes: by the recipe's own names, and ``rate``: the same throughout. With other ``passes``, a limit of updates
            is left out.
    """
    values = {name: value for name, value in changes.items() if value is not None}
    if "rate" in values:
        values["schedule"] = Constant(float(values.pop("rate")))
    if "passes" in values:
        values["updates"] = None
    return replace(recipe, **values)


def dataset_of(data: Data) -> Dataset:
    """Return the data set of that name or path, or the one that came."""
    if isinstance(data, Dataset):
        return data
    from ..data import load  # what fetches and reads files

    return load(os.fspath(data))


def check(row: Entry, data: Dataset) -> None:
    """Raise a ``LenetError`` where network, recipe and data don't fit each other."""
    from ..engine.reference.curvature import check as check_curvature
    from ..engine.reference.losses import check as check_loss

    network, recipe = row.network, row.recipe
    if recipe.preparation.shape != data.shape:
        raise LenetError(
            f"the pictures of {data.name} are {data.shape}, but the recipe's preparation is for "
            f"{recipe.preparation.shape}; use other data, or a network and preparation made for them"
        )
    if recipe.preparation.input != network.input:
        raise LenetError(
            f"the preparation gives {recipe.preparation.input}, but {network.name!r} reads {network.input}; "
            "change the preparation's padding or the network's input"
        )
    if recipe.size is not None and recipe.size > len(data.train_labels):
        raise LenetError(
            f"the recipe's size asks for {recipe.size:,} training digits, but {data.name} has "
            f"{len(data.train_labels):,}; give a smaller size, or leave it out to train on them all"
        )
    if len(data.classes) > network.classes:
        raise LenetError(
            f"{data.name} has {len(data.classes)} classes, but {network.name!r} tells {network.classes} apart; "
            "write a network with as many outputs as there are classes"
        )
    check_loss(recipe.loss, network)
    if isinstance(recipe.optimiser, DiagonalLM):
        check_curvature(network)


def row_of(what: What) -> Entry:
    """Return the network that is meant, with its recipe.

    Raises:
        LenetError: there is none of that name, or its file can't be read.
    """
    if isinstance(what, Network):
        return Entry(what, Recipe(), "a network of the user's own")
    if isinstance(what, Entry):
        return what
    if isinstance(what, str) and not what.lower().endswith(".toml"):
        return entry(what)
    return written.read(what)


def _fitting(network: Network, data: Dataset) -> Preparation:
    """Return a preparation that pads the pictures of ``data`` to what ``network`` reads."""
    return Preparation(data.shape, padding=max(0, (network.input[1] - data.shape[1]) // 2))
