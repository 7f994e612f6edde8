"""The share of disturbed digits that models read right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import LenetError
from ...model import Ensemble, Model
from .axes import AXES, Axis
from .disturbing import Size


@dataclass(frozen=True)
class Measured:
    """What a model made of disturbed digits.

    Attributes:
        name: of the model.
        canvas: rows and columns of the frame that the digits were disturbed in: the network's input.
        count: digits.
        accuracy: for each axis the share read right at each of its levels.
        kept: for each axis the share of the ink within the frame at each of its levels.
    """

    name: str
    canvas: Size
    count: int
    accuracy: Mapping[str, tuple[float, ...]]
    kept: Mapping[str, tuple[float, ...]]


def measure(
    models: Mapping[str, Model | Ensemble],
    images: NDArray[np.uint8],
    labels: NDArray[Any],
    *,
    axes: Sequence[Axis] = AXES,
    progress: Callable[[int, int, str], None] | None = None,
) -> list[Measured]:
    """Measure models on digits that are disturbed in one way after the other.

    Digits are disturbed about the middle of their picture, in a frame as large as the network's input: a network that
    pads 28x28 pixels to 32x32 is shown what fits into 32x32. What leaves the frame is lost; ``kept`` tells how much.

    Args:
        models: by the names to give them.
        images: uint8 (N, H, W) or (N, 1, H, W), as the models read them.
        labels: the class of each, (N,).
        axes: the disturbances.
        progress: called with the steps that are done, all steps, and the name of the disturbance.

    Raises:
        LenetError: a model doesn't read these pictures, or there are none.
    """
    for name, model in models.items():
        if model.preparation.shape[0] != 1:
            raise LenetError(f"{name} reads pictures of {model.preparation.shape[0]} channels; only grey are disturbed")
        model.evaluate(images[:1], labels[:1])  # tells what doesn't fit before the work begins
    pictures = images.reshape(len(images), *images.shape[-2:])
    canvases = {name: model.network.input[1:] for name, model in models.items()}
    readers = {name: framed(model) for name, model in models.items()}
    right: dict[str, dict[str, list[float]]] = {name: {axis.name: [] for axis in axes} for name in models}
    inside: dict[Size, dict[str, tuple[float, ...]]] = {}
    steps = [
        (canvas, axis, level) for canvas in sorted(set(canvases.values())) for axis in axes for level in axis.levels
    ]
    for done, (canvas, axis, level) in enumerate(steps):
        if progress is not None:
            progress(done, len(steps), axis.name)
        disturbed = axis.disturb(pictures, level, canvas)
        for name, reader in readers.items():
            if canvases[name] == canvas:
                right[name][axis.name].append(reader.evaluate(disturbed, labels).accuracy)
    for canvas in set(canvases.values()):
        inside[canvas] = {a.name: tuple(a.kept(pictures, level, canvas) for level in a.levels) for a in axes}
    return [
        Measured(name, canvas, len(pictures), {a: tuple(each) for a, each in right[name].items()}, inside[canvas])
        for name, canvas in canvases.items()
    ]


def framed(model: Model | Ensemble) -> Model | Ensemble:
    """Return the same model, which reads pictures of its network's whole input, the border that it adds included."""
    if isinstance(model, Ensemble):
        return Ensemble([_framed(member) for member in model.members], sure=model.sure)
    return _framed(model)


def _framed(model: Model) -> Model:
    whole = replace(model.preparation, shape=model.network.input, padding=0)
    return Model(
        model.network, whole, model.flat, classes=model.classes, recipe=model.recipe,
        threads=model.threads, engine=model.engine,
    )  # fmt: skip
