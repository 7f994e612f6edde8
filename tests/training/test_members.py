"""Ensembles of several seeds: each member is a run of its own; the choice of the threshold; stopping and going on."""

import json
from dataclasses import replace

import numpy as np
import pytest

import lenet
from lenet.engine.reference import ReferenceEngine
from lenet.errors import LenetError
from lenet.model import Ensemble, Model, choose_sure
from lenet.recipe import Distortion, Validation
from lenet.training import Interrupted, Observer, assemble, candidates, is_boosting, is_together, together, train
from lenet.training.selection import Selection
from lenet.zoo import PAPER_DISTORTION

DISTORTION = Distortion(shift=2.0, rotation=20.0)


@pytest.fixture
def recipe(recipe):
    return replace(recipe, validation=None, distortion=DISTORTION, passes=2, seed=4)


@pytest.fixture
def small(network, digits, recipe):
    """Train a small network from several seeds, by the plain engine."""

    def trained(**more):
        arguments = {"recipe": recipe, "members": 3, "engine": "reference", "folder": False, **more}
        return together(network, digits, **arguments)

    return trained


def files(folder):
    """Return the bytes of the files that tell no times."""
    names = ("model.safetensors", "settings.toml", "members.json")
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.name in names}


# The members.


@pytest.mark.parametrize("validation", [None, Validation(share=0.2)])
def test_each_member_is_the_run_of_its_seed(small, network, digits, recipe, tmp_path, validation):
    recipe = replace(recipe, validation=validation)
    committee = small(recipe=recipe, folder=tmp_path / "all")
    for number, run in enumerate(committee.runs, 1):
        alone = tmp_path / f"alone-{number}"
        single = train(network, digits, recipe=recipe, seed=3 + number, engine="reference", folder=alone)
        assert files(tmp_path / "all" / f"member-{number:02}") == files(alone)
        assert (run.model.flat == single.model.flat).all() and run.metrics["test"] == single.metrics["test"]
    assert len({run.model.flat.tobytes() for run in committee.runs}) == 3


def test_the_ensemble_and_its_metrics(small, digits, tmp_path):
    committee = small(folder=tmp_path)
    model, metrics = committee.model, committee.metrics
    assert model.evaluate(digits.test_images, digits.test_labels).summary() == metrics["test"]
    whole = Ensemble([run.model for run in committee.runs])
    assert metrics["all_test"] == whole.evaluate(digits.test_images, digits.test_labels).summary()
    assert metrics["cost"]["test"] == pytest.approx(model.cost(digits.test_images), abs=1e-4)
    assert [net["test"] for net in metrics["nets"]] == [run.metrics["test"] for run in committee.runs]
    assert (metrics["sure"], metrics["passes"], metrics["updates"]) == (model.sure, 6, 54)
    loaded = lenet.load(tmp_path, engine="reference")
    assert (loaded.scores(digits.test_images) == model.scores(digits.test_images)).all()
    assert loaded.metrics == {name: metrics[name] for name in ("test", "cost")}
    assert len(committee.history) == 6 and json.loads((tmp_path / "metrics.json").read_text()) == metrics
    assert is_together(tmp_path) and not is_boosting(tmp_path) and not is_together(tmp_path / "member-01")


def test_the_folders_of_many_are_in_order(small, recipe, tmp_path, network, digits):
    small(recipe=replace(recipe, passes=1), members=12, folder=tmp_path)
    names = [path.name for path in sorted(tmp_path.glob("member-*"))]
    assert names == [f"member-{number:02}" for number in range(1, 13)]
    assert [lenet.load(tmp_path / name).seed for name in names] == list(range(4, 16))


# The threshold.


def least(committee, images, labels):
    scores = np.stack([run.model.scores(images) for run in committee.runs])
    return choose_sure(scores, labels, False)


def test_rows_that_all_hold_out_choose_it(small, digits, recipe):
    committee = small(recipe=replace(recipe, validation=Validation(rows=(50, 90))))
    images, labels = digits.train_images[50:], digits.train_labels[50:]
    assert committee.model.sure == least(committee, images, labels) is not None
    metrics = committee.metrics
    assert metrics["validation"] == committee.model.evaluate(images, labels).summary()
    assert metrics["validation"]["wrong"] <= metrics["all_validation"]["wrong"]


@pytest.mark.parametrize(
    "validation", [None, Validation(share=0.4), Validation(rows=(50, 90), held_out=False)], ids=["none", "each", "seen"]
)
@pytest.mark.parametrize("distortion", [DISTORTION, replace(DISTORTION, copies=2), None], ids=["new", "copies", "none"])
def test_else_distorted_digits_that_no_member_has_seen(small, network, digits, recipe, validation, distortion):
    """Against the reference engine: one copy of each digit that any member was trained on."""
    recipe = replace(recipe, validation=validation, distortion=distortion)
    committee = small(recipe=recipe)
    recipes = [run.model.recipe for run in committee.runs]
    assert [(each.seed, each.distortion) for each in recipes] == [(4, distortion), (5, distortion), (6, distortion)]
    rows = np.unique(np.concatenate([Selection.of(digits, each).rows for each in recipes]))
    unseen = replace(distortion or PAPER_DISTORTION, copies=1)
    engine = ReferenceEngine(network, recipe.preparation, dtype=np.float32)
    pictures = engine.distorted(digits.train_images, 90 + rows, replace(recipe, seed=1_000_006, distortion=unseen))
    assert committee.model.sure == least(committee, pictures, digits.train_labels[rows]) is not None
    if validation is not None and validation.held_out:
        assert "validation" not in committee.metrics  # each holds out others
        assert all("validation" in net for net in committee.metrics["nets"])


def test_the_test_set_chooses_nothing(small, digits, network, recipe):
    changed = replace(digits, test_images=255 - digits.test_images, test_labels=digits.test_labels[::-1].copy())
    model, other = small().model, together(network, changed, recipe=recipe, members=3, engine="reference", folder=False)
    assert model.sure == other.model.sure and model.metrics != other.model.metrics
    none = replace(digits, test_images=digits.test_images[:0], test_labels=digits.test_labels[:0])
    bare = together(network, none, recipe=recipe, members=3, engine="reference", folder=False)
    assert bare.model.sure == model.sure and "cost" not in bare.metrics


# Models that are there already.


@pytest.fixture
def models(network, digits, recipe, tmp_path):
    """Two models of runs, as their folders have them; rows 60 to 90 are held out."""
    recipe = replace(recipe, validation=Validation(rows=(60, 90)))
    for seed in (4, 5):
        train(network, digits, recipe=recipe, seed=seed, engine="reference", folder=tmp_path / str(seed))
    return [lenet.load(tmp_path / str(seed), engine="reference") for seed in (4, 5)]


def test_models_of_runs_are_put_together(small, models, digits, recipe):
    ensemble = assemble(models, digits)
    same = small(members=2, recipe=replace(recipe, validation=Validation(rows=(60, 90)))).model
    assert (ensemble.sure, ensemble.metrics) == (same.sure, same.metrics)
    assert (ensemble.scores(digits.test_images) == same.scores(digits.test_images)).all()


def test_halved_weights_are_measured_anew(models, digits, tmp_path):
    ensemble = assemble(models, digits, half=True)
    ensemble.save(tmp_path / "half.safetensors")
    loaded = lenet.load(tmp_path / "half.safetensors", engine="reference")
    assert loaded.half and loaded.metrics == ensemble.metrics
    images, labels = digits.train_images[60:], digits.train_labels[60:]
    scores = np.stack([member.scores(images) for member in loaded.members])
    assert loaded.sure == choose_sure(scores, labels, False)
    assert loaded.metrics["test"] == loaded.evaluate(digits.test_images, digits.test_labels).summary()
    for member, before in zip(loaded.members, models, strict=True):
        assert (member.flat == before.flat.astype(np.float16)).all() and (member.flat != before.flat).any()
        assert member.metrics["test"] == member.evaluate(digits.test_images, digits.test_labels).summary()
        assert member.metrics["validation"] == member.evaluate(images, labels).summary()
        assert member.metrics["test"] != before.metrics["test"]  # the loss, to the last bit


def test_models_that_can_t_be_put_together(models, digits):
    other = replace(digits, test_labels=digits.test_labels[::-1].copy())
    with pytest.raises(LenetError, match="member 1 was trained on 'small glyphs', and not on 'small glyphs' as it is"):
        assemble(models, other)
    bare = Model(models[0].network, models[0].preparation, models[0].flat, classes=models[0].classes)
    with pytest.raises(LenetError, match="member 2 doesn't say by which recipe"):
        assemble([models[0], bare], digits)
    with pytest.raises(LenetError, match="one or more members"):
        assemble([], digits)


# Stopped, and gone on with.


class Stop(Observer):
    """Presses Ctrl-C at the nth call."""

    def __init__(self, at):
        self.left = at

    def _count(self, *_):
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt

    on_chunk = on_pass = on_choice = _count


def test_stopped_again_and_again(small, digits, tmp_path, often, monkeypatch):
    monkeypatch.setattr(candidates, "CHUNK", 20)
    whole, stops = small(folder=tmp_path / "whole"), 0
    with pytest.raises(Interrupted, match=r"lenet train --resume .*stopped$"):
        small(folder=tmp_path / "stopped", observer=Stop(1))
    while True:
        try:
            committee = together(data=digits, resume=tmp_path / "stopped", observer=Stop(7))
            break
        except Interrupted as stopped:
            assert stopped.folder == tmp_path / "stopped"
            stops += 1
    assert stops > 3
    assert files(tmp_path / "whole") == files(tmp_path / "stopped")
    assert len(files(tmp_path / "whole")) == 4 * 2 + 1  # settings and model each, members.json
    assert committee.metrics["test"] == whole.metrics["test"] and committee.model.sure == whole.model.sure


def test_stopped_while_the_threshold_is_chosen(small, models, digits, tmp_path, monkeypatch):
    monkeypatch.setattr(candidates, "CHUNK", 20)

    class Choice(Stop):
        on_chunk = on_pass = Observer.on_pass

    with pytest.raises(Interrupted, match=r"--resume .*run"):
        small(folder=tmp_path / "run", observer=Choice(2))
    assert not (tmp_path / "run" / "model.safetensors").exists()
    assert together(data=digits, resume=tmp_path / "run").model.sure == small().model.sure
    drawn = [run.model for run in small().runs]
    with pytest.raises(Interrupted, match="nothing is kept"):
        assemble(drawn, digits, observer=Choice(2))


def test_what_is_refused(small, digits, tmp_path):
    for members in (0, 1, 2.5):
        with pytest.raises(LenetError, match="the members of an ensemble"):
            small(members=members, folder=tmp_path / "none")
    assert not (tmp_path / "none").exists()
    small(folder=tmp_path / "run", members=2)
    with pytest.raises(LenetError, match="holds a run already"):
        small(folder=tmp_path / "run")
    with pytest.raises(LenetError, match="keeps its settings; leave out members, seed"):
        together(resume=tmp_path / "run", members=2, seed=1)
    with pytest.raises(LenetError, match=r"the ensemble in .* began on other data"):
        together(resume=tmp_path / "run", data=replace(digits, test_labels=digits.test_labels[::-1].copy()))
    with pytest.raises(LenetError, match=r"members.json"):
        together(resume=tmp_path / "run" / "member-01", data=digits)
    (tmp_path / "run" / "members.json").write_text('{"members": "many", "engine": "native", "data": ""}')
    with pytest.raises(LenetError, match=r"members.json is damaged"):
        together(resume=tmp_path / "run", data=digits)
