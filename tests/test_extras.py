"""Packages that come with an extra."""

import sys
from pathlib import Path

import pytest

from lenet import extras
from lenet.errors import LenetError


def test_what_is_installed_is_imported():
    assert extras.require("json.decoder", "none", "this").JSONDecoder


def test_what_is_missing_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(LenetError, match=r'^writing needs onnx, which isn\'t installed: pip install "lenet\[onnx\]"$'):
        extras.require("onnx", "onnx", "writing")


def test_a_package_that_lacks_something_itself_is_no_missing_extra(tmp_path, monkeypatch):
    (tmp_path / "half_there.py").write_text("import surely_not_installed\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="surely_not_installed"):
        extras.require("half_there", "none", "this")


def test_the_extras_are_there():
    root = Path(__file__).parent.parent
    lines = (
        (root / "pyproject.toml")
        .read_text(encoding="utf-8")
        .partition("[project.optional-dependencies]")[2]
        .splitlines()
    )
    offered = {line.partition(" = [")[0] for line in lines if " = [" in line}
    assert {"torch", "sklearn", "onnx", "ray", "tune", "tensorboard", "docs", "all"} <= offered
