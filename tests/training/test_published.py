"""Every recipe of the zoo runs on the native engine, and does there what it does on the reference."""

from dataclasses import replace

import numpy as np
import pytest

from lenet.data import glyphs
from lenet.data.dataset import Dataset
from lenet.errors import LenetError
from lenet.training import Interrupted, Observer, loop, train
from lenet.zoo import ZOO

pytest.importorskip("lenet._native")

RECIPES = [
    (name, which)
    for name, row in ZOO.items()
    for which, recipe in row.recipes().items()
    if which == "default" or recipe != row.recipe
]


@pytest.fixture(scope="module")
def data() -> Dataset:
    images, labels = glyphs(150, 1)
    return Dataset("few glyphs", tuple("0123456789"), images[:100], labels[:100], images[100:], labels[100:])


def few(name, which):
    """Return a row of the zoo with its recipe cut to a pass over 100 digits, in batches of 20 at most."""
    recipe = ZOO[name].follow(which)
    validation = recipe.validation
    if validation is not None and validation.rows is not None:
        validation = replace(validation, rows=(80, 100))
    return replace(ZOO[name], recipe=replace(recipe, passes=1, batch=min(recipe.batch, 20), validation=validation))


def padded_to(data, side):
    """Return the digits with a border that makes their pictures as large as a network reads them."""
    by = (side - data.shape[1]) // 2
    border = (0, 0), (by, by), (by, by)
    return replace(data, train_images=np.pad(data.train_images, border), test_images=np.pad(data.test_images, border))


@pytest.mark.parametrize(("name", "which"), RECIPES)
def test_a_pass(name, which, data):
    row = few(name, which)
    data = padded_to(data, row.recipe.preparation.shape[1])
    native = train(row, data, folder=False)
    plain = train(row, data, folder=False, engine="reference")
    assert native.history[0].loss == pytest.approx(plain.history[0].loss, rel=1e-3)
    assert native.model.flat == pytest.approx(plain.model.flat, rel=1e-2, abs=1e-3)
    assert native.metrics["updates"] == plain.metrics["updates"]
    assert len(native.history) == len(plain.history) >= 1


@pytest.mark.parametrize("which", ["default", "distorted"])
def test_the_bits_don_t_depend_on_threads(which, data):
    one, three = (train(few("lenet5", which), data, folder=False, passes=3, threads=n) for n in (1, 3))
    assert (one.model.flat == three.model.flat).all()
    assert [row.loss for row in one.history] == [row.loss for row in three.history]


@pytest.mark.parametrize(
    ("name", "which"), [("lenet5", "default"), ("tanh-same", "default"), ("lenet5", "distorted")]
)  # momentum, Adam, copies
def test_a_stopped_run_ends_in_the_same_bits(name, which, data, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "GRAIN", 1.0)
    monkeypatch.setattr(loop, "SHOW", 0.0)
    row = few(name, which)

    class Stop(Observer):
        def on_chunk(self, progress):
            if progress.updates == 7:
                raise KeyboardInterrupt

    whole = train(row, data, folder=tmp_path / "whole", passes=2, threads=1)
    with pytest.raises(Interrupted):
        train(row, data, folder=tmp_path / "stopped", passes=2, threads=2, observer=Stop())
    train(data=data, resume=tmp_path / "stopped", threads=3)
    first, second = (tmp_path / name / "model.safetensors" for name in ("whole", "stopped"))
    assert first.read_bytes() == second.read_bytes()
    assert whole.metrics["machine"]["engine"] == "native"


def test_too_high_a_rate_diverges_in_words(data, tmp_path):
    with pytest.raises(LenetError, match=r"diverged in pass 1.*smaller rate"):
        train(few("lenet4", "default"), data, folder=tmp_path / "run", rate=1e30)
    assert not (tmp_path / "run" / "model.safetensors").exists()


def test_rows_that_the_data_lack(data):
    with pytest.raises(LenetError, match="validation rows"):
        train("tanh-same", data, folder=False)
