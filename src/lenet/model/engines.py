"""The engines by name, and what the rest of the package asks of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..engine.state import State
from ..errors import LenetError, unknown
from ..extras import require
from ..network import Network
from ..preparation import Preparation

if TYPE_CHECKING:
    from ..recipe import Recipe

NATIVE, REFERENCE, TORCH = NAMES = ("native", "reference", "torch")


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
    """Return the engine of that name; ``threads`` (None: one a core) are the native engine's, and PyTorch's on a CPU.

    Args:
        name: ``native``, ``reference`` or ``torch``; the last with the device to compute on, as ``torch:cpu``, or
            without, on the best there is.
        network: what to run.
        preparation: how pixels become its input.
        threads: to compute with.

    Raises:
        LenetError: there is no such engine, or it can't be built.
    """
    kind, _, device = name.partition(":")
    if name == "native":
        from ..engine.native import NativeEngine  # loads the compiled module

        native: Engine = NativeEngine(network, preparation, threads=threads)
        return native
    if name == "reference":
        from ..engine.reference import ReferenceEngine

        reference: Engine = ReferenceEngine(network, preparation, dtype=np.float32)
        return reference
    if kind == TORCH:
        require("torch", "torch", "the engine on PyTorch")
        from ..engine.torch.engine import TorchEngine

        return TorchEngine(network, preparation, device=device or None, threads=threads)
    raise unknown("engine", name, NAMES)


def named(engine: str | None, device: str | None) -> str:
    """Return an engine's name with the device that it computes on, as ``build`` takes it.

    Args:
        engine: of ``NAMES``; None: ``native``, or ``torch`` where there is a device.
        device: ``cuda``, ``mps`` or ``cpu``, of the engine ``torch``; None: the first that is there.

    Raises:
        LenetError: there is no such engine or device, or the engine has no devices.
    """
    engine = engine or (TORCH if device else NATIVE)
    kind = engine.partition(":")[0]
    if kind not in NAMES:
        raise unknown("engine", engine, NAMES)
    if kind != TORCH:
        if device is not None:
            raise LenetError(f"the {engine} engine computes on the processor; a device needs the engine torch")
        return engine
    require("torch", "torch", "the engine on PyTorch")
    from ..engine.torch import devices

    return f"{TORCH}:{devices.choose(device or engine.partition(':')[2] or None).type}"


def resumed(begun: str, engine: str | None, device: str | None) -> str:
    """Return the engine that a run goes on with: the one that it began with, on another device if one is given.

    Args:
        begun: what it began with, as ``named`` gives it.
        engine: what is asked for; None: nothing.
        device: likewise.

    Raises:
        LenetError: another engine is asked for, or the device isn't there.
    """
    kind, _, place = begun.partition(":")
    if engine is not None and engine.partition(":")[0] != kind:
        raise LenetError(f"the run began with the {kind} engine and goes on with it; leave out {engine}")
    return named(kind, device or (engine or "").partition(":")[2] or place or None)


def facts(engine: Engine) -> dict[str, str | int]:
    """Return which engine it is, and what it says of itself: threads, instruction set, device."""
    told = ("threads", "isa", "device", "accelerator", "torch")
    known = {name: getattr(engine, name) for name in told if hasattr(engine, name)}
    return {"engine": getattr(engine, "name", REFERENCE), **known}
