"""A network as the native engine is told of it; the numbers are those of the enums in native/plan.h."""

from __future__ import annotations

from typing import Any

from ..network import (
    RBF,
    Activation,
    Conv,
    DeformablePool,
    Dense,
    Flatten,
    L2Pool,
    Layer,
    LocalContrastNorm,
    LocalResponseNorm,
    MaxPool,
    MeanPool,
    Network,
    Pool,
    Step,
    StochasticPool,
    Subsample,
)
from ..recipe import SGD, Adam, Distortion, LossKind, Optimiser
from .layout import Layout

KINDS: tuple[type[Layer], ...] = (
    Conv,
    Subsample,
    MeanPool,
    MaxPool,
    L2Pool,
    StochasticPool,
    DeformablePool,
    LocalResponseNorm,
    LocalContrastNorm,
    Flatten,
    Dense,
    RBF,
)
ACTIVATIONS = tuple(Activation)
LOSSES = tuple(LossKind)


def describe(network: Network) -> list[dict[str, Any]]:
    """Return each layer that computes, in the native engine's terms."""
    layout, made = Layout(network), computed(network)
    return [_layer(position, step, layout) for position, step in enumerate(network.steps) if step.name in made]


def computed(network: Network) -> set[str]:
    """Return the names of the layers that compute something, of the first, which the picture goes into, and the last.

    A flattening without an activation computes nothing: its output is its input, map by map, row by row.
    """
    ends = (0, len(network.steps) - 1)
    return {step.name for place, step in enumerate(network.steps) if place in ends or not _renames(step)}


def _renames(step: Step) -> bool:
    return isinstance(step.layer, Flatten) and step.layer.activation is Activation.NONE


def _layer(position: int, step: Step, layout: Layout) -> dict[str, Any]:
    layer, maps = step.layer, step.input[0]
    places = {name.rpartition(".")[2]: place.start for name, place in layout.slices.items() if _of(name, step)}
    weight = next((places[name] for name in ("weight", "coefficient", "penalty") if name in places), 0)
    constants = [0.0, 0.0, 0.0]
    if isinstance(layer, LocalResponseNorm):
        constants = [layer.alpha, layer.beta, layer.k]
    elif isinstance(layer, LocalContrastNorm):
        constants = [layer.sigma, layer.floor, 0.0]
    return {
        "kind": KINDS.index(type(layer)),
        "activation": ACTIVATIONS.index(layer.activation),
        "input": step.input,
        "output": step.output,
        "window": layer.kernel if isinstance(layer, Conv) else getattr(layer, "size", 1),
        "stride": layer.stride if isinstance(layer, Conv) else layer.step if isinstance(layer, Pool) else 1,
        "padding": layer.padding if isinstance(layer, Conv) else 0,
        "copies": layer.copies if isinstance(layer, Subsample) else 1,
        "bias": "bias" in places,
        "learned": isinstance(layer, RBF) and layer.learned,
        "weight": weight,
        "offset": places.get("bias", 0),
        "position": position,
        "constants": constants,
        "codes": [w for row in layer.targets() for w in row] if isinstance(layer, RBF) else [],
        "reads": [list(row) for row in layer.reads(maps)] if isinstance(layer, Conv) else [],
    }


def _of(name: str, step: Step) -> bool:
    return name.rpartition(".")[0] == step.name


def optimiser(settings: Optimiser) -> dict[str, Any]:
    """Return an optimiser's settings in the native engine's terms: DiagonalLM is plain descent with factors."""
    adam = settings if isinstance(settings, Adam) else Adam()
    sgd = settings if isinstance(settings, SGD) else SGD()
    return {
        "adam": adam is settings,
        "nesterov": sgd.nesterov,
        "momentum": sgd.momentum,
        "decay": adam.decay if adam is settings else sgd.decay,
        "beta1": adam.beta1,
        "beta2": adam.beta2,
        "epsilon": adam.epsilon,
    }


def distortion(settings: Distortion | None) -> list[float] | None:
    """Return a distortion's ranges in the native engine's order."""
    if settings is None:
        return None
    d = settings
    affine = [d.shift, d.scale, d.squeeze, d.shear, d.rotation]
    return [*affine, d.elastic, d.smoothness, d.noise, d.share, d.copies]
