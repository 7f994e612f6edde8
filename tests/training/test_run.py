"""Whole runs: what they learn, what their folder holds, and how they say what is wrong."""

import errno
import json
import os
from dataclasses import replace

import numpy as np
import pytest

import lenet
from lenet import written
from lenet.errors import LenetError
from lenet.network import RBF, Conv, Network
from lenet.recipe import Constant, Loss, LossKind, Patience, Recipe
from lenet.training import history, train
from lenet.training.history import Row
from lenet.zoo import Entry


def trained(network, digits, recipe, folder=False, **more):
    return train(network, digits, recipe=recipe, folder=folder, engine="reference", **more)


# What it learns.


def test_it_learns_what_can_be_learned(network, digits, recipe):
    run = trained(network, digits, replace(recipe, passes=30, batch=5))
    assert run.metrics["test"]["error"] <= 0.05
    assert run.history[-1].training_error <= 0.05 < run.history[0].training_error
    assert run.model.evaluate(digits.test_images, digits.test_labels).error == run.metrics["test"]["error"]


def test_it_doesn_t_learn_what_can_t_be_learned(network, digits, recipe):
    """A good score on labels that were drawn by lot would mean that the test set leaks into training."""
    random = np.random.default_rng(0)
    lots = replace(
        digits,
        train_labels=random.integers(0, 3, 90).astype(np.uint8),
        test_labels=random.integers(0, 3, 40).astype(np.uint8),
    )
    run = trained(network, lots, replace(recipe, passes=15))
    assert run.metrics["test"]["error"] > 0.4  # by lot: 0.67 +- 0.07
    assert run.metrics["validation"]["error"] > 0.3


def test_patience_gives_the_weights_of_the_lowest_validation_error(network, digits, recipe):
    run = trained(network, digits, replace(recipe, passes=12, stopping=Patience(200)))
    assert run.metrics["validation"]["error"] == min(row.validation_error for row in run.history)


def test_a_seed_gives_one_run(network, digits, recipe):
    first, again, other = (trained(network, digits, recipe, seed=seed).model.flat for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


# Its folder.


def test_the_folder(network, digits, recipe, tmp_path):
    folder = tmp_path / "deep" / "run"
    run = trained(network, digits, replace(recipe, test_each_pass=True), folder)
    names = [
        "README.md",
        "checkpoint.safetensors",
        "history.csv",
        "history.jsonl",
        "metrics.json",
        "model.safetensors",
        "settings.toml",
    ]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert run.folder == folder and history.read(folder) == run.history
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics == run.metrics
    assert np.sum(metrics["confusion"]) == 40 and np.trace(metrics["confusion"]) == 40 - metrics["test"]["wrong"]
    assert metrics["seconds"]["total"] >= metrics["seconds"]["training"] > 0 and metrics["digits_per_second"] > 0
    assert metrics["passes"] == 3 and metrics["updates"] == 24
    assert metrics["machine"]["engine"] == "reference" and metrics["machine"]["numpy"] == np.__version__
    model = lenet.load(folder, engine="reference")
    assert (model.flat == run.model.flat).all()
    assert model.classes == ("0", "1", "7") and model.data == "small glyphs" and model.checksum == digits.checksum
    assert model.metrics["test"] == run.metrics["test"]


def test_the_settings_repeat_the_run(network, digits, recipe, tmp_path):
    first = trained(network, digits, recipe, tmp_path / "first", rate=0.07, batch=9, passes=2, seed=5)
    row = written.read(tmp_path / "first" / "settings.toml")
    assert row.recipe == replace(recipe, schedule=Constant(0.07), batch=9, passes=2, seed=5, data="small glyphs")
    second = train(tmp_path / "first" / "settings.toml", digits, folder=tmp_path / "second", engine="reference")
    assert (first.model.flat == second.model.flat).all()


def test_a_recipe_by_name(network, digits, recipe):
    entry = Entry(network, recipe, "", published=replace(recipe, batch=45), others={"short": replace(recipe, passes=1)})
    updates = {
        name: trained(entry, digits, name).metrics["updates"] for name in (None, "default", "published", "short")
    }
    assert updates == {None: 24, "default": 24, "published": 6, "short": 8}
    assert trained(network, digits, "default", passes=1).metrics["passes"] == 1
    with pytest.raises(LenetError, match="small has no recipe 'long'; it has: default, published, short"):
        trained(entry, digits, "long")


def test_folders_are_numbered(network, digits, recipe, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = [trained(network, digits, replace(recipe, passes=1), None).folder for _ in range(2)]
    assert [str(folder) for folder in folders] == ["runs/small-001", "runs/small-002"]


def test_a_folder_that_holds_a_run_is_left_alone(network, digits, recipe, tmp_path):
    trained(network, digits, recipe, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(LenetError, match="holds a run already; go on with it by --resume"):
        trained(network, digits, recipe, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_without_a_folder_nothing_is_written(network, digits, recipe, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert trained(network, digits, recipe).folder is None
    assert not list(tmp_path.iterdir())


def test_a_full_disk(network, digits, recipe, tmp_path, monkeypatch, often):
    calls, sync = [], os.fsync

    def full(handle):
        calls.append(handle)
        if len(calls) > 15:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(LenetError, match=r"checkpoint.safetensors can't be written: No space left on device"):
            trained(network, digits, recipe, tmp_path / "full")
    assert not list((tmp_path / "full").glob(".*"))
    resumed = train(data=digits, resume=tmp_path / "full")  # with room again
    whole = trained(network, digits, recipe, tmp_path / "whole")
    assert (resumed.model.flat == whole.model.flat).all()


def test_a_folder_that_can_t_be_made(network, digits, recipe, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LenetError, match="can't be made"):
        trained(network, digits, recipe, tmp_path / "file" / "run")


def test_a_damaged_history(tmp_path):
    row = Row(1, True, 3, 0.5, 0.25, None, None, None, 0.125, 0.1, 1.0, 90.0)
    history.write(tmp_path, [row])
    history.append(tmp_path, replace(row, pass_=2))
    assert [r.pass_ for r in history.read(tmp_path)] == [1, 2]
    with (tmp_path / "history.jsonl").open("a") as file:
        file.write('{"pass": 3')
    assert len(history.read(tmp_path)) == 2
    (tmp_path / "history.jsonl").write_text("{}\n")
    with pytest.raises(LenetError, match="damaged"):
        history.read(tmp_path)
    with pytest.raises(LenetError, match="can't be read"):
        history.read(tmp_path / "none")


# What doesn't fit is refused, before anything is written.


def test_what_doesn_t_fit(network, digits, recipe, tmp_path):
    four = replace(digits, classes=("a", "b", "c", "d"))
    codes = Network("rbf", (1, 8, 8), (Conv(2, kernel=8), RBF(((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0)))))
    for what, data, kept, words in (
        ("lenet55", digits, None, "no network 'lenet55'; did you mean lenet5"),
        ("none.toml", digits, None, "none.toml"),
        ("lenet5", digits, None, r"pictures of small glyphs are \(1, 8, 8\), but .* for \(1, 28, 28\)"),
        (network, digits, replace(recipe, preparation=replace(recipe.preparation, padding=1)), "'small' reads"),
        (network, four, recipe, "has 4 classes, but 'small' tells 3 apart"),
        (network, digits, replace(recipe, loss=Loss(LossKind.DISTANCE)), "RBF"),
        (codes, digits, replace(recipe, loss=Loss(LossKind.SQUARED)), "RBF"),
        (network, tmp_path / "no data", recipe, "no data"),
    ):
        with pytest.raises(LenetError, match=words):
            train(what, data, recipe=kept, folder=tmp_path / "run", engine="reference")
    with pytest.raises(LenetError, match="no engine 'fast'"):
        train(network, digits, recipe=recipe, folder=tmp_path / "run", engine="fast")
    with pytest.raises(LenetError, match="batch must be a whole number of 1 or more"):
        trained(network, digits, recipe, tmp_path / "run", batch=0)
    assert not (tmp_path / "run").exists()


def test_a_network_without_a_recipe_gets_one_that_fits_the_data(digits):
    network = Network("padded", (1, 12, 12), (Conv(3, kernel=12),))
    run = train(network, digits, folder=False, engine="reference", passes=1)
    assert run.model.preparation.padding == 2
    assert run.model.recipe == replace(Recipe(), preparation=run.model.preparation, passes=1, data="small glyphs")


def test_a_row_of_the_zoo_of_one_s_own(network, digits, recipe):
    run = train(Entry(network, recipe, "me"), digits, folder=False, engine="reference")
    assert run.model.recipe == replace(recipe, data="small glyphs")


def test_fewer_classes_than_outputs(digits, recipe):
    network = Network("five", (1, 8, 8), (Conv(5, kernel=8),))
    assert trained(network, digits, recipe).model.classes == ("0", "1", "7", "3", "4")


def test_no_test_digits(network, digits, recipe, tmp_path):
    none = replace(digits, test_images=digits.test_images[:0], test_labels=digits.test_labels[:0])
    run = trained(network, none, replace(recipe, test_each_pass=True), tmp_path / "run")
    assert run.metrics["confusion"] is None and "test" not in run.metrics
    assert run.history[-1].test_error is None


def test_the_card_is_written_beside_the_model(digits, network, recipe, tmp_path):
    row = Entry(network, recipe, "")
    run = train(row, digits, folder=tmp_path / "new", engine="reference", passes=1)
    assert (tmp_path / "new" / "README.md").read_text(encoding="utf-8") == run.model.card()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").write_text("# mine\n")
    train(row, digits, folder=tmp_path / "mine", engine="reference", passes=1)
    assert (tmp_path / "mine" / "README.md").read_text() == "# mine\n"
