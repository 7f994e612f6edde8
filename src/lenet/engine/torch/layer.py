"""What every layer is as a module: its arrays under the description's names, its sums, then its activation.

Letters of the shapes: N images, I input maps, O output maps, R rows and C columns of an output. Between layers go
(N, maps, rows, columns), or a row of units, (N, units).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ...network import Activation, Step
from .activation import FUNCTIONS


class Layer(nn.Module):
    """A layer of a network, at its place.

    Attributes:
        step: the layer's description, with what goes in and comes out.
    """

    def __init__(self, step: Step, *arguments: Any, **settings: Any) -> None:
        """Make its parameters, all 0; the arguments are those of the module of PyTorch that it is, too."""
        super().__init__(*arguments, **settings)
        self.step = step
        self._activate = FUNCTIONS[step.layer.activation]
        for name, shape in step.layer.parameter_shapes(step.input).items():
            setattr(self, name, nn.Parameter(torch.zeros(shape)))

    def sums(self, x: Tensor) -> Tensor:
        """Return what the layer makes of ``x`` before its activation."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Return what the layer makes of ``x``."""
        return self._activate(self.sums(x))

    def extra_repr(self) -> str:
        """Return the layer's settings, as PyTorch prints them in brackets, and its shapes."""
        told = [text for text in (self.settings(), self._activation()) if text]
        shapes = " -> ".join(" x ".join(map(str, _short(shape))) for shape in (self.step.input, self.step.output))
        return f"{', '.join((*told, shapes))}"

    def settings(self) -> str:
        """Return what sets this layer apart from others of its kind."""
        return ""

    def _activation(self) -> str:
        kind = self.step.layer.activation
        return "" if kind is Activation.NONE else kind.value


def maps(x: Tensor) -> Tensor:
    """Return (N, maps, rows, columns), also of a row of units (N, units)."""
    return x if x.dim() == 4 else x[:, :, None, None]


def _short(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape[:1] if shape[1:] == (1, 1) else shape
