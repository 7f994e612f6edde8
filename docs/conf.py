"""The documentation as a site: python -m sphinx -W -b html docs build/site."""

from __future__ import annotations

import json
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from myst_parser.parsers.sphinx_ import MystParser
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]
if find_spec("lenet") is None:  # a tree that was built in place; else what is installed tells
    sys.path.insert(0, str(ROOT / "src"))

project = "lenet"
author = "the authors of lenet"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "index"
source_suffix = {".md": "markdown", ".ipynb": "notebook"}
exclude_patterns = ["README.md", "*.py"]  # index.md includes it

html_theme = "furo"
html_title = "lenet"
html_show_sphinx = html_show_copyright = False

myst_heading_anchors = 4  # links to headings work as on a code host
myst_enable_extensions = ["dollarmath"]
suppress_warnings = ["misc.highlighting_failure"]  # what a terminal shows isn't a language

# Without its extra, what a page tells of scikit-learn's face lacks no more than the methods that come from there.
autodoc_mock_imports = [module for module in ("sklearn",) if find_spec(module) is None]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False  # what stands before a colon in "Returns" is no type here


class NotebookParser(MystParser):
    """Reads a notebook as Markdown, its code as blocks of Python."""

    supported = ("notebook",)

    def parse(self, inputstring: str, document: Any) -> None:
        """Parse the cells one after the other."""
        cells = ((cell["cell_type"], "".join(cell["source"])) for cell in json.loads(inputstring)["cells"])
        parts = (text if kind == "markdown" else f"```python\n{text}\n```" for kind, text in cells)
        super().parse("\n\n".join(parts), document)


def name_what_lies_outside(_app: Sphinx, name: str, source: list[str]) -> None:
    """Turn a link from a guide to a file that isn't part of the site into the file's name."""
    if "/" not in name:
        source[0] = re.sub(r"\[([^\]]*)\]\(\.\./([^)#]*)[^)]*\)", r"\1 (`\2`)", source[0])


def setup(app: Sphinx) -> None:
    """Add what this file defines to Sphinx."""
    app.add_source_parser(NotebookParser)
    app.connect("source-read", name_what_lies_outside)
