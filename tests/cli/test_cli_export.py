"""``lenet export``."""

import json
from pathlib import Path

import onnx
import pytest

from lenet.cli.export import named_after


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("lenet5.onnx", "lenet5"),
        ("model.onnx", "lenet5"),
        ("out/d2l.h", "d2l"),
        ("d2l-int8.onnx", "d2l"),
        ("relu_valid.h", "relu-valid"),
        ("RELU-VALID.onnx", "relu-valid"),
        ("lenet5-best.onnx", "lenet5-best"),
        ("lenet5-best-int8.onnx", "lenet5-best"),
        ("lenet5-best-16.onnx", "lenet5-best-16"),
        ("lenet5.int8.onnx", "lenet5"),
        ("reader-sliding.onnx", "reader-sliding"),
        ("reader.onnx", "reader"),
        ("caffe.onnx", "caffe"),
        ("lenet4", "lenet4"),
        ("lenet45.onnx", "lenet5"),
        ("my-d2l.onnx", "lenet5"),
    ],
)
def test_a_file_may_be_named_after_a_network(file, name):
    assert named_after(Path(file)) == name


def test_it_says_what_was_written(lenet, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = lenet("export", "d2l.onnx")
    assert (answer.code, answer.err) == (0, "")
    first, *notes = answer.out.splitlines()
    size = (tmp_path / "d2l.onnx").stat().st_size
    assert first == f"d2l.onnx: d2l, {size:,} bytes"
    assert notes[0] == "ONNX, float32, opset 17: input (prepared) -> scores"
    assert notes[1].startswith("checked by onnx, and run by ONNX Runtime: scores within ")
    assert onnx.load("d2l.onnx").graph.name == "d2l"


def test_as_json(lenet, tmp_path):
    path = tmp_path / "it.onnx"
    answer = lenet("export", path, "--model", "lenet1", "--with-preparation", "--opset", "15", "--json")
    facts = json.loads(answer.out)
    assert facts.pop("difference") < 1e-5
    assert facts == {
        "file": str(path),
        "model": "lenet1",
        "bytes": path.stat().st_size,
        "opset": 15,
        "with_preparation": True,
        "int8": False,
        "test": None,
    }
    assert [output.name for output in onnx.load(path).graph.output] == ["label", "probabilities", "scores"]


def test_the_model_of_a_run_in_8_bits(lenet, tmp_path, run, digits):
    path = tmp_path / "it.onnx"
    answer = lenet("export", path, "--model", run, "--int8", "--data", digits)
    assert answer.code == 0
    assert f"{path}: tanh-same, " in answer.out and "int8" in answer.out
    assert "of the 200 test pictures of digits.npz are read wrong" in answer.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["it.pt"], "the format of it.pt isn't known: the file's name must end in "),
        (["caffe.onnx"], "no weights of 'caffe', it has "),
        (["it.onnx", "--model", "lenet6"], "there is no trained network 'lenet6'"),
        (["it.onnx", "--opset", "5"], "opset must be a whole number from 13 to "),
        (["none/it.onnx"], "there is no folder none; make it first"),
        (["it.onnx", "--data", "mnist"], "--data is what int8 is calibrated on"),
        (["it.onnx", "--int8", "--data", "none.npz"], "there is no file or folder none.npz"),
    ],
)
def test_mistakes_are_told_in_a_line(lenet, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    answer = lenet("export", *arguments)
    assert (answer.code, answer.out) == (1, "")
    assert words in answer.err and answer.err.count("\n") == 1
    assert not list(tmp_path.iterdir())
