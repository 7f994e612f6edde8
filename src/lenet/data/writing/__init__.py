"""Pictures of handwriting, made from a data set's digits, with what is true of them: what a reader learns from."""

from .line import write_line
from .single import write_single
from .truth import Written

__all__ = ["Written", "write_line", "write_single"]
