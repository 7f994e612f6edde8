"""When training stops early."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """Early stopping as the deep learning tutorials had it; validated once a pass.

    Patience starts at ``first`` updates and becomes ``growth`` times the current update whenever the validation error
    falls below ``better`` times the best; the run ends when the update passes it. The weights of the best validation
    error are kept.
    """

    first: int = 10_000
    growth: float = 2.0
    better: float = 0.995
