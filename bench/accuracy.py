"""How exact the native engine's activations are, in units in the last place of float32."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from lenet.network import AMPLITUDE, SLOPE, Activation

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

EXACT: dict[Activation, Callable[[Doubles], Doubles]] = {
    Activation.TANH: np.tanh,
    Activation.SCALED_TANH: lambda x: AMPLITUDE * np.tanh(SLOPE * x),
    Activation.SIGMOID: lambda x: 1 / (1 + np.exp(-x)),
}


def every(low: float = 2.0**-24, high: float = 32.0, stride: int = 1) -> Iterator[Floats]:
    """Yield every ``stride``-th float32 from ``low`` to ``high``, and the same below zero, a million at a time."""
    first, last = (int(np.float32(value).view(np.int32)) for value in (low, high))
    for start in range(first, last, stride << 20):
        bits = np.arange(start, min(start + (stride << 20), last), stride, dtype=np.int32)
        yield bits.view(np.float32)
        yield -bits.view(np.float32)


def largest_error(
    approximate: Callable[[Floats], Floats], exact: Callable[[Doubles], Doubles], stride: int = 1
) -> tuple[float, float]:
    """Return the largest error of ``approximate`` in units in the last place of the exact result, and where it is.

    The function in double precision stands for the exact one.
    """
    worst, place = 0.0, 0.0
    for x in every(stride=stride):
        right = exact(x.astype(np.float64))
        unit = np.spacing(np.abs(right.astype(np.float32))).astype(np.float64)
        errors = np.abs(approximate(x).astype(np.float64) - right) / unit
        at = int(errors.argmax())
        if not errors[at] <= worst:
            worst, place = float(errors[at]), float(x[at])
        if np.isnan(worst):
            break
    return worst, place


def native(activation: Activation) -> Callable[[Floats], Floats]:
    """Return the native engine's activation of an array."""
    from lenet import _native
    from lenet.engine.description import ACTIVATIONS

    def run(x: Floats) -> Floats:
        y = np.empty_like(x)
        _native.activate(ACTIVATIONS.index(activation), x, y)
        return y

    return run


def report(stride: int = 1) -> dict[str, dict[str, float]]:
    """Return the largest error of each of the native engine's activations, and where it is."""
    found = {name: largest_error(native(name), exact, stride) for name, exact in EXACT.items()}
    return {name.value: {"units in the last place": worst, "at": place} for name, (worst, place) in found.items()}
