"""The layers that shrink a map: the paper's trainable subsampling, and seven kinds of pooling."""

from __future__ import annotations

from dataclasses import dataclass

from .layer import Layer, Shape, positions, whole


@dataclass(frozen=True)
class Pool(Layer):
    """A window of ``size`` x ``size`` pixels becomes one; windows start ``stride`` pixels apart.

    Attributes:
        size: rows and columns of a window, pixels.
        stride: pixels from one window to the next; None: ``size``. Less than ``size``: overlapping pooling.
    """

    size: int = 2
    stride: int | None = None

    def __post_init__(self) -> None:
        """Check the window."""
        super().__post_init__()
        whole(f"{type(self).__name__}'s size", self.size, 1)
        if self.stride is not None:
            whole(f"{type(self).__name__}'s stride", self.stride, 1)

    @property
    def step(self) -> int:
        """Pixels from one window to the next."""
        return self.size if self.stride is None else self.stride

    def output_shape(self, shape: Shape) -> Shape:
        """Return (maps, rows, columns): the windows that lie wholly inside the map."""
        maps, rows, columns = shape
        rows, columns = (positions(size, self.size, self.step, "a window") for size in (rows, columns))
        return maps, rows, columns

    def connections(self, shape: Shape) -> int:
        """Return one for each pixel of each window."""
        maps, rows, columns = self.output_shape(shape)
        return maps * rows * columns * self.size**2


@dataclass(frozen=True)
class MeanPool(Pool):
    """The mean of each window."""


@dataclass(frozen=True)
class MaxPool(Pool):
    """The largest pixel of each window; the gradient goes to the first such, row by row."""


@dataclass(frozen=True)
class L2Pool(Pool):
    """The root of the sum of squares of each window; its gradient where all are 0 is 0."""


@dataclass(frozen=True)
class StochasticPool(Pool):
    """A pixel drawn with a chance in proportion to its value (Zeiler and Fergus, 2013); values below 0 count as 0.

    While training, the drawn pixel; otherwise the mean weighted by the chances, sum x^2 / sum x. A window without
    a positive pixel gives 0 and no gradient.
    """


@dataclass(frozen=True)
class DeformablePool(Pool):
    """The largest of pixel minus penalty for its place in the window (Ouyang and Wang, 2013; DeepID-Net, 2014).

    The penalty at an offset (u, v) = (row, column) from the window's centre is c0 u^2 + c1 v^2 + c2 u + c3 v, with
    four trainable c a map. Weights: ``penalty`` (maps, 4). At 0 it is a ``MaxPool``.
    """

    def parameter_shapes(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        """Return the shape of ``penalty``."""
        return {"penalty": (shape[0], 4)}


@dataclass(frozen=True)
class Subsample(Pool):
    """The paper's subsampling: the sum of each window, times a trainable coefficient, plus a trainable bias.

    Weights: ``coefficient`` (output maps,) and ``bias`` (output maps,).

    Attributes:
        copies: output maps for each input map, each with a coefficient and a bias (LeNet-4 has two).
    """

    copies: int = 1

    def __post_init__(self) -> None:
        """Check the window and the copies."""
        super().__post_init__()
        whole("Subsample's copies", self.copies, 1)

    def output_shape(self, shape: Shape) -> Shape:
        """Return (maps x copies, rows, columns)."""
        maps, rows, columns = super().output_shape(shape)
        return maps * self.copies, rows, columns

    def parameter_shapes(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        """Return the shapes of ``coefficient`` and ``bias``."""
        return {"coefficient": (shape[0] * self.copies,), "bias": (shape[0] * self.copies,)}

    def connections(self, shape: Shape) -> int:
        """Return one for each pixel of each window and one for its bias."""
        maps, rows, columns = self.output_shape(shape)
        return maps * rows * columns * (self.size**2 + 1)

    def multiply_adds(self, shape: Shape) -> int:
        """Return one for each output: the coefficient's."""
        maps, rows, columns = self.output_shape(shape)
        return maps * rows * columns

    def fans(self, shape: Shape) -> tuple[int, int]:
        """Return the window's pixels, and the copies."""
        return self.size**2, self.copies
