"""The layers that weigh their inputs: convolution, dense and Euclidean RBF; and flatten."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from .layer import Layer, Shape, positions, require, whole
from .rbf import bitmaps, code

Table = tuple[tuple[int, ...], ...]  # for each output map, the input maps that it reads, from 0, rising


@dataclass(frozen=True)
class Conv(Layer):
    """Convolution (cross-correlation) with square kernels.

    Weights: ``weight`` (maps, input maps, kernel, kernel), zero where the table doesn't connect; ``bias`` (maps,).

    Attributes:
        maps: output maps.
        kernel: rows and columns of a kernel, pixels.
        stride: pixels from one output to the next.
        padding: zeros put around the input, pixels.
        table: for each output map the input maps that it reads; None: all of them.
        bias: whether each output map adds a bias.
    """

    maps: int
    kernel: int = 5
    stride: int = 1
    padding: int = 0
    table: Table | None = None
    bias: bool = True

    def __post_init__(self) -> None:
        """Check what can be checked without an input."""
        super().__post_init__()
        for name, least in (("maps", 1), ("kernel", 1), ("stride", 1), ("padding", 0)):
            whole(f"Conv's {name}", getattr(self, name), least)
        if self.table is not None:
            object.__setattr__(self, "table", tuple(tuple(row) for row in self.table))
            self._check_table()

    def _check_table(self) -> None:
        assert self.table is not None
        require(len(self.table) == self.maps, f"Conv's table has {len(self.table)} rows for {self.maps} maps")
        for row in self.table:
            right = bool(row) and list(row) == sorted(set(row)) and all(type(i) is int and i >= 0 for i in row)
            require(right, f"a row of Conv's table must list input maps from 0, rising, at least one; one is {row!r}")

    def reads(self, input_maps: int) -> Table:
        """Return for each output map the input maps that it reads, out of ``input_maps``."""
        return self.table if self.table is not None else (tuple(range(input_maps)),) * self.maps

    def pairs(self, input_maps: int) -> int:
        """Return how many pairs of an input and an output map are connected."""
        return sum(len(row) for row in self.reads(input_maps))

    def output_shape(self, shape: Shape) -> Shape:
        """Return (maps, rows, columns) after the convolution."""
        maps, rows, columns = shape
        if self.table is not None:
            most = max(max(row) for row in self.table)
            require(most < maps, f"Conv's table names input map {most}, but the input has maps 0 to {maps - 1}")
        rows, columns = (
            positions(size + 2 * self.padding, self.kernel, self.stride, "a kernel") for size in (rows, columns)
        )
        return self.maps, rows, columns

    def parameter_shapes(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        """Return the shapes of ``weight`` (all pairs of maps, connected or not) and ``bias``."""
        shapes: dict[str, tuple[int, ...]] = {"weight": (self.maps, shape[0], self.kernel, self.kernel)}
        return {**shapes, "bias": (self.maps,)} if self.bias else shapes

    def parameters(self, shape: Shape) -> int:
        """Return the trainable parameters: those of the connected pairs, and the biases."""
        return self.pairs(shape[0]) * self.kernel**2 + self.maps * self.bias

    def connections(self, shape: Shape) -> int:
        """Return the connections: the parameters, once for each position."""
        _, rows, columns = self.output_shape(shape)
        return self.parameters(shape) * rows * columns

    def multiply_adds(self, shape: Shape) -> int:
        """Return the multiply-adds of the connected pairs."""
        _, rows, columns = self.output_shape(shape)
        return self.pairs(shape[0]) * self.kernel**2 * rows * columns

    def fans(self, shape: Shape) -> tuple[int, int]:
        """Return the fans of a map that reads as many maps as the average one does."""
        pairs, area = self.pairs(shape[0]), self.kernel**2
        return round(pairs / self.maps * area), round(pairs / shape[0] * area)


@dataclass(frozen=True)
class Flatten(Layer):
    """All maps as one row of units, map by map, row by row."""

    def output_shape(self, shape: Shape) -> Shape:
        """Return (maps x rows x columns, 1, 1)."""
        return prod(shape), 1, 1


@dataclass(frozen=True)
class Dense(Layer):
    """Each unit reads every input. Weights: ``weight`` (units, inputs) and ``bias`` (units,).

    Attributes:
        units: outputs.
        bias: whether each unit adds a bias.
    """

    units: int
    bias: bool = True

    def __post_init__(self) -> None:
        """Check what can be checked without an input."""
        super().__post_init__()
        whole("Dense's units", self.units, 1)

    def output_shape(self, shape: Shape) -> Shape:
        """Return (units, 1, 1)."""
        require(shape[1:] == (1, 1), f"Dense reads a row of units, but its input is {shape}; put a Flatten before it")
        return self.units, 1, 1

    def parameter_shapes(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        """Return the shapes of ``weight`` and ``bias``."""
        shapes: dict[str, tuple[int, ...]] = {"weight": (self.units, shape[0])}
        return {**shapes, "bias": (self.units,)} if self.bias else shapes

    def connections(self, shape: Shape) -> int:
        """Return one for each parameter."""
        return self.parameters(shape)

    def multiply_adds(self, shape: Shape) -> int:
        """Return units x inputs."""
        return self.units * shape[0]

    def fans(self, shape: Shape) -> tuple[int, int]:
        """Return inputs and units."""
        return shape[0], self.units


@dataclass(frozen=True)
class RBF(Layer):
    """Euclidean radial basis functions: y_i = sum_j (x_j - w_ij)^2, the smallest wins.

    Weights: none; or where the codes w are learned, ``weight`` (classes, inputs).

    Attributes:
        codes: a string, one printable ASCII character a class, whose 7x12 bitmaps are the codes (84 inputs);
            or a row of numbers for each class.
        learned: whether training moves the codes, from there on. The paper's are fixed, "at least initially"; by eq. 8
            alone learned ones would fall into one point, which the rubbish class of eq. 9 keeps them from.
    """

    codes: str | tuple[tuple[float, ...], ...] = "0123456789"
    learned: bool = False

    def __post_init__(self) -> None:
        """Check the codes."""
        super().__post_init__()
        if isinstance(self.codes, str):
            strange = [c for c in self.codes if c not in bitmaps()]
            require(not strange, f"RBF's codes must be printable ASCII characters; {strange[:1]} isn't")
        else:
            object.__setattr__(self, "codes", tuple(tuple(float(w) for w in row) for row in self.codes))
        lengths = {len(row) for row in self.targets()}
        require(len(self.codes) > 0 and len(lengths) == 1, "RBF's codes must be one row of equal length for each class")

    def targets(self) -> tuple[tuple[float, ...], ...]:
        """Return the codes w, a row for each class."""
        return tuple(code(c) for c in self.codes) if isinstance(self.codes, str) else self.codes

    def output_shape(self, shape: Shape) -> Shape:
        """Return (classes, 1, 1)."""
        inputs = len(self.targets()[0])
        require(shape == (inputs, 1, 1), f"RBF's codes have {inputs} numbers, but its input is {shape}")
        return len(self.codes), 1, 1

    def parameter_shapes(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        """Return the shape of ``weight`` where the codes are learned."""
        return {"weight": (len(self.codes), shape[0])} if self.learned else {}

    def connections(self, shape: Shape) -> int:
        """Return classes x inputs; fixed codes are no parameters, but connections."""
        return len(self.codes) * shape[0]

    def multiply_adds(self, shape: Shape) -> int:
        """Return classes x inputs."""
        return len(self.codes) * shape[0]
