"""The notebook of docs/: it has no outputs, its cells are as tidy as any code, and it runs."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

import lenet

nbformat = pytest.importorskip("nbformat")

NOTEBOOK = Path(__file__).parents[1] / "docs" / "tutorial.ipynb"


@pytest.fixture
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


def test_it_is_a_notebook_without_outputs(notebook):
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code and not any(cell.outputs or cell.execution_count for cell in code)
    assert not any(set(cell.metadata) for cell in notebook.cells)


def test_each_cell_of_code_is_explained(notebook):
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown" and kinds.count("markdown") >= kinds.count("code") - 2


@pytest.mark.slow
def test_it_runs(notebook, tmp_path, monkeypatch):
    """In a kernel of its own, which finds this very package; a warning counts as a failure."""
    nbclient = pytest.importorskip("nbclient")
    for module in ("ipykernel", "matplotlib", "torch", "onnxruntime"):
        pytest.importorskip(module)
    paths = [str(Path(lenet.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the notebook's own shows figures
    client = nbclient.NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    text = "".join(output.get("text", "") for output in outputs)
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert text.count("as in the model: 1.0") == 2
    assert "test digits are read wrong: 0." in text
    shown = [output.data for output in outputs if "data" in output]
    assert sum("image/png" in data for data in shown) >= 10
    assert all(len(base64.b64decode(data["image/png"])) > 500 for data in shown if "image/png" in data)
    assert sum('<div class="lenet">' in data.get("text/html", "") for data in shown) == 4
