"""Runs on PyTorch's engine: the same loop, the same folder, resumed; and several seeds at once."""

from dataclasses import replace

import numpy as np
import pytest
from test_resume import RECIPES, Stop, same

from lenet.errors import LenetError
from lenet.model import Model, load
from lenet.recipe import SGD, Constant, Patience
from lenet.training import Interrupted, Observer, boost, together, train

torch = pytest.importorskip("torch")

CPU = {"engine": "torch", "device": "cpu"}


def near(ours: Model, right: Model) -> None:
    np.testing.assert_allclose(ours.flat, right.flat, atol=2e-4 * np.abs(right.flat).max())


def rows(run):
    """Return a run's history without its times."""
    return [
        [v for k, v in row.as_dict().items() if k not in ("seconds", "digits_per_second") and v is not None]
        for row in run.history
    ]


FEW, SOME = ["patience", "second derivatives"], ["copies", "rows within a pass"]


@pytest.mark.parametrize("name", [pytest.param(n, marks=() if n in FEW else pytest.mark.slow) for n in RECIPES])
def test_it_follows_a_recipe_as_the_native_engine_does(name, network, digits, recipe):
    recipe = replace(recipe, **RECIPES[name])
    right = train(network, digits, recipe=recipe, folder=False)
    run = train(network, digits, recipe=recipe, folder=False, **CPU)
    near(run.model, right.model)
    assert len(run.history) == len(right.history)
    for ours, theirs in zip(rows(run), rows(right), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-5)
    assert run.model.engine == "torch:cpu"
    about = run.metrics["machine"]
    assert (about["engine"], about["device"], about["torch"]) == ("torch", "cpu", torch.__version__)


@pytest.mark.parametrize("name", ["patience", *(pytest.param(n, marks=pytest.mark.slow) for n in SOME)])
def test_stopped_and_resumed_to_the_same_bits(name, often, network, digits, recipe, tmp_path):
    recipe = replace(recipe, **RECIPES[name])
    train(network, digits, recipe=recipe, folder=tmp_path / "whole", **CPU)
    folder = tmp_path / "stopped"
    with pytest.raises(Interrupted):
        train(network, digits, recipe=recipe, folder=folder, observer=Stop(2), **CPU)
    with pytest.raises(Interrupted):
        train(data=digits, resume=folder, observer=Stop(6))
    train(data=digits, resume=folder)
    same(tmp_path / "whole", folder)


def test_a_run_goes_on_with_the_engine_it_began_with(often, network, digits, recipe, tmp_path):
    with pytest.raises(Interrupted):
        train(network, digits, recipe=recipe, folder=tmp_path / "a", observer=Stop(2))
    with pytest.raises(LenetError, match="began with the native engine and goes on with it; leave out torch"):
        train(data=digits, resume=tmp_path / "a", engine="torch")
    with pytest.raises(LenetError, match="a device needs the engine torch"):
        train(data=digits, resume=tmp_path / "a", device="cpu")
    with pytest.raises(Interrupted):
        train(network, digits, recipe=recipe, folder=tmp_path / "b", observer=Stop(2), **CPU)
    assert train(data=digits, resume=tmp_path / "b", device="cpu").model.engine == "torch:cpu"


NOT_THERE = [
    ({"engine": "torch", "device": "cuda"}, r"cuda isn't there: this PyTorch, .*, was built without it; take --device"),
    ({"engine": "torch", "device": "cudda"}, "no device 'cudda'.*cuda"),
    ({"engine": "tocrh"}, "no engine 'tocrh'.*torch"),
    ({"engine": "native", "device": "cuda"}, "the native engine computes on the processor"),
]


@pytest.mark.parametrize(("where", "text"), NOT_THERE)
def test_what_is_not_there_is_told(where, text, network, digits, recipe, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: False)
    with pytest.raises(LenetError, match=text):
        train(network, digits, recipe=recipe, folder=tmp_path / "run", **where)
    assert not (tmp_path / "run").exists()


def test_a_driver_that_is_missing_is_told(network, digits, recipe, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: True)
    with pytest.raises(LenetError, match="a driver may be missing"):
        train(network, digits, recipe=recipe, folder=False, engine="torch", device="cuda")


def test_without_pytorch(network, digits, recipe, monkeypatch):
    from lenet.model import engines

    def missing(*_):
        raise LenetError('the engine on PyTorch needs torch, which isn\'t installed: pip install "lenet[torch]"')

    monkeypatch.setattr(engines, "require", missing)
    with pytest.raises(LenetError, match=r"pip install \"lenet\[torch\]\""):
        train(network, digits, recipe=recipe, folder=False, engine="torch")


def test_threads_are_the_processors(network, digits, recipe, monkeypatch):
    from lenet.engine.torch.engine import TorchEngine

    given = []
    monkeypatch.setattr(torch, "set_num_threads", given.append)
    train(network, digits, recipe=replace(recipe, passes=1), folder=False, threads=2, **CPU)
    assert given == [2]
    with pytest.raises(LenetError, match="threads must be a whole number"):
        train(network, digits, recipe=recipe, folder=False, threads=0, **CPU)
    engine = TorchEngine(network, recipe.preparation, device="cpu")
    engine.device = "cuda"
    with pytest.raises(LenetError, match="leave them out on cuda, or take --device cpu"):
        engine._set_threads(2)


def test_a_model_reads_with_pytorch(network, digits, recipe, tmp_path):
    right = train(network, digits, recipe=recipe, folder=tmp_path / "run").model
    for ours in (load(tmp_path / "run", engine="torch:cpu"), Model.load(tmp_path / "run", engine="torch")):
        np.testing.assert_allclose(ours.scores(digits.test_images), right.scores(digits.test_images), atol=1e-4)
        assert ours.predict(digits.test_images[0]) == right.predict(digits.test_images[0])
        assert list(ours.features(digits.test_images[0])) == list(right.features(digits.test_images[0]))
    with pytest.raises(LenetError, match="no device 'gpu'"):
        load(tmp_path / "run", engine="torch:gpu").predict(digits.test_images)


# Several seeds at once.


class Shown(Observer):
    """Writes down what a run tells."""

    def __init__(self):
        self.plans, self.rows, self.chunks, self.ended = [], [], 0, 0

    def on_start(self, plan):
        self.plans.append(plan)

    def on_pass(self, row):
        self.rows.append(row)

    def on_chunk(self, progress):
        self.chunks += 1

    def on_end(self, run):
        self.ended += 1


@pytest.mark.parametrize("name", ["patience", *(pytest.param(n, marks=pytest.mark.slow) for n in ("plain", *SOME))])
def test_members_at_once_are_the_runs_alone(name, network, digits, recipe, tmp_path, monkeypatch):
    recipe = replace(recipe, **RECIPES[name])
    shown, counted = Shown(), count_together(monkeypatch)
    committee = together(
        network, digits, recipe=recipe, members=3, seed=4, folder=tmp_path / "c", observer=shown, **CPU
    )
    assert max(counted) == 3
    for number, run in enumerate(committee.runs):
        alone = train(network, digits, recipe=recipe, seed=4 + number, folder=tmp_path / f"a{number}", **CPU)
        near(run.model, alone.model)
        assert run.model.seed == 4 + number
        for ours, theirs in zip(rows(run), rows(alone), strict=True):
            assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-5)
        folder = tmp_path / "c" / f"member-{number + 1:02}"
        assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in (tmp_path / f"a{number}").iterdir())
    (plan,) = shown.plans
    assert plan.part == "3 members at once; each row is their mean"
    longest = max(committee.runs, key=lambda run: len(run.history))
    assert [row.updates for row in shown.rows] == [row.updates for row in longest.history]
    assert shown.rows[0].loss == pytest.approx(np.mean([run.history[0].loss for run in committee.runs]))
    assert shown.ended == 3
    assert committee.metrics["seconds"]["training"] > 0


def count_together(monkeypatch) -> list[int]:
    """Return a list that grows by how many runs each stretch has."""
    from lenet.engine.torch.engine import TorchEngine

    counted, real = [], TorchEngine.train_together

    def counting(engine, images, labels, stretches):
        counted.append(len(stretches))
        return real(engine, images, labels, stretches)

    monkeypatch.setattr(TorchEngine, "train_together", counting)
    return counted


@pytest.mark.slow
def test_members_that_are_stopped_go_on_together(often, network, digits, recipe, tmp_path, monkeypatch):
    together(network, digits, recipe=recipe, members=2, folder=tmp_path / "whole", **CPU)
    with pytest.raises(Interrupted, match="stopped"):
        together(network, digits, recipe=recipe, members=2, folder=tmp_path / "c", observer=Stop(5), **CPU)
    counted = count_together(monkeypatch)
    together(data=digits, resume=tmp_path / "c")
    assert max(counted) == 2
    for n in (1, 2):
        near(load(tmp_path / "c" / f"member-0{n}"), load(tmp_path / "whole" / f"member-0{n}"))
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.slow
def test_one_that_is_behind_catches_up(often, network, digits, recipe, tmp_path):
    """A member that was stopped alone goes on beside one that has ended."""
    committee = together(network, digits, recipe=recipe, members=2, folder=tmp_path / "c", **CPU)
    behind = tmp_path / "c" / "member-02"
    for file in behind.iterdir():
        file.unlink()
    with pytest.raises(Interrupted):
        train(network, digits, recipe=recipe, seed=1, folder=behind, observer=Stop(3), **CPU)
    for name in ("model.safetensors", "metrics.json"):
        (tmp_path / "c" / name).unlink()
    again = together(data=digits, resume=tmp_path / "c")
    for ours, right in zip(again.runs, committee.runs, strict=True):
        near(ours.model, right.model)


def test_one_that_diverges_ends_all(network, digits, recipe, tmp_path):
    recipe = replace(recipe, optimiser=SGD(), schedule=Constant(3e38))
    with pytest.raises(LenetError, match="training diverged"):
        together(network, digits, recipe=recipe, members=2, folder=tmp_path / "c", **CPU)


@pytest.mark.slow
def test_boosting_on_pytorch(network, digits, recipe):
    recipe = replace(recipe, passes=1, stopping=None)
    boosted = boost(network, digits, recipe=recipe, copies=2, folder=False, **CPU)
    assert len(boosted.runs) == 3 and boosted.model.engine == "torch:cpu"


@pytest.mark.slow
def test_patience_ends_each_member_by_itself(network, digits, recipe):
    recipe = replace(recipe, stopping=Patience(9, growth=1.0), passes=6)
    ends = [train(network, digits, recipe=recipe, seed=s, folder=False, **CPU).metrics["updates"] for s in range(4)]
    committee = together(network, digits, recipe=recipe, members=4, folder=False, **CPU)
    assert [run.metrics["updates"] for run in committee.runs] == ends
