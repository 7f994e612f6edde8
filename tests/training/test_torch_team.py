"""Processes that ``torchrun`` starts: the same bits from 1, 2 and 4 of them, and after one was killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from test_resume import same

from lenet.errors import LenetError
from lenet.training import Interrupted, Observer, team, together, train

torch = pytest.importorskip("torch")

CHILD = """
import sys
from lenet.data import glyphs
from lenet.data.dataset import Dataset
from lenet.network import Conv, Dense, Flatten, MaxPool, Network
from lenet.preparation import Preparation
from lenet.recipe import SGD, Constant, DiagonalLM, Distortion, Patience, Recipe, Validation
from lenet.training import loop, train

loop.GRAIN, loop.SAVE, loop.SAVE_AFTER_PASS = 1.0, 0.0, 0.0
folder, name = sys.argv[1:3]
images, labels = glyphs(130, 5, "017", 8)
data = Dataset("small glyphs", ("0", "1", "7"), images[:90], labels[:90], images[90:], labels[90:])
network = Network("small", (1, 8, 8), (Conv(3, kernel=3, activation="tanh"), MaxPool(), Flatten(), Dense(3)))
optimiser = DiagonalLM(0.5, samples=20) if name == "second derivatives" else SGD(0.9)
recipe = Recipe(preparation=Preparation(shape=(1, 8, 8)), optimiser=optimiser, schedule=Constant(0.01), batch=10,
                passes=int(sys.argv[3]), validation=Validation(share=0.2), stopping=Patience(60), report_every=3,
                distortion=Distortion(shift=1.0))
run = train(network, data, recipe=recipe, folder=folder, engine="torch", device="cpu")
print("first" if run.folder else "another", run.metrics["test"])
"""


def torchrun(tmp_path: Path, processes: int, *arguments: object, restarts: int = 0) -> subprocess.Popen:
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    command += ["--max-restarts", str(restarts), str(script), *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command, env=environment, text=True, **pipes)


def finished(running: subprocess.Popen) -> str:
    out, _ = running.communicate(timeout=120)
    assert running.returncode == 0, out
    return out


@pytest.mark.slow
@pytest.mark.parametrize("name", ["momentum", "second derivatives"])
def test_the_same_bits_from_any_number_of_processes(name, tmp_path):
    for processes in (1, 2, 4):
        out = finished(torchrun(tmp_path, processes, tmp_path / f"run-{processes}", name, 4))
        assert (out.count("first"), out.count("another")) == (1, processes - 1)
    for processes in (2, 4):
        same(tmp_path / "run-1", tmp_path / f"run-{processes}")


@pytest.mark.slow
def test_a_number_that_does_not_divide_the_shards(tmp_path):
    for processes in (1, 3):
        finished(torchrun(tmp_path, processes, tmp_path / f"run-{processes}", "momentum", 2))
    same(tmp_path / "run-1", tmp_path / "run-3")


@pytest.mark.slow
def test_a_worker_that_is_killed(tmp_path):
    """torchrun starts all workers again; the run goes on from its checkpoint, to the bits of one left in peace."""
    finished(torchrun(tmp_path, 2, tmp_path / "whole", "momentum", 15))
    folder = tmp_path / "killed"
    running = torchrun(tmp_path, 2, folder, "momentum", 15, restarts=3)
    killed = 0
    while killed < 2 and running.poll() is None:
        checkpoint = folder / "checkpoint.safetensors"
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        while running.poll() is None and not (checkpoint.exists() and checkpoint.stat().st_mtime_ns > before):
            time.sleep(0.002)
        time.sleep(0.1)
        workers = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        if running.poll() is None and not (folder / "metrics.json").exists():
            os.kill(int(workers[killed % 2]), signal.SIGKILL)  # once the first, once the second
            killed += 1
            time.sleep(1.0)  # torchrun ends the others
    out = finished(running)
    assert killed == 2, out
    same(tmp_path / "whole", folder)


@pytest.fixture
def one(monkeypatch):
    """Let this process be the only one of a team."""
    import torch.distributed as dist

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    values = {"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    for name, value in {**values, team.RUN: "none"}.items():
        monkeypatch.setenv(name, value)
    yield
    if dist.is_initialized():
        dist.destroy_process_group()


@pytest.fixture(autouse=True)
def nothing_at_exit(monkeypatch):
    from lenet.engine.torch import shards

    monkeypatch.setattr(shards.atexit, "register", lambda _: None)


CPU = {"engine": "torch", "device": "cpu"}


def test_a_team_of_one_trains_as_one_alone(one, network, digits, recipe, tmp_path, monkeypatch):
    run = train(network, digits, recipe=recipe, folder=tmp_path / "team", **CPU)
    monkeypatch.delenv(team.RUN)
    alone = train(network, digits, recipe=recipe, folder=tmp_path / "alone", **CPU)
    np.testing.assert_allclose(run.model.flat, alone.model.flat, atol=1e-5)
    assert run.metrics["test"] == pytest.approx(alone.metrics["test"], rel=1e-4)


def test_the_same_command_goes_on(one, often, network, digits, recipe, tmp_path):
    """As torchrun gives it again to the workers that it starts anew."""

    class Stop(Observer):
        def on_pass(self, row):
            raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        train(network, digits, recipe=recipe, folder=tmp_path / "run", observer=Stop(), **CPU)
    run = train(network, digits, recipe=recipe, folder=tmp_path / "run", **CPU)
    train(network, digits, recipe=recipe, folder=tmp_path / "whole", **CPU)
    same(tmp_path / "run", tmp_path / "whole")
    assert run.folder == tmp_path / "run"
    with pytest.raises(LenetError, match="holds a run already"):
        train(network, digits, recipe=recipe, seed=9, folder=tmp_path / "run", **CPU)


def test_what_a_team_can_not_do(one, network, digits, recipe, tmp_path, monkeypatch):
    with pytest.raises(LenetError, match="with PyTorch alone, not with the engine native; give --engine torch"):
        train(network, digits, recipe=recipe, folder=tmp_path / "run")
    monkeypatch.setenv(team.SIZE, "2")
    with pytest.raises(LenetError, match="what --members and --boosted make is trained by one process"):
        together(network, digits, recipe=recipe, folder=tmp_path / "run", **CPU)
    monkeypatch.setenv(team.RESTARTS, "3")
    with pytest.raises(LenetError, match="name its folder by --out"):
        train(network, digits, recipe=recipe, **CPU)
    assert not (tmp_path / "run").exists()


def test_macs_share_no_gpu():
    from lenet.engine.torch.shards import Shards

    with pytest.raises(LenetError, match="can't share a Mac's GPU"):
        Shards.joined(torch.device("mps"))


def test_who_leads(monkeypatch):
    assert team.leads() and not team.is_team()
    monkeypatch.setenv(team.RANK, "1")  # of another program's
    assert team.leads()
    monkeypatch.setenv(team.RUN, "none")
    assert not team.leads()
