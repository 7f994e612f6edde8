"""``lenet calibrate``: what it writes, prints and refuses."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
import pytest

from lenet import Model, data, zoo
from lenet.cli import calibrate as command
from lenet.data import Dataset, glyphs
from lenet.engine.layout import Layout
from lenet.reading import calibrating
from lenet.reading.confidence import Calibration


@pytest.fixture
def reader(tmp_path, monkeypatch):
    """The file of a reader that has learnt nothing; few pictures are written, with glyphs."""
    row = zoo.entry("reader")
    layout = Layout(row.network)
    flat = (np.random.default_rng(0).normal(0, 0.1, layout.size) * layout.connected).astype(np.float32)
    path = tmp_path / "reader.safetensors"
    Model(row.network, row.recipe.preparation, flat, classes=tuple(zoo.READ), metrics={"seconds": 1}).save(path)
    mnist = Dataset("mnist", tuple("0123456789"), *glyphs(300, seed=0), *glyphs(10, seed=1))
    monkeypatch.setattr(data, "load", lambda name, progress: {"mnist": mnist}[name])
    monkeypatch.setattr(command, "VALIDATION", 100)
    monkeypatch.setattr(calibrating, "CHOICES", {"edge": (0.0, 0.5)})
    sizes = calibrating.Sizes(choosing=1, fitting=(2, 3), checking=(2, 2))
    monkeypatch.setattr(calibrating, "calibrate", partial(calibrating.calibrate, sizes=sizes, workers=1))
    return path


def test_it_is_kept_in_the_models_file(lenet, reader):
    answer = lenet("calibrate", reader, "--method", "cuts")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("constants: doubt 1, ")
    assert "lines read right by the cuts alone: " in answer.out
    for head in ("confidence", "right: promised", "error asked for", "error found"):
        assert head in answer.out
    assert answer.out.endswith(f"\nkept in {reader}: lenet read PICTURE --model {reader}\n")
    kept = Model.load(reader)
    assert kept.metrics["seconds"] == 1
    assert Calibration.of(kept) != Calibration()


def test_or_in_another(lenet, reader, tmp_path):
    before, other = reader.read_bytes(), tmp_path / "other.safetensors"
    answer = lenet("calibrate", reader, "--to", other, "--method", "cuts", "--json")
    assert reader.read_bytes() == before
    document = json.loads(answer.out)
    assert document["file"] == str(other)
    calibration = Calibration.of(Model.load(other))
    assert document["calibration"] == json.loads(json.dumps(calibration.to_dict()))
    assert {each["kind"] for each in document["bins"]} <= {"single", "line", "digit"}


def test_what_cannot_be_done_is_told_before_anything_is_written(lenet, reader, tmp_path):
    answer = lenet("calibrate", "lenet5")
    assert answer.code == 2
    assert "the package's own weights aren't changed; say by --to where" in answer.err
    answer = lenet("calibrate", "lenet5", "--to", tmp_path / "a.safetensors", "--method", "cuts")
    assert answer.code == 1
    assert answer.err.startswith("lenet: lenet5 can't read pictures of writing: ")
    answer = lenet("calibrate", reader, "--to", tmp_path / "none" / "a.safetensors")
    assert answer.err.startswith(f"lenet: {tmp_path / 'none' / 'a.safetensors'} can't be written: there is no folder")
    answer = lenet("calibrate", "lenet6")
    assert answer.code == 2
