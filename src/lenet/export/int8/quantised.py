"""What a network in whole numbers is: the exact arithmetic that the C code and its emulation in NumPy both follow.

A layer sums whole numbers: sum = bias + sum of weight x (q - zero), in 32 bits. ``Finish`` turns a sum into the layer's
output: a multiplication by a fixed-point number, rounded once; for tanh and sigmoid a look-up; a range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from ...network import Network, Step
from ...preparation import Preparation
from ...recipe import Loss

Whole = NDArray[Any]  # of whole numbers

MOST = 2**31 - 1  # that a sum may reach
TANH_ONE = 2**15  # what a look-up answers for tanh = 1
TANH_PER_ONE = 2**12  # steps of a look-up's argument for 1; it reaches to 8, where tanh is 1 - 2e-7
ARGUMENT = 2**15 - 1  # the largest argument of a look-up
PIECE = 7  # bits of an argument within one of the table's 256 pieces


@dataclass(frozen=True)
class Grid:
    """Whole numbers q, from ``low`` to ``high``, that mean numbers x = scale (q - zero)."""

    scale: float
    zero: int
    low: int
    high: int

    @property
    def largest(self) -> int:
        """The largest |q - zero|."""
        return max(self.high - self.zero, self.zero - self.low)

    @property
    def kind(self) -> str:
        """The name of the C type and of the NumPy dtype that hold q, without C's ``_t``."""
        if self.low >= 0 and self.high <= 255:
            return "uint8"
        return "int16" if self.low >= -(2**15) and self.high < 2**15 else "int32"


@dataclass(frozen=True)
class Scaling:
    """round(sum x multiplier / 2^shift), halves upwards: floor((sum x multiplier + 2^(shift - 1)) / 2^shift).

    Attributes:
        multiplier: 0 to 2^31 - 1; one for each output map, or a single one (1,) for all. Empty: the sum as it is.
        shift: 1 to 62.
    """

    multiplier: tuple[int, ...] = ()
    shift: int = 1


@dataclass(frozen=True)
class Finish:
    """From a layer's sum to its output.

    Without a curve: q = zero + scaling(sum), held within the output's range. With one, the argument
    z = scaling(sum), held within +-``ARGUMENT``, is looked up: t = tanh(z / 4096) in steps of 2^-15, and
    q = zero + after(t + ``lift``), held within the range.

    Attributes:
        scaling: of the sum.
        output: what comes out.
        after: scaling of what was looked up; None: nothing is looked up.
        lift: 2^15 for a sigmoid, (1 + tanh) / 2; otherwise 0.
    """

    scaling: Scaling
    output: Grid
    after: Scaling | None = None
    lift: int = 0


@dataclass(frozen=True, eq=False)
class Stage:
    """A layer in whole numbers.

    Attributes:
        step: the layer at its place in the network.
        input: what goes in.
        finish: from a sum to the output.
        arrays: of whole numbers, by name. Conv, Dense: ``weight`` int8 and ``bias`` int32; Subsample: ``weight``
            int16 (maps,) and ``bias``; RBF: ``codes`` int16 (classes, inputs); DeformablePool: ``cost`` int32 (maps,
            size, size); LocalResponseNorm: ``table`` uint16 (257,).
        fraction: bits after the point that L2Pool, StochasticPool and DeformablePool compute with; for a
            LocalResponseNorm, bits that its sum of squares is shifted left (right where below 0) to look it up.
        bound: no sum, and nothing on the way to it, passes this; at most ``MOST``.
    """

    step: Step
    input: Grid
    finish: Finish
    bound: int
    arrays: Mapping[str, Whole] = field(default_factory=dict)
    fraction: int = 0

    @property
    def output(self) -> Grid:
        """What comes out."""
        return self.finish.output


@dataclass(frozen=True, eq=False)
class Quantised:
    """A network in whole numbers.

    A picture's bytes p are its input as they are: x = scale (p - zero), and a border of p = 0. The last layer's
    outputs are the scores: 32 bits, each ``scale`` times a whole number.

    Attributes:
        network: the network.
        preparation: picture's shape and padding.
        classes: the name of each class.
        loss: what it was trained by, for probabilities.
        input: what the picture's bytes mean.
        stages: the layers that compute something, in order.
        data: name of the data set that the model was trained on.
    """

    network: Network
    preparation: Preparation
    classes: tuple[str, ...]
    loss: Loss
    input: Grid
    stages: tuple[Stage, ...]
    data: str = ""

    @property
    def scale(self) -> float:
        """What a score of 1 is worth."""
        return self.stages[-1].output.scale
