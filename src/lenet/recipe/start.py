"""What the weights are drawn from."""

from __future__ import annotations

from enum import Enum


class Start(str, Enum):
    """What the weights are drawn from; F is a unit's fan-in, G its fan-out, biases left out of both.

    Where a subsampling's coefficient isn't drawn as the paper draws it, it starts at 1 / pixels (a mean).
    """

    PAPER = "paper"  # uniform in +-2.4/F, biases and coefficients too
    GLOROT = "glorot"  # uniform in +-sqrt(6/(F + G)), biases 0
    GLOROT_POOLED = "glorot-pooled"  # the same with G divided by the pixels of the pool that follows; last layer 0
    FRAMEWORK = "framework"  # uniform in +-1/sqrt(F), biases too
    FAN_IN = "fan-in"  # uniform in +-sqrt(3/F), biases 0
