"""Which module computes which layer."""

from __future__ import annotations

from ... import network
from ...network import Step
from .layer import Layer
from .normalisation import LocalContrastNorm, LocalResponseNorm
from .pooling import DeformablePool, L2Pool, MaxPool, MeanPool, StochasticPool, Subsample
from .rbf import RBF
from .weighing import Conv, Dense, Flatten

MODULES: dict[type[network.Layer], type[Layer]] = {
    network.Conv: Conv,
    network.Subsample: Subsample,
    network.MeanPool: MeanPool,
    network.MaxPool: MaxPool,
    network.L2Pool: L2Pool,
    network.StochasticPool: StochasticPool,
    network.DeformablePool: DeformablePool,
    network.LocalResponseNorm: LocalResponseNorm,
    network.LocalContrastNorm: LocalContrastNorm,
    network.Flatten: Flatten,
    network.Dense: Dense,
    network.RBF: RBF,
}


def of(step: Step) -> Layer:
    """Return the module of a layer at its place in a network, its parameters all 0."""
    return MODULES[type(step.layer)](step)
