"""The functions that end a layer."""

from __future__ import annotations

from enum import Enum

from ..errors import unknown

AMPLITUDE = 1.7159  # A of the paper's appendix A
SLOPE = 2.0 / 3.0  # S of the paper's appendix A


class Activation(str, Enum):
    """What a layer does to each of its weighted sums ``a``."""

    NONE = "none"
    SCALED_TANH = "scaled-tanh"  # A tanh(S a), so that f(1) = 1 and f(-1) = -1
    TANH = "tanh"
    SIGMOID = "sigmoid"  # 1 / (1 + exp(-a))
    RELU = "relu"  # max(a, 0)

    @classmethod
    def of(cls, value: object) -> Activation:
        """Return the activation of that name, or raise a ``LenetError`` that lists the names."""
        try:
            return cls(value)
        except ValueError:
            raise unknown("activation", value, [a.value for a in cls]) from None
