"""The reference engine: the plainest code for each layer, with the equation beside it; the oracle of the tests."""

from .engine import ReferenceEngine

__all__ = ["ReferenceEngine"]
