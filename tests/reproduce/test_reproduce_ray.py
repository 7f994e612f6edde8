"""The runs on a cluster: the same files and bits as without, stopped and gone on with, here and on other machines."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from small_claims import networks, plain

from lenet.errors import LenetError
from lenet.reproduce import Results, Watch, on_ray, perform, units
from lenet.training import Interrupted

HERE = Path(__file__).parent

# Small claims on a cluster of two workers, to the folder of the first argument.
RUN = """
import sys
from dataclasses import replace
from pathlib import Path
from small_claims import networks, small_digits
from lenet.reproduce import Results, units
from lenet.reproduce.on_ray import perform_on_ray

folder, passes = Path(sys.argv[1]), int(sys.argv[2])
data = lambda name: replace(small_digits(), name=name)
with Results(folder) as results:
    outcome = perform_on_ray(units(networks(passes=passes).values(), 2), results, data=data, workers=2)
print(outcome.stopped, outcome.failed)
"""


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of runs, by path, that are the same on every machine and at every time."""
    wanted = ("model.safetensors", "settings.toml")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.name in wanted}


def here(claims, folder, load, seeds=2):
    with Results(folder) as results:
        return perform(units(claims.values(), seeds), results, data=load, threads=2)


@pytest.fixture
def jobs(monkeypatch):
    """Do jobs in this process, as a cluster would: what is sent is pickled."""

    def call(function, argument):
        try:
            return function(argument)
        except LenetError as error:
            return error if isinstance(error, Interrupted) else LenetError(str(error))

    def run(function, arguments, *, workers):
        for place, argument in enumerate(arguments):
            yield place, pickle.loads(pickle.dumps(call(function, pickle.loads(pickle.dumps(argument)))))

    ray = SimpleNamespace(put=lambda data: data, get=lambda data: data)
    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setattr(on_ray, "run_jobs", run)
    monkeypatch.setattr(on_ray, "connected", lambda *_, **__: nullcontext(ray))


@pytest.mark.parametrize("shared", [True, False])
def test_a_machine_of_its_own_gives_the_same_files(claims, load, tmp_path, monkeypatch, jobs, shared):
    before = here(claims, tmp_path / "here", load)
    if not shared:
        monkeypatch.setattr(on_ray, "_sees", lambda job: False)
    with Results(tmp_path / "there") as results:
        outcome = on_ray.perform_on_ray(units(claims.values(), 2), results, data=load)
    assert files(tmp_path / "there") == files(tmp_path / "here") != {}
    there = {path.relative_to(tmp_path / "there") for path in (tmp_path / "there").rglob("*")}
    assert there == {path.relative_to(tmp_path / "here") for path in (tmp_path / "here").rglob("*")}
    by_name = sorted(before.results, key=lambda unit: unit.name)
    assert plain(before.results[unit] for unit in by_name) == plain(outcome.results[unit] for unit in by_name)
    monkeypatch.undo()
    assert len(here(claims, tmp_path / "there", load).results) == 5  # nothing is left to do


def test_what_fails_is_told_and_the_rest_goes_on(claims, load, tmp_path, monkeypatch, jobs):
    def do(job):
        if job.unit.name == "single-0":
            raise LenetError("its worker was lost")
        if job.unit.name == "batches-0":
            raise Interrupted(None)
        return do_(job)

    do_ = on_ray.do
    monkeypatch.setattr(on_ray, "do", do)
    ended = []

    class Note(Watch):
        def on_end(self, unit, result):
            ended.append((unit.name, result is not None))

    with Results(tmp_path) as results:
        outcome = on_ray.perform_on_ray(units(claims.values(), 1), results, data=load, watch=Note())
    assert ended == [("single-0", False), ("batches-0", False), ("line-0", True)]
    assert [str(error) for error in outcome.failed.values()] == ["its worker was lost"]
    assert not (tmp_path / on_ray.SHARED).exists()


def begin(folder: Path, passes: int) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(HERE), *filter(None, sys.path)])
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder), str(passes)],
        env={**os.environ, "PYTHONPATH": path, "RAY_ADDRESS": ""},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


@pytest.mark.slow
def test_on_a_cluster_that_is_stopped_the_bits_are_the_same(load, tmp_path):
    passes = 3000  # seconds
    longer = networks(passes=passes)
    here(longer, tmp_path / "here", load)
    folder = tmp_path / "there"
    process = begin(folder, passes)
    while process.poll() is None and not list(folder.glob("runs/*/history.jsonl")):
        time.sleep(0.05)
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "") and out.splitlines()[-1] == "True {}", (out, err)
    stopped = list(folder.glob("runs/*/checkpoint.safetensors"))
    assert stopped
    out, err = begin(folder, passes).communicate(timeout=240)
    assert err == "" and out.splitlines()[-1] == "False {}", (out, err)
    assert files(folder) == files(tmp_path / "here")
    assert not list(folder.glob("runs/*/checkpoint.safetensors"))
