"""Where pictures come from: named data sets, a user's own files, and glyphs that are drawn here."""

from .dataset import Dataset, Progress
from .glyphs import glyphs
from .loading import load
from .named import Description, describe, fetch, names
from .split import split

__all__ = ["Dataset", "Description", "Progress", "describe", "fetch", "glyphs", "load", "names", "split"]
