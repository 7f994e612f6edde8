"""The functions that end a layer, y = f(a)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ...network import AMPLITUDE, SLOPE, Activation


def scaled_tanh(a: Tensor) -> Tensor:
    """Return A tanh(S a), appendix A of the paper."""
    return AMPLITUDE * torch.tanh(SLOPE * a)


def identity(a: Tensor) -> Tensor:
    """Return a."""
    return a


FUNCTIONS: dict[Activation, Callable[[Tensor], Tensor]] = {
    Activation.NONE: identity,
    Activation.SCALED_TANH: scaled_tanh,
    Activation.TANH: torch.tanh,
    Activation.SIGMOID: torch.sigmoid,
    Activation.RELU: torch.relu,
}
