"""Kernels joined by ``torch.compile`` where that pays: on CUDA, where each of many small kernels costs its launch."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TypeVar

import torch

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function, device: torch.device) -> Function:
    """Return what does the same as ``function``, compiled for the device; or as it is, where compiling doesn't pay.

    Where it can't be compiled, for want of a compiler on the machine, a warning tells so and it runs as it is.
    """
    if device.type != "cuda":
        return function
    quick: Callable[..., object] | None = torch.compile(function, dynamic=False)

    def run(*arguments: object) -> object:
        nonlocal quick
        if quick is not None:
            try:
                return quick(*arguments)
            except Exception as error:
                if isinstance(error, torch.OutOfMemoryError):
                    raise
                quick = None
                told = str(error).strip().partition("\n")[0]
                warnings.warn(f"torch.compile doesn't work here, so that training is slower ({told})", stacklevel=2)
        return function(*arguments)

    return run  # type: ignore[return-value]
