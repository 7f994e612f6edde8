"""A run that was killed or stopped, and resumed, ends in the very bits of one that wasn't."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lenet.errors import LenetError
from lenet.model import Model
from lenet.recipe import DiagonalLM, Distortion, Patience, Shuffle
from lenet.training import Interrupted, Observer, train

TIMES = {"seconds", "digits_per_second"}

CHILD = """
import sys
from lenet.data import glyphs
from lenet.data.dataset import Dataset
from lenet.network import Conv, Dense, Flatten, MaxPool, Network
from lenet.preparation import Preparation
from lenet.recipe import SGD, Constant, Patience, Recipe, Validation
from lenet.training import loop, train

loop.GRAIN, loop.SAVE, loop.SAVE_AFTER_PASS = 1.0, 0.0, 0.0
folder, resume = sys.argv[1], sys.argv[2] == "resume"
images, labels = glyphs(130, 5, "017", 8)
data = Dataset("small glyphs", ("0", "1", "7"), images[:90], labels[:90], images[90:], labels[90:])
network = Network("small", (1, 8, 8), (Conv(3, kernel=3, activation="tanh"), MaxPool(), Flatten(), Dense(3)))
recipe = Recipe(preparation=Preparation(shape=(1, 8, 8)), optimiser=SGD(0.9), schedule=Constant(0.01), batch=10,
                passes=12, validation=Validation(share=0.2), stopping=Patience(60), report_every=3)
if resume:
    train(data=data, resume=folder)
else:
    train(network, data, recipe=recipe, folder=folder, engine="reference")
"""


def child(folder: Path, mode: str) -> subprocess.Popen:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    arguments = [sys.executable, "-c", CHILD, str(folder), mode]
    return subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True)


def told(folder: Path):
    """Return what a run's files say, apart from times."""
    lines = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    with (folder / "history.csv").open() as file:
        sheet = list(csv.DictReader(file))
    rows = [[{k: v for k, v in row.items() if k not in TIMES} for row in table] for table in (lines, sheet)]
    metrics = json.loads((folder / "metrics.json").read_text())
    return rows, {k: v for k, v in metrics.items() if k not in TIMES}


def same(first: Path, second: Path) -> None:
    assert (first / "model.safetensors").read_bytes() == (second / "model.safetensors").read_bytes()
    assert (first / "settings.toml").read_bytes() == (second / "settings.toml").read_bytes()
    assert told(first) == told(second)
    assert sorted(path.name for path in first.iterdir()) == sorted(path.name for path in second.iterdir())


def test_killed_at_random_moments(tmp_path):
    whole, folder, draws, kills = tmp_path / "whole", tmp_path / "killed", random.Random(0), 0
    with child(whole, "start") as process:
        assert process.wait(60) == 0, process.stderr.read()
    checkpoint = folder / "checkpoint.safetensors"
    while not (folder / "metrics.json").exists():
        began = (folder / "settings.toml").exists()
        before = checkpoint.stat().st_mtime_ns if began else 0
        with child(folder, "resume" if began else "start") as process:
            while process.poll() is None and not (checkpoint.exists() and checkpoint.stat().st_mtime_ns > before):
                time.sleep(0.001)
            time.sleep(draws.uniform(0, 0.1))  # it goes on, and is somewhere between two bytes
            if kills < 5 and process.poll() is None:
                process.kill()
                kills += 1
            assert process.wait(60) in (0, -signal.SIGKILL), process.stderr.read()
    assert kills > 1
    same(whole, folder)


class Stop(Observer):
    """Presses Ctrl-C at the nth call."""

    def __init__(self, at: int) -> None:
        self.at = at

    def _count(self, *_: object) -> None:
        self.at -= 1
        if not self.at:
            raise KeyboardInterrupt

    on_chunk = on_pass = _count


RECIPES = {
    "plain": {},
    "rows within a pass": {"report_every": 2},
    "patience": {"stopping": Patience(12), "passes": 8},
    "one order": {"shuffle": Shuffle.ONCE},
    "distorted": {"distortion": Distortion(shift=1.0)},
    "copies": {"distortion": Distortion(shift=1.0, noise=0.05, copies=2), "size": 70, "passes": 5},
    "a limit of updates": {"updates": 19},
    "second derivatives": {"optimiser": DiagonalLM(mu=0.5, samples=20)},
}


@pytest.mark.parametrize("name", RECIPES)
def test_stopped_after_each_chunk(name, often, network, digits, recipe, tmp_path):
    recipe = replace(recipe, **RECIPES[name])
    train(network, digits, recipe=recipe, folder=tmp_path / "whole", engine="reference")
    folder, stops = tmp_path / "stopped", 0
    with pytest.raises(Interrupted, match=r"lenet train --resume .*stopped"):
        train(network, digits, recipe=recipe, folder=folder, engine="reference", observer=Stop(1))
    while True:
        stops += 1
        try:
            train(data=digits, resume=folder, observer=Stop(3))
            break
        except Interrupted:
            assert not (folder / "model.safetensors").exists()
    assert stops > 4
    same(tmp_path / "whole", folder)


def test_ctrl_c_in_the_terminal(network, digits, recipe, tmp_path, often):
    """A signal during an update is heard after it; the handler of before is back afterwards."""

    class Signal(Observer):
        def on_chunk(self, progress):
            if progress.updates == 11:
                os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted) as caught:
        train(network, digits, recipe=recipe, folder=tmp_path / "a", engine="reference", observer=Signal())
    assert caught.value.folder == tmp_path / "a"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    train(data=digits, resume=tmp_path / "a")
    train(network, digits, recipe=recipe, folder=tmp_path / "b", engine="reference")
    same(tmp_path / "a", tmp_path / "b")


def test_stopped_without_a_folder(network, digits, recipe, often):
    with pytest.raises(Interrupted, match="nothing is kept"):
        train(network, digits, recipe=recipe, folder=False, engine="reference", observer=Stop(2))


def test_a_run_that_has_ended_is_written_again(network, digits, recipe, tmp_path):
    whole = train(network, digits, recipe=recipe, folder=tmp_path / "run", engine="reference")
    before = (tmp_path / "run" / "model.safetensors").read_bytes()
    (tmp_path / "run" / "model.safetensors").unlink()
    (tmp_path / "run" / "metrics.json").unlink()
    again = train(data=digits, resume=tmp_path / "run")
    assert (tmp_path / "run" / "model.safetensors").read_bytes() == before
    assert again.history == whole.history


def test_half_a_line_of_history_is_mended(network, digits, recipe, tmp_path, often):
    with pytest.raises(Interrupted):
        train(network, digits, recipe=recipe, folder=tmp_path / "run", engine="reference", observer=Stop(12))
    for name in ("history.jsonl", "history.csv"):
        with (tmp_path / "run" / name).open("a") as file:
            file.write('{"pass": 2, "comp')
    train(data=digits, resume=tmp_path / "run")
    rows, _ = told(tmp_path / "run")
    assert [row["pass"] for row in rows[0]] == [1, 2, 3]
    assert [row["pass"] for row in rows[1]] == ["1", "2", "3"]


@pytest.fixture
def stopped(network, digits, recipe, tmp_path, often) -> Path:
    with pytest.raises(Interrupted):
        train(network, digits, recipe=recipe, folder=tmp_path / "run", engine="reference", observer=Stop(5))
    return tmp_path / "run"


def test_a_resumed_run_takes_no_other_settings(stopped, digits):
    with pytest.raises(LenetError, match="keeps its settings; leave out seed, passes"):
        train(data=digits, resume=stopped, seed=1, passes=9)


def test_changed_settings_are_refused(stopped, digits):
    path = stopped / "settings.toml"
    path.write_text(path.read_text().replace("value = 0.05", "value = 0.1"))
    with pytest.raises(LenetError, match=r"settings in .* were changed"):
        train(data=digits, resume=stopped)


def test_other_data_are_refused(stopped, digits):
    other = replace(digits, train_labels=digits.train_labels[::-1].copy())
    with pytest.raises(LenetError, match="began on other data"):
        train(data=other, resume=stopped)


def test_a_folder_without_a_run(tmp_path):
    with pytest.raises(LenetError, match=r"isn't the folder of a run: it has no settings.toml"):
        train(resume=tmp_path)


@pytest.mark.parametrize("spoil", [lambda data: data[:-5], lambda data: b"", lambda data: b"no" * 500])
def test_a_damaged_checkpoint(stopped, digits, spoil):
    path = stopped / "checkpoint.safetensors"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(LenetError, match=r"checkpoint.safetensors"):
        train(data=digits, resume=stopped)


def test_a_model_is_no_checkpoint(stopped, digits, network, recipe):
    from lenet.training import draw

    Model(network, recipe.preparation, draw(network, recipe.start, 0)).save(stopped / "checkpoint.safetensors")
    with pytest.raises(LenetError, match=r"checkpoint.safetensors must be a checkpoint, but .* 'model'"):
        train(data=digits, resume=stopped)


def test_a_checkpoint_that_is_missing(stopped, digits):
    (stopped / "checkpoint.safetensors").unlink()
    with pytest.raises(LenetError, match=r"no file .*checkpoint.safetensors"):
        train(data=digits, resume=stopped)


def test_killed_as_the_folder_was_made(network, digits, recipe, tmp_path, monkeypatch):
    """Settings come last: before, the folder is no run, and a new one may begin in it."""
    from lenet.training import folder

    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(folder, "write_atomically", kill)
        with pytest.raises(Killed):
            train(network, digits, recipe=recipe, folder=tmp_path / "run", engine="reference")
    with pytest.raises(LenetError, match="isn't the folder of a run"):
        train(data=digits, resume=tmp_path / "run")
    train(network, digits, recipe=recipe, folder=tmp_path / "run", engine="reference")
