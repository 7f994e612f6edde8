"""A model's file: what is in it comes back, and files that strangers made do no harm."""

import json
import os
import resource
import struct
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open

from lenet.errors import LenetError
from lenet.model import Model
from lenet.training import draw
from lenet.zoo import ZOO


@pytest.fixture
def file(model, tmp_path):
    model.save(tmp_path / "model.safetensors")
    return tmp_path / "model.safetensors"


def parts(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def put(path, header, body):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def refused(path, words):
    with pytest.raises(LenetError, match=words) as caught:
        Model.load(path)
    assert str(path) in str(caught.value) and len(str(caught.value)) < 1000


def test_what_is_saved_comes_back(model, file, images):
    loaded = Model.load(file, engine="reference")
    assert (loaded.flat == model.flat).all()
    for name in ("network", "preparation", "recipe", "classes", "metrics", "data", "checksum", "name", "seed"):
        assert getattr(loaded, name) == getattr(model, name)
    assert (loaded.scores(images) == model.scores(images)).all()


@pytest.mark.parametrize("name", ZOO)
def test_every_network_of_the_zoo(name, tmp_path):
    row = ZOO[name]
    flat = draw(row.network, row.recipe.start, 0)
    model = Model(row.network, row.recipe.preparation, flat, recipe=row.recipe)
    model.save(tmp_path / "m.safetensors")
    loaded = Model.load(tmp_path / "m.safetensors")
    assert (loaded.network, loaded.recipe) == (row.network, row.recipe)
    assert (loaded.flat == flat).all()


def test_the_same_model_gives_the_same_bytes(model, file, tmp_path):
    for i in range(5):
        model.save(tmp_path / f"{i}.safetensors")
        assert (tmp_path / f"{i}.safetensors").read_bytes() == file.read_bytes()


def test_others_can_read_it(model, file):
    with safe_open(file, "numpy") as opened:
        assert set(opened.keys()) == set(model.weights)
        assert json.loads(opened.metadata()["lenet"])["network"]["name"] == "small"


def test_metrics_that_json_can_t_hold(model, tmp_path):
    model.metrics["test"] = float("nan")
    with pytest.raises(LenetError, match="metrics must be finite"):
        model.save(tmp_path / "m.safetensors")
    assert not list(tmp_path.iterdir())


# Files that aren't right.


def test_missing_folder_and_other_files(tmp_path):
    refused(tmp_path / "none.safetensors", "there is no file")
    refused(tmp_path, "has no model.safetensors: give the folder of a run")
    for data, words in (
        (b"", "0 bytes"),
        (b"PK\x03\x04" * 99, "isn't a safetensors file"),
        (b"\x93NUMPY" * 9, "isn't"),
    ):
        (tmp_path / "m").write_bytes(data)
        refused(tmp_path / "m", words)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_no_permission(file):
    file.chmod(0)
    refused(file, "can't be read: Permission denied")


def test_no_permission_for_anyone(file, monkeypatch):
    monkeypatch.setattr("pathlib.Path.open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    refused(file, "can't be read: Permission denied")


def test_cut_anywhere(file):
    data = file.read_bytes()
    for length in (1, 7, 8, 9, 100, len(data) // 2, len(data) - 4, len(data) - 1):
        file.write_bytes(data[:length])
        refused(file, "isn't a safetensors file|cut short")


@pytest.mark.parametrize("length", [2**64 - 1, 2**63, 2**40, 10**9, 5_000_000])
def test_a_huge_header_is_not_believed(file, length):
    file.write_bytes(struct.pack("<Q", length) + file.read_bytes()[8:])
    refused(file, "header is damaged")


@pytest.mark.parametrize(
    "text", [b"{not json}", b"{" + b"[" * 100_000, b'{"a": ' * 100_000, b"\xff\xfe{}", b"{1" + b"0" * 5000]
)
def test_a_header_that_is_no_json(file, text):
    put(file, text, b"")
    refused(file, "isn't a safetensors file")


def test_metadata(file):
    header, body = parts(file)
    about = json.loads(header["__metadata__"]["lenet"])

    def says(metadata, words):
        put(file, {**header, "__metadata__": metadata}, body)
        refused(file, words)

    says({}, "no model of lenet")
    says({"lenet": 3}, "no model of lenet")
    says({"lenet": "{"}, "isn't a JSON object")
    says({"lenet": "[]"}, "isn't a JSON object")
    says({"lenet": "[" * 50_000}, "isn't a JSON object")
    for change, words in (
        ({"format": 2}, "format version 2, and this lenet knows 1 to 1"),
        ({"format": "1"}, "format version is '1'"),
        ({"format": True}, "format version is True"),
        ({"format": 0}, "format version is 0"),
        ({"kind": "checkpoint"}, "must be a model"),
        ({"kind": "x" * 10_000}, "must be a model"),
        ({"network": None}, "network"),
        ({"network": {"name": "x", "input": [1, 8, 8], "layers": []}}, "layers"),
        ({"network": {**about["network"], "layers": [{"type": "System"}]}}, "System"),
        ({"preparation": {"low": 5.0}}, "low"),
        ({"preparation": {"shape": [1, 9, 9]}}, "reads"),
        ({"recipe": {"batch": -1}}, "batch"),
        ({"classes": ["a"]}, "1 names"),
        ({"classes": 4}, "damaged"),
        ({"metrics": []}, "damaged"),
        ({"data": None}, "damaged"),
    ):
        says({"lenet": json.dumps({**about, **change})}, words)
    for name in ("network", "preparation", "recipe", "classes", "metrics", "data"):
        says({"lenet": json.dumps({k: v for k, v in about.items() if k != name})}, "damaged")


def test_arrays(file):
    header, body = parts(file)
    weight = header["C1.weight"]
    bias = header["C1.bias"]

    def says(changes, words, numbers=body):
        put(file, {k: v for k, v in {**header, **changes}.items() if v is not None}, numbers)
        refused(file, words)

    says({"C1.weight": {**weight, "shape": [27]}}, r"C1.weight must be \(3, 1, 3, 3\), but is \(27,\)")
    says({"C1.weight": {**weight, "shape": [2, 1, 3, 3]}}, "has the shape")
    says({"C1.weight": {**weight, "shape": [-3, -1, 3, 3]}}, "doesn't describe")
    says({"C1.weight": {**weight, "shape": [2**62, 2**62]}}, "has the shape")
    says({"C1.weight": {**weight, "dtype": "F16"}}, "must be float32")
    says({"C1.weight": {**weight, "dtype": "I32"}}, "must be float32")
    says({"C1.weight": {**weight, "data_offsets": bias["data_offsets"]}}, "has the shape")
    says({"C1.bias": {**bias, "data_offsets": [4, 16]}}, "overlap or leave gaps")
    says({"C1.bias": {**bias, "data_offsets": [12, 0]}}, "has the shape")
    says({"C1.bias": 3}, "doesn't describe")
    says({"C1.bias": None}, "overlap or leave gaps|more than")
    says({}, "more than its header says", body + b"\0\0\0\0")
    says(
        {"more": {"dtype": "F32", "shape": [1], "data_offsets": [len(body), len(body) + 4]}},
        "unknown",
        body + b"\0" * 4,
    )
    for bad in (np.nan, np.inf):
        says({}, "finite", np.float32(bad).tobytes() + body[4:])


def test_weights_where_the_table_doesn_t_connect(tmp_path):
    row = ZOO["lenet5"]
    flat = draw(row.network, row.recipe.start, 0)
    path = tmp_path / "m.safetensors"
    Model(row.network, row.recipe.preparation, flat).save(path)
    header, body = parts(path)
    start = header["C3.weight"]["data_offsets"][0] + 4 * 25 * 3  # the first map doesn't read the fourth
    put(path, header, body[:start] + np.float32(1).tobytes() + body[start + 4 :])
    refused(path, "not 0 where the table doesn't connect")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_byte_may_be_wrong(tmp_path_factory, data):
    """Whatever is changed, the file loads or is refused in words."""
    path = tmp_path_factory.getbasetemp() / "spoilt.safetensors"
    row = ZOO["lenet1"]
    Model(row.network, row.recipe.preparation, draw(row.network, row.recipe.start, 0), recipe=row.recipe).save(path)
    spoilt = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        spoilt[data.draw(st.integers(0, min(4000, len(spoilt) - 1)))] = data.draw(st.integers(0, 255))
    path.write_bytes(spoilt)
    try:
        Model.load(path)
    except LenetError as error:
        assert str(path) in str(error)


# The disk.


def test_a_full_disk_leaves_what_was_there(model, file, monkeypatch):
    before = file.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LenetError, match="can't be written: No space left on device"):
        model.save(file)
    assert file.read_bytes() == before and [p.name for p in file.parent.iterdir()] == [file.name]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_file_that_may_not_grow(model, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(LenetError, match="can't be written"):
            model.save(tmp_path / "m.safetensors")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_isn_t_there(model, tmp_path):
    with pytest.raises(LenetError, match="can't be written: No such file or directory"):
        model.save(tmp_path / "none" / "m.safetensors")
