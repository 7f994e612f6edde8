"""The layers that normalise a pixel by its neighbours."""

from __future__ import annotations

from dataclasses import dataclass

from .layer import Layer, Shape, require, whole


@dataclass(frozen=True)
class LocalResponseNorm(Layer):
    """y = x / (k + alpha * sum of x^2 over ``size`` neighbouring maps at the same place) ^ beta.

    As Krizhevsky, Sutskever and Hinton (2012, section 3.3) write it; PyTorch divides alpha by ``size``. The sum over
    map i runs from i - size // 2 to i + (size - 1) // 2, as far as there are maps.

    Attributes:
        size: maps in the sum.
        alpha: weight of the sum.
        beta: exponent.
        k: what is added to the sum; above 0.
    """

    size: int = 5
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 2.0

    def __post_init__(self) -> None:
        """Check the constants."""
        super().__post_init__()
        whole("LocalResponseNorm's size", self.size, 1)
        require(
            self.k > 0 and self.alpha >= 0 and self.beta >= 0,
            "LocalResponseNorm needs k above 0, alpha and beta not below 0",
        )

    def multiply_adds(self, shape: Shape) -> int:
        """Return one square a pixel and map in the sum."""
        maps, rows, columns = shape
        return maps * rows * columns * min(self.size, maps)


@dataclass(frozen=True)
class LocalContrastNorm(Layer):
    """Subtracts a local mean and divides by a local deviation (Jarrett et al., 2009, section 2).

    With weights w, a Gaussian over ``size`` x ``size`` pixels and equal over all maps, that sum to 1:
    v = x - sum w x; s = sqrt(sum w v^2); y = v / max(mean of s over the places of the image, s, ``floor``).
    Both sums run over all maps and the pixels inside the image, where w is scaled to sum to 1, so that an even
    image becomes 0 up to its edge.

    Attributes:
        size: rows and columns of the window; odd.
        deviation: of the Gaussian, pixels; None: size / 4.
        floor: the least divisor.
    """

    size: int = 9
    deviation: float | None = None
    floor: float = 1e-4

    def __post_init__(self) -> None:
        """Check the window."""
        super().__post_init__()
        whole("LocalContrastNorm's size", self.size, 1)
        require(self.size % 2 == 1, f"LocalContrastNorm's size must be odd, but is {self.size}")
        require(self.floor > 0, f"LocalContrastNorm's floor must be above 0, but is {self.floor}")
        require(self.sigma > 0, f"LocalContrastNorm's deviation must be above 0, but is {self.deviation}")

    @property
    def sigma(self) -> float:
        """Deviation of the Gaussian, pixels."""
        return self.size / 4 if self.deviation is None else self.deviation

    def multiply_adds(self, shape: Shape) -> int:
        """Return two windowed sums: each over the maps once, then over the window's rows and columns."""
        maps, rows, columns = shape
        return 2 * rows * columns * (maps + 2 * self.size)
