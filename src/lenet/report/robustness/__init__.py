"""How far a digit can be disturbed before it is read wrong (the paper, section III.E)."""

from .axes import AXES, Axis
from .measuring import Measured, measure
from .ranges import document, table

__all__ = ["AXES", "Axis", "Measured", "document", "measure", "table"]
