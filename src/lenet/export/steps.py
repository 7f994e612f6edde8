"""Layers as an exporter sees them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..engine.reference.pooling import offsets
from ..errors import LenetError
from ..model import Ensemble, Model
from ..network import Activation, DeformablePool, Dense, Flatten, Network, Step


def computing(network: Network) -> tuple[Step, ...]:
    """Return the layers but for each Flatten that only renames what the Dense layer after it reads.

    Such a Dense layer's weights (units, maps x rows x columns) read the maps as they lie, map by map and row by row.
    """
    after = (*network.steps[1:], None)
    return tuple(step for step, next in zip(network.steps, after, strict=True) if not _renames(step, next))


def single(model: Model | Ensemble) -> Model:
    """Return a model; raise a ``LenetError`` where it is an ensemble."""
    if isinstance(model, Ensemble):
        raise LenetError(
            f"C code and whole numbers are for one network, but {model.name} is an ensemble of {len(model.members)}; "
            "give one model"
        )
    return model


def costs(layer: DeformablePool, penalty: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return what each place of a window costs: ``penalty`` (maps, 4) -> (maps, size, size)."""
    each: NDArray[np.float64] = penalty.astype(np.float64) @ offsets(layer.size).T
    return each.reshape(-1, layer.size, layer.size)


def _renames(step: Step, after: Step | None) -> bool:
    plain = isinstance(step.layer, Flatten) and step.layer.activation is Activation.NONE
    return plain and after is not None and isinstance(after.layer, Dense)
