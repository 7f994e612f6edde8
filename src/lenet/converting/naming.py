"""Which network is meant."""

from __future__ import annotations

from dataclasses import replace

from ..model import Model
from ..network import Network
from ..preparation import Preparation
from ..recipe import Recipe
from ..training.settings import What, row_of
from ..zoo import ZOO, Entry

Described = What | Model  # a name of the zoo, the path of a TOML file, a network, a row of the zoo, or a model


def described(what: Described) -> Entry:
    """Return the network that is meant with its recipe, whose preparation gives what the network reads.

    A network that is one of the zoo's has that one's recipe; another the defaults, and a preparation that fits it.

    Raises:
        LenetError: there is no such network, or its file can't be read or is wrong.
    """
    if isinstance(what, Model):
        recipe = what.recipe or Recipe()
        return Entry(what.network, replace(recipe, preparation=what.preparation), "a model")
    if not isinstance(what, Network):
        return row_of(what)
    known = next((row for row in ZOO.values() if row.network == what), None)
    return known or replace(row_of(what), recipe=Recipe(preparation=Preparation.fitting(what.input)))
