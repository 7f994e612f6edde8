"""The names of ``import lenet``."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import lenet
from lenet.errors import LenetError
from lenet.model import Model

# What the extras bring.
OPTIONAL = (
    "matplotlib",
    "onnx",
    "onnxruntime",
    "optuna",
    "pandas",
    "pyarrow",
    "ray",
    "sklearn",
    "tensorboard",
    "torch",
)


def run(code: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_importing_it_imports_next_to_nothing():
    heavy = ("numpy", "scipy", "PIL", "torch", "rich", "safetensors", *OPTIONAL)
    run(f"import sys, lenet; dir(lenet); lenet.Recipe; lenet.zoo; assert not set({heavy}) & set(sys.modules)")


def test_every_name_is_there():
    run("import lenet\nfor name in lenet.__all__: assert getattr(lenet, name) is not None, name")
    run("from lenet import *\nassert Model and train and zoo['lenet5']")


def test_the_stub_has_the_same_names():
    text = Path(lenet.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    assert {a or b for a, b in re.findall(r" as (\w+)|^(\w+) =", text, re.MULTILINE)} == {
        *lenet.__all__,
        "LeNetClassifier",
    }


def test_a_name_that_needs_an_extra_is_no_part_of_the_star():
    run(
        "import sys; sys.modules['sklearn'] = None\n"
        "from lenet import *\nimport lenet; from lenet.errors import LenetError\n"
        "assert 'LeNetClassifier' in dir(lenet)\n"
        "try: lenet.LeNetClassifier\n"
        "except LenetError as error: assert 'pip install \"lenet[sklearn]\"' in str(error), error\n"
        "else: raise SystemExit('it was there')"
    )


def test_the_zoo_is_a_table_however_it_is_imported():
    check = "assert {0}['lenet5'] is ZOO['lenet5'] and 'd2l' in {0} and len({0}) == len(ZOO) and list({0}) == list(ZOO)"
    for imports in (
        "import lenet; zoo = lenet.zoo; from lenet.zoo import ZOO",
        "from lenet.zoo import ZOO; import lenet; zoo = lenet.zoo",
        "import lenet.zoo as zoo; from lenet.zoo import ZOO",
        "import lenet.training; from lenet import zoo; from lenet.zoo import ZOO",
    ):
        run(f"{imports}\n{check.format('zoo')}\nassert dict(zoo.items()) == ZOO == dict(zoo) and list(zoo.values())")
    with pytest.raises(LenetError, match="no network 'lenet6'; did you mean lenet5"):
        lenet.zoo["lenet6"]


def test_unknown_names():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = lenet.nothing
    assert set(lenet.__all__) <= set(dir(lenet))
    assert re.match(r"\d+\.\d+|uninstalled", lenet.__version__)


def test_load_by_path(model, tmp_path, monkeypatch):
    model.save(tmp_path / "model.safetensors")
    for path in (tmp_path, tmp_path / "model.safetensors", str(tmp_path)):
        loaded = lenet.load(path, engine="reference", threads=1)
        assert type(loaded) is Model and (loaded.flat == model.flat).all()
    monkeypatch.chdir(tmp_path)
    assert lenet.load("model.safetensors").name == "small"


def test_load_by_name(model, tmp_path, monkeypatch):
    from lenet import weights

    monkeypatch.setattr(weights, "files", lambda _: tmp_path)
    assert weights.names() == ()
    with pytest.raises(LenetError, match=r"no weights of 'd2l', it has none; make them by: lenet train d2l"):
        lenet.load("d2l")
    model.save(tmp_path / "lenet5.safetensors")
    assert weights.names() == ("lenet5",)
    assert lenet.load("lenet5").name == "small"
    assert weights.path("lenet5") == tmp_path / "lenet5.safetensors"
    with pytest.raises(LenetError, match="no weights of 'd2l', it has lenet5; make them by: lenet train d2l"):
        lenet.load("d2l")
    with pytest.raises(LenetError, match="no trained network 'lenet55'; did you mean lenet5"):
        lenet.load("lenet55")


@pytest.mark.parametrize("path", ["nowhere/at/all", "nothing.safetensors"])
def test_load_from_nowhere(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LenetError, match=f"no file {path}"):
        lenet.load(path)
