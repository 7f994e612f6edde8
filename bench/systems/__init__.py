"""The systems, a file each, all with the same small interface (``base.System``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module

from lenet.errors import LenetError, unknown

from ..problem import Problem
from .base import System

# By the name that --systems takes: the module, the class, and what to install.
SYSTEMS = {
    "lenet": ("ours", "Ours", "."),
    "torch": ("pytorch", "PyTorch", "torch"),
    "torch-channels-last": ("pytorch", "ChannelsLast", "torch"),
    "torch-compiled": ("pytorch", "Compiled", "torch"),
    "jax": ("jax", "Jax", "jax"),
    "onnxruntime": ("onnxruntime", "OnnxRuntime", "onnx onnxruntime"),
    "openvino": ("openvino", "OpenVino", "onnx openvino"),
}


def system(name: str) -> type[System]:
    """Return the system of that name; raise ``LenetError`` for an unknown one or one that isn't installed."""
    if name not in SYSTEMS:
        raise unknown("system", name, SYSTEMS)
    module, kind, install = SYSTEMS[name]
    try:
        found: type[System] = getattr(import_module(f"{__name__}.{module}"), kind)
    except ImportError as error:
        raise LenetError(f"not installed ({error}); pip install {install}") from None
    return found


def prepared(names: Iterable[str], problem: Problem, skipped: dict[str, str]) -> Iterator[System]:
    """Yield each system set up for a problem; note in ``skipped`` why one can't be."""
    for name in names:
        try:
            ready = system(name)(problem)
        except LenetError as error:  # noqa: PERF203 - building a system takes far longer
            skipped[name] = str(error)
        else:
            yield ready
