"""Pictures of handwriting, made from a data set's digits, with what is true of them: what a reader learns from.

A digit's picture becomes strokes (``strokes``, ``variants``, ``templates``); a hand sets them beside one another
(``hand``, ``joins``); a pen inks them (``pen``) beside what else lies on paper (``surroundings``); and a camera takes
the picture (``paper``, ``camera``).
"""

from .line import Lines, write_line
from .page import PageLine, Pages, write_page
from .single import Singles, write_single
from .truth import Written

__all__ = ["Lines", "PageLine", "Pages", "Singles", "Written", "write_line", "write_page", "write_single"]
