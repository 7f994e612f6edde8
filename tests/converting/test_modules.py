"""To PyTorch and back."""

import subprocess
import sys

import numpy as np
import pytest

import lenet
from lenet.errors import LenetError
from lenet.network import Conv, Dense, Flatten, Network
from lenet.preparation import Preparation
from lenet.training.start import draw
from lenet.zoo import ZOO

torch = pytest.importorskip("torch")

SMALL = Network("small", (1, 30, 30), (Conv(2, kernel=3, stride=3), Flatten(), Dense(4, name="out")))


def test_a_model_and_back():
    model = lenet.load("lenet5")
    module = lenet.to_torch(model)
    assert isinstance(module, torch.nn.Module)
    assert [name for name, _ in module.named_children()] == ["c1", "s2", "c3", "s4", "c5", "f6", "output"]
    back = lenet.from_torch(module)
    assert (back.flat == model.flat).all()
    assert (back.network, back.preparation, back.classes) == (model.network, model.preparation, model.classes)
    assert (back.metrics, back.recipe) == ({}, None)
    again = lenet.from_torch(module, as_=model)
    assert again.recipe == model.recipe


def test_nothing_else_moves():
    """PyTorch's own random numbers go on as if no module had been made, and the module's weights are its own."""
    state, model = torch.random.get_rng_state(), lenet.load("lenet5")
    module = lenet.to_torch(model)
    assert torch.equal(torch.random.get_rng_state(), state)
    with torch.no_grad():
        module.c1.weight += 1
    assert not (lenet.from_torch(module).flat == model.flat).all() and (lenet.load("lenet5").flat == model.flat).all()


def test_the_same_answers(pictures):
    model = lenet.load("lenet5")
    module = lenet.to_torch("lenet5")
    penalties = module.penalties(torch.from_numpy(pictures)).detach().numpy()
    np.testing.assert_allclose(penalties, model.scores(pictures), rtol=1e-5)
    assert (module(torch.from_numpy(pictures)).argmax(1).numpy() == model.predict(pictures)).all()
    features = module.features(torch.from_numpy(pictures))
    for name, right in model.features(pictures).items():
        np.testing.assert_allclose(features[name].detach().numpy(), right, atol=1e-5 * abs(right).max())


@pytest.mark.parametrize("name", ZOO)
def test_every_network_of_the_zoo_there_and_back(name):
    row = ZOO[name]
    module = lenet.to_torch(name, seed=3)
    assert module.preparation == row.recipe.preparation
    back = lenet.from_torch(module)
    assert (back.flat == draw(row.network, row.recipe.start, 3)).all() and back.network == row.network
    assert (lenet.to_torch(row, seed=3).arrays()[next(iter(back.weights))] == next(iter(back.weights.values()))).all()


def test_where_a_module_comes_from(tmp_path):
    trained = lenet.load("lenet5")
    trained.save(tmp_path / "model.safetensors")
    for what in (tmp_path, tmp_path / "model.safetensors", str(tmp_path)):
        assert (lenet.from_torch(lenet.to_torch(what)).flat == trained.flat).all()
    fresh = lenet.from_torch(lenet.to_torch(ZOO["lenet5"].network))
    assert fresh.preparation == trained.preparation and not (fresh.flat == trained.flat).all()
    (tmp_path / "mine.toml").write_text('based_on = "d2l"\n[network]\nname = "mine"\n')
    assert lenet.to_torch(tmp_path / "mine.toml").network.name == "mine"
    assert lenet.to_torch(SMALL).preparation == Preparation(padding=1)
    assert lenet.to_torch(SMALL, preparation=Preparation((1, 30, 30))).preparation.padding == 0


@pytest.mark.parametrize(
    ("what", "settings", "message"),
    [
        ("lenet55", {}, "no trained network 'lenet55'; did you mean"),
        ("lenet55", {"seed": 0}, "no network 'lenet55'; did you mean"),
        ("caffe", {}, r"no weights of 'caffe'; lenet.to_torch\('caffe', seed=0\) gives it .* lenet train caffe makes"),
        ("lenet5-best-16", {}, r"an ensemble of \d+ networks is no single module; take its members one by one"),
        ("nothing.safetensors", {}, "there is no file nothing.safetensors"),
        (SMALL, {"preparation": Preparation()}, r"the preparation gives \(1, 28, 28\), but 'small' reads"),
    ],
)
def test_what_is_no_module(what, settings, message):
    with pytest.raises(LenetError, match=message):
        lenet.to_torch(what, **settings)


def test_a_model_has_its_own_weights():
    with pytest.raises(LenetError, match="a seed draws fresh weights, but the model brings its own"):
        lenet.to_torch(lenet.load("lenet5"), seed=0)


def test_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    for call in (lambda: lenet.to_torch(SMALL), lambda: lenet.from_torch({}), lambda: lenet.convert("x.pth")):
        with pytest.raises(LenetError, match=r'needs torch, which isn\'t installed: pip install "lenet\[torch\]"'):
            call()


def test_nothing_is_loaded_by_the_names():
    code = "import sys, lenet; lenet.to_torch, lenet.convert; import lenet.cli; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_wrapped_modules():
    module = lenet.to_torch(SMALL)
    flat = lenet.from_torch(module).flat
    compiled = torch.nn.Module()  # as torch.compile keeps what it was given
    compiled._orig_mod = torch.nn.DataParallel(module)
    for wrapped in (compiled, torch.nn.DataParallel(module), module.double()):
        assert (lenet.from_torch(wrapped).flat == flat).all()


@pytest.mark.slow
def test_compiled_modules():
    module = lenet.to_torch(SMALL)
    assert (
        lenet.from_torch(torch.compile(module, backend="eager")).flat.tolist() == lenet.from_torch(module).flat.tolist()
    )


def test_a_layer_called_module_wraps_nothing():
    network = Network("wrapping", (1, 4, 4), (Conv(2, kernel=4, name="module"), Dense(3)))
    module = lenet.to_torch(network)
    assert (lenet.from_torch(module).weights["module.weight"] == module.module.weight.detach().numpy()).all()


def test_a_module_that_was_changed():
    def changed(**layers):
        module = lenet.to_torch(SMALL)
        for name, layer in layers.items():
            setattr(module, name, layer)
        return module

    for module, words in (
        (changed(out=torch.nn.Linear(200, 4)), "its layer out was exchanged"),
        (changed(flatten1=torch.nn.Flatten()), "its layer flatten1 was exchanged"),
        (changed(extra=torch.nn.Linear(2, 2)), "it doesn't have extra.bias as it was made"),
    ):
        with pytest.raises(LenetError, match=f"no longer 'small': {words}; describe what it is now"):
            lenet.from_torch(module)
    normed = lenet.to_torch(SMALL)
    torch.nn.utils.parametrizations.weight_norm(normed.out)
    with pytest.raises(LenetError, match=r"no longer 'small': it doesn't have out\.parametrizations"):
        lenet.from_torch(normed)


def test_a_module_that_is_something_else():
    module = lenet.to_torch(SMALL)
    with pytest.raises(LenetError, match="the module is a 'small', and not the 'lenet5' that it's asked to be"):
        lenet.from_torch(module, as_="lenet5")
    with torch.no_grad():
        module.out.bias[0] = torch.nan
    with pytest.raises(LenetError, match=r"out.bias must be finite"):
        lenet.from_torch(module)


def test_weights_that_a_table_leaves_out_are_left_out():
    module = lenet.to_torch("lenet5")
    with torch.no_grad():
        module.c3.weight += 1
    assert not lenet.from_torch(module).weights["C3.weight"][0, 3:].any()


def test_their_own_module(theirs, pictures):
    x = torch.from_numpy(pictures)[:, None] / 255
    right = theirs(x).detach().numpy()
    for module in (theirs, theirs.state_dict(), torch.nn.DataParallel(theirs), {"state_dict": theirs.state_dict()}):
        for as_ in ("relu-valid", ZOO["relu-valid"], ZOO["relu-valid"].network, None):
            model = lenet.from_torch(module, as_=as_)
            np.testing.assert_allclose(model.scores(pictures), right, rtol=1e-4, atol=1e-5)
    with pytest.raises(LenetError, match="the state dict doesn't fit 'd2l'"):
        lenet.from_torch(theirs, as_="d2l")
    with pytest.raises(LenetError, match="there is no network 'relu-valod'"):
        lenet.from_torch(theirs, as_="relu-valod")
