"""What an ONNX file gives and says of itself; what goes wrong leaves nothing behind."""

import errno
import json
import os
import sys

import numpy as np
import onnx
import pytest
from onnx_runs import pictures, random, rubbish, run, small, zoo
from small_networks import agree

import lenet
from lenet.errors import LenetError
from lenet.export.onnx import checking, document
from lenet.model import Ensemble
from lenet.network import Dense, Flatten, Network
from lenet.plain import from_plain
from lenet.preparation import Preparation
from lenet.written import network_from_dict


def export(model, path, **options):
    """Export a model; return the file's bytes."""
    assert lenet.export(model, path / "it.onnx", **options) == path / "it.onnx"
    assert [file.name for file in path.iterdir()] == ["it.onnx"]
    return (path / "it.onnx").read_bytes()


def answer_alike(data, model, images):
    """Hold a file with preparation against its model."""
    found = run(data, model, images, with_preparation=True)
    assert list(found) == ["label", "probabilities", "scores"]
    assert found["label"].dtype == np.int64 and (found["label"] == model.predict(images)).all()
    agree(found["probabilities"], model.probabilities(images), 1e-5)
    agree(found["scores"] * (-1 if model.network.smallest_wins else 1), model.scores(images), 1e-5)


@pytest.mark.parametrize("name", ["lenet5", "d2l", "relu-3x3", "lenet1"])
def test_pictures_in_and_labels_out(name, tmp_path):
    model = zoo(name)
    data = export(model, tmp_path, with_preparation=True)
    for count in (1, 2, 40, 0):
        answer_alike(data, model, pictures(model, 40)[:count])


def test_the_rubbish_class_has_its_share(tmp_path):
    model = rubbish(small("distances"), j=1.0)
    data = export(model, tmp_path, with_preparation=True)
    answer_alike(data, model, images := pictures(model, 20))
    shares = run(data, model, images, with_preparation=True)["probabilities"].sum(1)
    assert (shares < 0.99).any()


def test_probabilities_of_large_scores_are_finite(tmp_path):
    model = zoo("relu-valid")
    model = random(model.network, model.preparation)
    model = lenet.Model(model.network, model.preparation, model.flat * 4)
    data = export(model, tmp_path, with_preparation=True)
    images = pictures(model)
    assert np.abs(model.scores(images)).max() > 100
    assert np.isfinite(run(data, model, images, with_preparation=True)["probabilities"]).all()


def test_colours(tmp_path):
    model = small("channels")
    data = export(model, tmp_path, with_preparation=True)
    assert onnx.load_from_string(data).graph.input[0].type.tensor_type.shape.dim[1].dim_value == 3
    answer_alike(data, model, pictures(model))


@pytest.mark.parametrize("sure", [None, 0.0, 0.4, 100.0])
@pytest.mark.parametrize("name", ["distances", "copies"])
def test_an_ensemble_is_one_graph(name, sure, tmp_path):
    kind = {"distances": "distances", "copies": "2 copies, 2 by 2"}[name]
    model = Ensemble([small(kind, seed) for seed in range(3)], sure=sure)
    data = export(model, tmp_path, with_preparation=True)
    images = pictures(model, 40)
    assert sure != 0.4 or 1 < model.cost(images) < 3
    answer_alike(data, model, images)
    names = [node.name for node in onnx.load_from_string(data).graph.node]
    assert {"member1.C1", "member3.C1"} <= set(names)
    assert json.loads(onnx.load_from_string(data).metadata_props[-1].value).__class__ is list


def test_an_ensemble_of_one_class(tmp_path):
    model = Ensemble([small("one class", seed) for seed in range(2)], sure=1.0)
    answer_alike(export(model, tmp_path, with_preparation=True), model, pictures(model))


@pytest.mark.parametrize("with_preparation", [False, True])
def test_the_file_says_what_the_model_is(with_preparation, tmp_path):
    model = lenet.load("lenet5")
    file = onnx.load_from_string(export(model, tmp_path, with_preparation=with_preparation))
    about = {prop.key.removeprefix("lenet."): prop.value for prop in file.metadata_props}
    assert about.pop("version") == lenet.__version__ == file.producer_version
    about = {name: json.loads(value) for name, value in about.items()}
    assert network_from_dict(about["network"]) == model.network
    assert from_plain(Preparation, about["preparation"], "preparation") == model.preparation
    assert tuple(about["classes"]) == model.classes
    assert about["metrics"] == model.metrics
    assert about["data"] == {"name": "mnist", "sha256": model.checksum}
    assert about["recipe"]["loss"]["j"] == 10.0
    assert file.opset_import[0].version == document.DEFAULT_OPSET == 17
    assert (file.ir_version, file.producer_name, file.graph.name) == (8, "lenet", "lenet5")
    assert "minus the distances of the RBF output, the largest wins" in file.doc_string
    prepared = "a pixel p from 0 (paper) to 255 (ink) becomes -0.1 + 1.275 p / 255, with a border of 2 pixels of -0.1"
    assert (prepared in file.doc_string) is not with_preparation
    (read,) = file.graph.input
    shape = [d.dim_param or d.dim_value for d in read.type.tensor_type.shape.dim]
    assert (read.name, shape) == (("picture", ["N", 28, 28]) if with_preparation else ("input", ["N", 1, 32, 32]))


def test_the_same_model_gives_the_same_bytes(tmp_path):
    assert export(zoo("lenet5"), tmp_path) == export(zoo("lenet5"), tmp_path)


@pytest.mark.parametrize("opset", [12, 99, 0, 17.0, True, "17"])
def test_an_opset_that_there_is_none_of(opset, tmp_path):
    with pytest.raises(LenetError, match=r"^opset must be a whole number from 13 to \d\d, but is "):
        lenet.export(small("one class"), tmp_path / "it.onnx", opset=opset)
    assert not list(tmp_path.iterdir())


def test_a_chosen_opset(tmp_path):
    assert onnx.load_from_string(export(small("one class"), tmp_path, opset=13)).opset_import[0].version == 13


def test_without_onnx(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(LenetError, match=r'writing ONNX files needs onnx, .*: pip install "lenet\[onnx\]"'):
        lenet.export(small("one class"), tmp_path / "it.onnx")
    assert not list(tmp_path.iterdir())


def test_without_onnxruntime_it_says_that_it_was_not_run(tmp_path, monkeypatch):
    monkeypatch.setattr(checking, "find_spec", lambda _: None)
    written = lenet.export.write(small("one class"), tmp_path / "it.onnx")
    assert written.facts["difference"] is None
    assert written.notes[-1] == "checked by onnx; not run, since onnxruntime isn't installed"


def test_a_file_that_answers_otherwise_is_not_kept(tmp_path, monkeypatch):
    model, other = small("tables"), small("tables", seed=1)
    monkeypatch.setattr(type(model), "weights", other.weights)  # what is written isn't what the engine computes with
    with pytest.raises(LenetError, match=r"ONNX Runtime's scores for small differ from lenet's by .* nothing was kept"):
        lenet.export(model, tmp_path / "it.onnx")
    assert not list(tmp_path.iterdir())


def test_a_file_that_onnx_runtime_refuses_is_not_kept(tmp_path, monkeypatch):
    def refuse(*_):
        raise RuntimeError("no kernel")

    monkeypatch.setattr(checking, "session", refuse)
    with pytest.raises(LenetError, match=r"ONNX Runtime can't run what was made of small; .* lower opset: no kernel"):
        lenet.export(small("tables"), tmp_path / "it.onnx")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    before = export(small("tables"), tmp_path)

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LenetError, match=r"it\.onnx can't be written: No space left on device"):
        export(small("tables", seed=1), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["it.onnx"]
    assert (tmp_path / "it.onnx").read_bytes() == before


def test_metrics_that_json_has_no_word_for(tmp_path):
    network = Network("small", (1, 2, 2), (Flatten(), Dense(3)))
    model = random(network, Preparation((1, 2, 2)), metrics={"test": {"loss": float("nan")}})
    with pytest.raises(LenetError, match="a model's metrics must be finite numbers"):
        lenet.export(model, tmp_path / "it.onnx")
    assert not list(tmp_path.iterdir())
