"""The engines by name, and what the rest of the package asks of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..engine.state import State
from ..errors import unknown
from ..network import Network
from ..preparation import Preparation

if TYPE_CHECKING:
    from ..recipe import Recipe

NAMES = ("native", "reference")


class Engine(Protocol):
    """What computes; ``flat`` is float32 (size,) as ``Layout`` lays it out, images are uint8 or float32 in [0, 1]."""

    def scores(self, flat: NDArray[np.float32], images: NDArray[Any]) -> NDArray[Any]:
        """Return the last layer's outputs, (N, classes)."""
        ...

    def features(self, flat: NDArray[np.float32], images: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Return the prepared input and every layer's output by name, (N, maps, rows, columns)."""
        ...

    def train(
        self,
        state: State,
        images: NDArray[np.uint8],
        labels: NDArray[Any],
        order: NDArray[np.int64],
        recipe: Recipe,
        *,
        pass_: int,
        rates: NDArray[np.float32],
    ) -> tuple[float, int]:
        """Make one update a batch of ``order``; return the sum of losses and the number read wrong."""
        ...

    def distorted(self, images: NDArray[np.uint8], patterns: NDArray[np.int64], recipe: Recipe) -> NDArray[np.float32]:
        """Return the pictures of patterns as training sees them before padding, (n, C, H, W) from 0 to 1."""
        ...

    def curvature(
        self,
        flat: NDArray[np.float32],
        images: NDArray[np.uint8],
        labels: NDArray[Any],
        order: NDArray[np.int64],
        recipe: Recipe,
        *,
        pass_: int,
    ) -> NDArray[Any]:
        """Return the estimate of each weight's second derivative (size,), the mean over the patterns ``order``."""
        ...


def build(name: str, network: Network, preparation: Preparation, threads: int | None = None) -> Engine:
    """Return the engine of that name; ``threads`` (None: one a core) are the native engine's.

    Raises:
        LenetError: there is no such engine, or it can't be built.
    """
    if name == "native":
        from ..engine.native import NativeEngine  # loads the compiled module

        native: Engine = NativeEngine(network, preparation, threads=threads)
        return native
    if name == "reference":
        from ..engine.reference import ReferenceEngine

        reference: Engine = ReferenceEngine(network, preparation, dtype=np.float32)
        return reference
    raise unknown("engine", name, NAMES)


def facts(engine: Engine) -> dict[str, str | int]:
    """Return which engine it is; of the native one, threads and instruction set too."""
    known = {name: getattr(engine, name) for name in ("threads", "isa") if hasattr(engine, name)}
    return {"engine": "native" if known else "reference", **known}
