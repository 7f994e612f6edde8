"""The same network for other classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..errors import LenetError
from .layer import Layer
from .layers import RBF, Conv, Dense
from .network import Network
from .rbf import bitmaps

DIGITS, CAPITALS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def for_classes(network: Network, names: Sequence[str]) -> Network:
    """Return ``network`` with an output for each class, and itself where it has as many already.

    The last layer with weights changes: the units of a ``Dense``, the maps of a ``Conv``, the codes of an ``RBF``.
    Classes that are each called by one printable character get the bitmaps of those; others get those of the digits,
    then of the capitals, then of the other characters. Of codes that are rows of numbers, the first are taken.

    Args:
        network: any.
        names: what each class is called; one or more.

    Raises:
        LenetError: there are more classes than codes, or no layer that could be changed.
    """
    count, changed = len(names), network
    if count == network.classes:
        return network
    weighted = [at for at, layer in enumerate(network.layers) if isinstance(layer, (Conv, Dense, RBF))]
    if weighted:
        last = weighted[-1]
        layers = (*network.layers[:last], _for(network.layers[last], names), *network.layers[last + 1 :])
        changed = replace(network, layers=layers)
    if changed.classes != count:
        raise LenetError(
            f"network {network.name!r} can't be changed from {network.classes} to {count} classes; write one that "
            "ends in Dense, RBF or Conv"
        )
    return changed


def _for(layer: Layer, names: Sequence[str]) -> Layer:
    count = len(names)
    if isinstance(layer, Dense):
        return replace(layer, units=count)
    if isinstance(layer, Conv):
        return replace(layer, maps=count, table=None)
    assert isinstance(layer, RBF)
    if not isinstance(layer.codes, str):
        known = len(layer.codes)
        if count > known:
            raise LenetError(f"there are {count} classes, but the RBF layer {layer.name!r} has {known} codes; add some")
        return replace(layer, codes=layer.codes[:count])
    return replace(layer, codes=_characters(names))


def _characters(names: Sequence[str]) -> str:
    """Return a character for each class, all different."""
    if all(name in bitmaps() for name in names) and len(set(names)) == len(names):
        return "".join(names)
    known = DIGITS + CAPITALS + "".join(sorted(set(bitmaps()) - set(DIGITS + CAPITALS)))
    if len(names) > len(known):
        raise LenetError(
            f"there are {len(names)} classes, but {len(known)} characters for an RBF layer's codes; take a network "
            "that ends in Dense, such as relu-valid"
        )
    return known[: len(names)]
