"""The front of exports: formats, options, places."""

import inspect
import subprocess
import sys

import pytest
from onnx_runs import small

import lenet
from lenet.errors import LenetError
from lenet.export import FORMATS


@pytest.mark.parametrize("imports", ["import lenet", "import lenet.export", "from lenet.export.onnx import write"])
def test_it_is_a_function_however_it_is_imported(imports):
    code = f"{imports}\nimport lenet, inspect\nassert callable(lenet.export) and callable(lenet.export.write)"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert list(inspect.signature(lenet.export).parameters) == ["model", "path", "options"]


def test_a_model_by_name_by_path_and_itself(tmp_path):
    model = lenet.load("lenet1")
    model.save(tmp_path / "model.safetensors")
    paths = [tmp_path / f"{i}.onnx" for i in range(4)]
    for each, path in zip(("lenet1", tmp_path, tmp_path / "model.safetensors", model), paths, strict=True):
        assert lenet.export(each, str(path)) == path
    assert len({path.read_bytes() for path in paths}) == 1


@pytest.mark.parametrize("name", ["it.onxx", "it", "it.pt", ".onnx"])
def test_an_unknown_format_is_told_with_those_there_are(name, tmp_path):
    with pytest.raises(LenetError, match=rf"the format of .*{name} isn't known: .* must end in .*\.onnx"):
        lenet.export(small("one class"), tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_option_that_a_format_does_not_have(suffix, tmp_path):
    with pytest.raises(LenetError, match=rf"a {suffix} file has no option 'colour'; it has: .*int8"):
        lenet.export(small("one class"), tmp_path / f"it{suffix}", colour=1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", FORMATS)
def test_places_where_no_file_can_be(suffix, tmp_path):
    with pytest.raises(LenetError, match=r"there is no folder .*none; make it first"):
        lenet.export(small("one class"), tmp_path / "none" / f"it{suffix}")
    (tmp_path / f"it{suffix}").mkdir()
    with pytest.raises(LenetError, match="is a folder; the path of a file is needed"):
        lenet.export(small("one class"), tmp_path / f"it{suffix}")


def test_data_are_for_int8_only(tmp_path):
    with pytest.raises(LenetError, match="--data is what int8 is calibrated on; float32 needs none"):
        lenet.export(small("one class"), tmp_path / "it.onnx", data="mnist")


def test_a_model_that_there_is_none_of(tmp_path):
    with pytest.raises(LenetError, match="there is no trained network 'lenet55'; did you mean lenet5"):
        lenet.export("lenet55", tmp_path / "it.onnx")
    assert not list(tmp_path.iterdir())
