"""The same network over a whole line: a space-displacement network (the paper's section VII)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod

from .activation import Activation
from .layer import Layer, require
from .layers import RBF, Conv, Dense, Flatten
from .network import Network, window_of
from .normalisation import LocalContrastNorm


def wide(network: Network, columns: int) -> Network:
    """Return ``network`` as it reads an input of ``columns`` columns, at every place at once.

    What lies under two windows is computed once: the convolutions run over the whole line, and the layers that have
    one position in a window become convolutions too. The parameters are the same numbers in the same order: a Dense
    layer's row of weights, (maps x rows x columns), is a kernel of (maps, rows, columns).

    An RBF output, which is no convolution, is left out, with its parameters at the end of the row where it learned
    its codes: what comes out is its input, for LeNet-5 84 numbers at each place.

    Returns:
        A network that ends in a Flatten. The layer before has (units, 1, places) outputs: the first place is the window
        that begins at column 0, and each further one begins ``stride(network)`` columns later.

    Raises:
        LenetError: the line is narrower than a window; or a layer sees more than its window (an edge, by padding or
            local contrast normalisation; a whole row of units), so that a line's answers aren't those of its windows.
    """
    maps, rows, window = network.input
    require(columns >= window, f"a line must be at least as wide as a window, {window} columns, but has {columns}")
    *layers, last = _widened(network)
    # The last layer's activation goes to the Flatten: it's the same there.
    end = (replace(last, activation=Activation.NONE), Flatten(activation=last.activation))
    return Network(f"{network.name}-{columns}", (maps, rows, columns), (*layers, *end))


def stride(network: Network) -> int:
    """Return how many columns lie between two answers along a line: 4 for LeNet-5, which pools by 2 twice."""
    return prod(window_of(layer)[1] for layer in network.layers)


def _widened(network: Network) -> Iterator[Layer]:
    kernel = 1  # rows and columns of the maps that were flattened, and of the kernels that read them
    for step in network.steps:
        layer, (_, rows, columns) = step.layer, step.input
        edges = (isinstance(layer, Conv) and layer.padding > 0) or isinstance(layer, LocalContrastNorm)
        right = not edges and (kernel == 1 or isinstance(layer, Dense))
        if isinstance(layer, Flatten):
            right = rows == columns and layer.activation is Activation.NONE
            kernel = max(kernel, rows)
        elif isinstance(layer, Dense):
            yield Conv(layer.units, kernel=kernel, bias=layer.bias, activation=layer.activation, name=layer.name)
            kernel = 1
        elif not isinstance(layer, RBF):
            yield layer
        require(
            right, f"network {network.name!r} can't slide along a line: its layer {step.name} sees more than a window"
        )
    require(kernel == 1, f"network {network.name!r} can't slide along a line: it ends in a Flatten")
