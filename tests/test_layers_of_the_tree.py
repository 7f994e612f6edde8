"""A package imports only from those above it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import lenet

ROOT = Path(lenet.__file__).parent

# In the order in which data flows. What stands on one line has no order among itself and imports nothing of it.
ORDER = """
errors version
extras html
files
processes
network
preparation
recipe
plain toml
zoo picture
written
page
data
engine
model
training
weights
converting
export
estimator
reading
cluster
report
reproduce
tuning
cli
__main__
"""
RANK = {name: rank for rank, line in enumerate(ORDER.split("\n")) for name in line.split()}
FRONT = "__init__"  # the front fetches every name where it's used, and so stands nowhere


def module(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Return the parts of lenet that a file imports, anywhere in it, checks of types left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = ("lenet", *path.relative_to(ROOT).parts[:-1])
    found: set[str] = set()
    for node in nodes_that_run(tree):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            base += (node.module or "").split(".") if node.module else []
            names = [[*base, alias.name] for alias in node.names]
        else:
            continue
        found |= {name[1] for name in names if name[0] == "lenet" and len(name) > 1}
    return found - {module(path)}


def nodes_that_run(node: ast.AST):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield other
                yield from nodes_that_run(other)
            continue
        yield child
        yield from nodes_that_run(child)


FILES = sorted(path for path in ROOT.rglob("*.py") if module(path) != FRONT)


def test_every_file_has_a_place():
    assert {module(path) for path in FILES} <= set(RANK)
    assert {name for name in RANK if not name.startswith("_")} == {module(path) for path in FILES} - {"__main__"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_imports_only_from_those_above_it(path):
    below = {name for name in imports(path) if name in RANK and RANK[name] >= RANK[module(path)]}
    assert not below, f"{module(path)} stands above {', '.join(below)}"
    unknown = {name for name in imports(path) if name not in RANK and not name.startswith("_")}
    assert not unknown, f"no such part: {unknown}"


def test_the_check_sees_every_way_to_import(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    file = tmp_path / "data" / "names.py"
    file.parent.mkdir()
    file.write_text(
        "from ..network import Network\nfrom .. import zoo\nfrom . import idx\nimport lenet.recipe\n"
        "from lenet.cli.live import Live\ndef later():\n    from ..model import Model\n"
        "if TYPE_CHECKING:\n    from ..training import Run\n"
    )
    assert imports(file) == {"network", "zoo", "recipe", "cli", "model"}
