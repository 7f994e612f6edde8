"""Which layers of a network compute something, as an exporter sees it."""

from __future__ import annotations

from ..network import Activation, Dense, Flatten, Network, Step


def computing(network: Network) -> tuple[Step, ...]:
    """Return the layers but for each Flatten that only renames what the Dense layer after it reads.

    Such a Dense layer's weights (units, maps x rows x columns) read the maps as they lie, map by map and row by row.
    """
    after = (*network.steps[1:], None)
    return tuple(step for step, next in zip(network.steps, after, strict=True) if not _renames(step, next))


def _renames(step: Step, after: Step | None) -> bool:
    plain = isinstance(step.layer, Flatten) and step.layer.activation is Activation.NONE
    return plain and after is not None and isinstance(after.layer, Dense)
