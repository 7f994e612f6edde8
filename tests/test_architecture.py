"""docs/architecture.md names the files there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import lenet

SOURCE = Path(lenet.__file__).parent
DOCUMENT = Path(__file__).parent.parent / "docs" / "architecture.md"


def named(folder: str) -> set[str]:
    """Return the files that the tree of pages and reading names in a folder, as paths in it."""
    tree = re.search(r"## From a picture to an answer.*?```\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert tree
    found, here, inner = set(), "", ""
    for line in tree[1].splitlines():
        if not line.startswith(" "):
            here, inner = line.partition("/")[0], ""
        elif not line.startswith("    "):  # a file of the folder, or a folder in it
            below = re.match(r"  (\w+/)", line)
            inner = below[1] if below else ""
        if here == folder:
            found |= {inner + name for name in re.findall(r"\w+\.py", line)}
    return found


@pytest.mark.parametrize("folder", ["page", "reading"])
def test_each_file_is_named_and_each_named_file_is_there(folder):
    there = {path.relative_to(SOURCE / folder).as_posix() for path in (SOURCE / folder).rglob("*.py")}
    assert named(folder) == {name for name in there if not name.endswith("__init__.py")}
