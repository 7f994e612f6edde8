"""Files that people saved: what is read, how arrays find their places, and what is refused."""

import argparse
import copy
import io
import json
import pickle
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from click.testing import CliRunner
from safetensors.torch import save_file

import lenet
from lenet.cli.program import program
from lenet.converting import converted
from lenet.converting.matching import fits, match
from lenet.errors import LenetError
from lenet.network import Conv, Dense, Flatten, MeanPool, Network, Subsample
from lenet.zoo import ZOO

torch = pytest.importorskip("torch")
nn = torch.nn


def run(*arguments):
    return CliRunner().invoke(program, ["convert", *map(str, arguments)], standalone_mode=False)


def flat(state):
    return np.concatenate([tensor.float().numpy().ravel() for tensor in state.values()])


class TestFiles:
    """The same weights in all the files that people keep them in."""

    def kept(self, path, theirs, **settings):
        model = lenet.convert(path, **settings)
        assert model.name == "relu-valid" and (model.flat == flat(theirs.state_dict())).all()
        return model

    def test_a_state_dict(self, theirs, pictures, save, tmp_path):
        model = self.kept(save(theirs.state_dict()), theirs)
        right = theirs(torch.from_numpy(pictures)[:, None] / 255).detach().numpy()
        np.testing.assert_allclose(model.scores(pictures), right, rtol=1e-4, atol=1e-5)
        model.save(tmp_path / "model.safetensors")
        assert (lenet.load(tmp_path / "model.safetensors").flat == model.flat).all()

    @pytest.mark.parametrize("name", ["state_dict", "model_state_dict", "model", "net", "whatever"])
    def test_a_checkpoint(self, theirs, save, name):
        optimiser = {"state": {0: {"step": 3}}, "param_groups": [{"lr": 0.1}]}
        best = torch.tensor(0.98)
        self.kept(save({"epoch": 3, name: theirs.state_dict(), "optimizer": optimiser, "best": best}), theirs)

    @pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "_orig_mod.module.", "model."])
    def test_a_wrapped_module(self, theirs, save, prefix):
        self.kept(save({prefix + name: array for name, array in theirs.state_dict().items()}), theirs)

    def test_the_old_format(self, theirs, tmp_path):
        torch.save(theirs.state_dict(), tmp_path / "old.pth", _use_new_zipfile_serialization=False)
        self.kept(tmp_path / "old.pth", theirs)

    def test_a_list_of_arrays(self, theirs, save):
        self.kept(save([parameter.detach() for parameter in theirs.parameters()]), theirs)

    def test_parameters_that_are_still_parameters(self, theirs, save):
        self.kept(save(dict(theirs.named_parameters())), theirs)

    def test_safetensors(self, theirs, tmp_path):
        save_file(theirs.state_dict(), tmp_path / "model.safetensors")
        self.kept(tmp_path / "model.safetensors", theirs)

    @pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
    def test_other_precisions(self, theirs, save, dtype):
        state = {name: array.to(dtype) for name, array in theirs.state_dict().items()}
        assert (lenet.convert(save(state)).flat == flat(state)).all()

    def test_in_any_order(self, theirs, save):
        state = dict(sorted(theirs.state_dict().items()))
        self.kept(save(dict(reversed(state.items()))), theirs)

    def test_our_own_module(self, save):
        module = lenet.to_torch("lenet5")
        model = lenet.convert(save(module.state_dict()), as_="lenet5")
        assert (model.flat == lenet.load("lenet5").flat).all()

    def test_a_model_says_the_rest(self, save):
        trained = lenet.load("lenet5")
        model = lenet.convert(save(lenet.to_torch(trained).state_dict()), as_=trained)
        assert (model.recipe, model.preparation) == (trained.recipe, trained.preparation)


class TestPlaces:
    """Which array becomes which."""

    def places(self, names, network):
        return {pair.wanted: pair.found for pair in match(names, network)}

    def test_order_tells_layers_of_one_shape_apart(self):
        network = Network("towers", (5, 1, 1), (Dense(5), Dense(5), Dense(5)))
        shapes = {f"net.{n}.{kind}": (5, 5)[: 1 + (kind == "weight")] for n in (0, 2, 4) for kind in ("weight", "bias")}
        places = self.places(shapes, network)
        assert places == {
            f"{layer}.{kind}": f"net.{n}.{kind}"
            for layer, n in (("F1", 0), ("F2", 2), ("output", 4))
            for kind in ("weight", "bias")
        }

    def test_a_bias_is_told_from_a_coefficient(self):
        layers = (Conv(3, kernel=1), Subsample(), Conv(3, kernel=2, name="last"))
        shapes = {"a.bias": (3,), "a.weight": (3, 1, 1, 1), "b.bias": (3,), "b.weight": (3,)}
        shapes |= {"c.b": (3,), "c.W": (3, 3, 2, 2)}
        places = self.places(shapes, Network("paper", (1, 4, 4), layers))
        assert (places["C1.bias"], places["S2.coefficient"], places["S2.bias"]) == ("a.bias", "b.weight", "b.bias")
        assert (places["last.bias"], places["last.weight"]) == ("c.b", "c.W")

    def test_its_own_name_comes_first(self):
        network = Network("named", (5, 1, 1), (Dense(5, name="A"), Dense(5, name="B")))
        shapes = {"b.weight": (5, 5), "b.bias": (5,), "a.weight": (5, 5), "a.bias": (5,)}
        places = self.places(shapes, network)
        assert places["A.weight"] == "a.weight" and places["B.bias"] == "b.bias"

    def test_a_kernel_that_sees_all_is_a_row_of_weights(self, save):
        """C5 as a dense layer after a flatten, and F6 as a convolution: the same numbers in the same order."""
        theirs = nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5))
        theirs.extend([nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.Tanh()])
        theirs.extend([nn.Unflatten(1, (120, 1, 1)), nn.Conv2d(120, 84, 1), nn.Tanh(), nn.Flatten(), nn.Linear(84, 10)])
        model = lenet.convert(save(theirs.state_dict()), as_="tanh-same")
        pictures = np.random.default_rng(1).integers(0, 256, (5, 28, 28), np.uint8)
        right = theirs(torch.from_numpy(pictures)[:, None] / 255).detach().numpy()
        np.testing.assert_allclose(model.scores(pictures), right, rtol=1e-4, atol=1e-5)
        kernels = {"c.weight": (120, 16, 5, 5), "c.bias": (120,)}
        dense = Network("dense", (16, 5, 5), (Flatten(), Dense(120)))
        assert fits(match(kernels, dense))
        assert not fits(match(kernels, Network("other", (4, 10, 10), (Flatten(), Dense(120)))))
        padded = Network("padded", (16, 5, 5), (Conv(120, kernel=5, padding=2), MeanPool(size=5)))
        assert not fits(match({"c.weight": (120, 400), "c.bias": (120,)}, padded))

    def test_numbers_count_as_numbers(self, tmp_path):
        network = Network("long", (4, 1, 1), tuple(Dense(4) for _ in range(12)))
        state = {f"fc{n}.weight": torch.full((4, 4), float(n)) for n in range(12)}
        state |= {f"fc{n}.bias": torch.full((4,), float(n)) for n in range(12)}
        save_file(state, tmp_path / "long.safetensors")
        weights = lenet.convert(tmp_path / "long.safetensors", as_=network).weights
        assert [array.flat[0] for array in weights.values()] == [n for n in range(12) for _ in range(2)]


class TestNetworks:
    """Which network it is."""

    def test_several_fit(self, save):
        state = lenet.to_torch("d2l", seed=0).state_dict()
        with pytest.raises(LenetError, match="fits 3 networks of the zoo") as error:
            lenet.convert(save(state))
        assert all(f"  {name} (" in str(error.value) for name in ("sigmoid-max", "d2l", "tanh-same"))
        assert "d2l (MeanPool, sigmoid): " in str(error.value) and "--as sigmoid-max" in str(error.value)
        assert lenet.convert(save(state), as_="d2l").name == "d2l"

    def test_another_is_asked_for(self, theirs, save):
        with pytest.raises(LenetError) as error:
            lenet.convert(save(theirs.state_dict()), as_="d2l")
        lines = [" ".join(line.split()) for line in str(error.value).split("\n")]
        assert "doesn't fit 'd2l'" in str(error.value) and str(error.value).endswith("of the zoo it fits relu-valid")
        assert "conv1.weight 6 x 1 x 5 x 5 C1.weight 6 x 1 x 5 x 5" in lines
        assert "- F5.weight 120 x 400" in lines and "fc1.weight 120 x 256 -" in lines

    def test_none_fits(self, save):
        state = nn.Sequential(nn.Conv2d(1, 6, 5), nn.BatchNorm2d(6), nn.Flatten(), nn.Linear(5, 10)).state_dict()
        for as_, words in ((None, "fits no network of the zoo; the nearest is"), ("d2l", "doesn't fit 'd2l'")):
            with pytest.raises(LenetError, match=words) as error:
                lenet.convert(save(state), as_=as_)
            assert "1.num_batches_tracked  one number" in str(error.value) and "TOML" in str(error.value)

    def test_a_network_of_ones_own(self, save, tmp_path):
        (tmp_path / "wide.toml").write_text(
            'based_on = "relu-valid"\n[network]\nname = "wide"\n[network.changes.F6]\nunits = 90\n'
        )
        module = lenet.to_torch(tmp_path / "wide.toml")
        model = lenet.convert(save(module.state_dict()), as_=tmp_path / "wide.toml")
        assert model.name == "wide" and (model.flat == lenet.from_torch(module).flat).all()

    def test_a_table_that_is_left_out(self, save):
        state = lenet.to_torch("lenet5", seed=0).state_dict()
        state["c3.weight"] += 1
        with pytest.raises(LenetError, match=r"C3.weight connects all maps, but 'lenet5' leaves out .* 900 weights"):
            lenet.convert(save(state), as_="lenet5")


class TestPreparation:
    """How pictures are prepared."""

    def test_normalised(self, theirs, pictures, save, tmp_path):
        mean, std = 0.1307, 0.3081
        path = save(theirs.state_dict())
        model = lenet.convert(path, low=-mean / std, high=(1 - mean) / std)
        x = (torch.from_numpy(pictures)[:, None] / 255 - mean) / std
        np.testing.assert_allclose(model.scores(pictures), theirs(x).detach().numpy(), rtol=1e-4, atol=1e-5)
        assert run(path, "--mean", mean, "--std", std, "--out", tmp_path / "a.safetensors").exit_code == 0
        low, high = model.preparation.low, model.preparation.high
        assert run(path, "--range", low, high, "--out", tmp_path / "b.safetensors").exit_code == 0
        for name in ("a", "b"):
            assert lenet.load(tmp_path / f"{name}.safetensors").preparation == model.preparation

    def test_one_end(self, theirs, save):
        p = lenet.convert(save(theirs.state_dict()), low=-1).preparation
        assert (p.low, p.high) == (-1, 1)
        with pytest.raises(LenetError, match="low must be below its high"):
            lenet.convert(save(theirs.state_dict()), low=1)

    def test_classes(self, theirs, save):
        assert lenet.convert(save(theirs.state_dict()), classes=list("abcdefghij")).classes == tuple("abcdefghij")
        with pytest.raises(LenetError, match="has 10 classes, but 2 names came"):
            lenet.convert(save(theirs.state_dict()), classes=("a", "b"))


class TestRefused:
    """What is no state dict, and what would have to be run."""

    def refused(self, path, message):
        with pytest.raises(LenetError, match=message) as error:
            lenet.convert(path, as_="relu-valid")
        assert str(path) in str(error.value) and "weights_only" not in str(error.value)

    def test_a_whole_module(self, theirs, save):
        words = r"holds an object of [a-z.]*ReluValid, and not arrays alone; .* torch.save\(model.state_dict\(\)"
        self.refused(save(theirs), words)
        self.refused(save({"model": theirs, "epoch": 1}), words)

    def test_other_objects(self, theirs, save):
        arguments = {"state_dict": theirs.state_dict(), "args": argparse.Namespace(lr=0.1)}
        self.refused(save(arguments), "holds an object of argparse.Namespace")
        self.refused(save({"w": np.zeros(3)}), r"holds an object of numpy\.")

    def test_code(self, tmp_path):
        class Run:
            def __reduce__(self):
                return (exec, (f"open({str(tmp_path / 'ran')!r}, 'w')",))

        for name, write in (("new", torch.save), ("old", lambda thing, path: path.write_bytes(pickle.dumps(thing)))):
            write({"conv1.weight": Run()}, tmp_path / name)
            self.refused(
                tmp_path / name, "holds an object of .*exec, and not arrays|a pickle that torch.save didn't write"
            )
        assert not (tmp_path / "ran").exists()

    @pytest.mark.filterwarnings("ignore:.torch.jit")
    def test_torchscript(self, tmp_path):
        torch.jit.script(nn.Linear(2, 2)).save(tmp_path / "script.pt")
        self.refused(tmp_path / "script.pt", "is a TorchScript program, which isn't run here; save the weights")

    def test_another_zip(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
            archive.writestr("config.json", "{}")
        self.refused(tmp_path / "model.keras", "is a zip file, but not one of torch.save")

    def test_a_zip_that_unpacks_to_too_much(self, theirs, save, monkeypatch):
        path = save(theirs.state_dict())
        monkeypatch.setattr("lenet.converting.checkpoint.MOST_FILE", 100_000)
        self.refused(path, "has .* bytes; the weights of a LeNet have at most 100,000")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("model/data.pkl", bytes(1_000_000))
        self.refused(path, "has 1,000,000 bytes")

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "isn't a file of torch.save; give"),
            (b"\x89HDF\r\n\x1a\n" + bytes(50), "but an HDF5 file, as Keras writes them"),
            (b"\x93NUMPY\x01\x00" + bytes(50), "but a NumPy file"),
            (b"PK\x03\x04" + bytes(50), "is damaged or cut short"),
            (b"\x80\x02}q\x00", "is damaged, or "),
            (bytes(8) + b"{", "is damaged, or no safetensors file"),
        ],
    )
    def test_other_files(self, tmp_path, data, words):
        (tmp_path / "file").write_bytes(data)
        self.refused(tmp_path / "file", words)

    def test_no_file(self, tmp_path):
        self.refused(tmp_path / "nothing.pth", "there is no file")
        self.refused(tmp_path, "is a folder")

    def test_cut_short_and_damaged(self, theirs, save):
        path = save(theirs.state_dict())
        whole = path.read_bytes()
        for length in range(1, len(whole), len(whole) // 12):
            path.write_bytes(whole[:length])
            with pytest.raises(LenetError):
                lenet.convert(path)
        rng = np.random.default_rng(0)
        for place in rng.integers(0, 2_000, 30):
            data = bytearray(whole)
            data[place] ^= int(rng.integers(1, 256))
            path.write_bytes(data)
            with suppress(LenetError):  # or it was a byte of a number, or of padding
                lenet.convert(path)

    def test_a_model_of_ours(self, tmp_path):
        lenet.load("relu-valid").save(tmp_path / "ours.safetensors")
        self.refused(tmp_path / "ours.safetensors", "is a model of lenet already: lenet evaluate")

    @pytest.mark.parametrize(
        ("thing", "words"),
        [
            ({}, "holds no state dict: nothing"),
            ({"epoch": 3, "lr": 0.1}, "holds no state dict: epoch, lr"),
            (5, "holds a int, and no state dict"),
            ({"a": {"w": torch.zeros(2)}, "b": {"w": torch.zeros(2)}}, "holds several state dicts: a, b"),
        ],
    )
    def test_no_state_dict(self, save, thing, words):
        self.refused(save(thing), words)

    def test_numbers_that_are_none(self, theirs, save):
        for change, words in (
            (lambda w: w.fill_(torch.nan), "fc1.weight in .* holds NaN or infinity"),
            (lambda w: w.double() * 1e300, "fc1.weight in .* holds NaN or infinity"),
            (lambda w: w.to(torch.int64), "fc1.weight in .* must be plain floating-point numbers, but is torch.int64"),
            (lambda w: w.to_sparse(), "fc1.weight in .* must be plain floating-point numbers, but is .*sparse"),
        ):
            state = copy.deepcopy(theirs.state_dict())
            state["fc1.weight"] = change(state["fc1.weight"])
            self.refused(save(state), words)

    def test_a_huge_view_of_nothing(self, theirs, save):
        state = theirs.state_dict() | {"huge": torch.zeros(1).expand(10**12)}
        self.refused(save(state), "doesn't fit")


class TestCommand:
    """lenet convert."""

    def test_what_it_tells(self, theirs, save, tmp_path):
        path = save(theirs.state_dict())
        result = run(path, "--as", "relu-valid")
        assert result.exit_code == 0
        out = tmp_path / "model.safetensors"
        assert (lenet.load(out).flat == flat(theirs.state_dict())).all()
        lines = [" ".join(line.split()) for line in result.output.split("\n")]
        assert "fc1.weight 120 x 256 F5.weight 120 x 256" in lines
        assert "pixels of 0 and 255 become 0 and 1" in result.output
        assert f"written to {out}; see how well it reads: lenet evaluate {out}" in result.output

    def test_json(self, save, tmp_path):
        path, out = save(lenet.to_torch("d2l", seed=0).state_dict()), tmp_path / "d2l.safetensors"
        told = json.loads(run(path, "--as", "d2l", "--out", out, "--json").output)
        assert told["network"] == "d2l" and told["next"] == f"lenet evaluate {out} --data fashion-mnist"
        assert told["preparation"] == {"low": 0.0, "high": 1.0, "padding": 2}
        assert told["arrays"][0] == {
            "from": "c1.weight",
            "shape": [6, 1, 5, 5],
            "to": "C1.weight",
            "becomes": [6, 1, 5, 5],
        }

    def test_a_file_that_is_there_stays(self, theirs, save, tmp_path):
        path, out = save(theirs.state_dict()), tmp_path / "model.safetensors"
        out.write_bytes(b"precious")
        result = run(path)
        assert isinstance(result.exception, LenetError) and "exists; say where the model goes by --out" in str(
            result.exception
        )
        assert out.read_bytes() == b"precious"
        assert run(path, "--out", out).exit_code == 0 and lenet.load(out).name == "relu-valid"

    def test_nothing_is_left_where_it_fails(self, save, tmp_path):
        path = save({"w": torch.zeros(3)})
        assert isinstance(run(path, "--as", "d2l").exception, LenetError)
        assert isinstance(run(path, "--out", tmp_path / "no" / "folder.safetensors").exception, LenetError)
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (("--mean", "0.1"), "--mean and --std go together"),
            (("--mean", "0.1", "--std", "0.3", "--range", "0", "1"), "--mean with --std, or --range: one of them"),
            (("--mean", "0.1", "--std", "0"), "--std must be above 0, but is 0"),
        ],
    )
    def test_options_that_do_not_go_together(self, theirs, save, options, words):
        assert words in str(run(save(theirs.state_dict()), *options).exception.format_message())

    def test_classes(self, theirs, save, tmp_path):
        assert run(save(theirs.state_dict()), "--classes", "a, b,c,d,e,f,g,h,i,j").exit_code == 0
        assert lenet.load(tmp_path / "model.safetensors").classes == tuple("abcdefghij")


def test_what_became_of_it(theirs, save):
    made = converted(save(theirs.state_dict()))
    assert made.entry == ZOO["relu-valid"] and fits(made.pairs) and len(made.pairs) == 10
    assert [pair.found for pair in made.pairs] == list(theirs.state_dict())


def test_a_stream_is_no_path():
    with pytest.raises(TypeError):
        lenet.convert(io.BytesIO())
