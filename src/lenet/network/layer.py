"""What every layer of a network knows of itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from ..errors import LenetError
from .activation import Activation

Shape = tuple[int, int, int]  # maps, rows, columns; a row of units is (units, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A layer, apart from its weights.

    Attributes:
        activation: what the layer does to its sums.
        name: its name in the network, such as ``C3``; by default the network gives it one.
    """

    activation: Activation = Activation.NONE
    name: str = ""

    def __post_init__(self) -> None:
        """Take the activation by name too."""
        object.__setattr__(self, "activation", Activation.of(self.activation))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the (maps, rows, columns) that come out where ``shape`` goes in; raise ``LenetError`` if it can't."""
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        """Return the shape of each array of trainable parameters, by its name in the layer, for an input ``shape``."""
        return {}

    def parameters(self, shape: Shape) -> int:
        """Return the number of trainable parameters for an input ``shape``."""
        return sum(prod(dimensions) for dimensions in self.parameter_shapes(shape).values())

    def connections(self, shape: Shape) -> int:
        """Return the number of connections as the paper counts them: one for each input and bias of each output."""
        return 0

    def multiply_adds(self, shape: Shape) -> int:
        """Return the multiply-adds of one forward pass over an input ``shape``, biases and activations left out."""
        return 0

    def fans(self, shape: Shape) -> tuple[int, int]:
        """Return the fan-in and fan-out of a unit, biases left out, for the weights to start from."""
        return 0, 0


def require(right: bool, message: str) -> None:
    """Raise a ``LenetError`` with ``message`` unless ``right``."""
    if not right:
        raise LenetError(message)


def whole(name: str, value: object, least: int) -> None:
    """Raise a ``LenetError`` unless ``value`` is a whole number of ``least`` or more."""
    right = isinstance(value, int) and not isinstance(value, bool) and value >= least
    require(right, f"{name} must be a whole number of {least} or more, but is {value!r}")


def positions(size: int, window: int, stride: int, what: str) -> int:
    """Return how many windows of ``window`` pixels, ``stride`` apart, fit into ``size`` pixels."""
    require(window <= size, f"{what} of {window} doesn't fit into {size} pixels; make it smaller or the input larger")
    return (size - window) // stride + 1
