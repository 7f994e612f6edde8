"""What notebooks show of networks, models, runs and readings: HTML that stands alone, without scripts.

Text is escaped, colours follow the notebook's, dark or light, and each document is well-formed XML too.
"""

from .blocks import facts, folded, heading, note, page, table
from .curves import BLUE, ORANGE, Line, curves
from .picture import picture, png

__all__ = ["BLUE", "ORANGE", "Line", "curves", "facts", "folded", "heading", "note", "page", "picture", "png", "table"]
