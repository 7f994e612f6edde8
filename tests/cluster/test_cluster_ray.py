"""On a cluster of two workers, which are killed meanwhile."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from pyarrow import parquet
from stand_in import DIES, SLOW, save

MANY = 40  # slow pictures: 8 s for one worker

JOBS = """
import json, sys
from jobs_to_do import job
from lenet.cluster import connected, run_jobs
with connected("local", workers=1) as ray:
    print([node["NodeManagerAddress"] for node in ray.nodes()])
arguments = [(what, f"{sys.argv[1]}/mark") for what in ("a", "dies once", "refuses", "b")]
arguments.append(("dies", f"{sys.argv[1]}/other"))
print(json.dumps(sorted((n, str(r)) for n, r in run_jobs(job, arguments, common=["x"], address="local", workers=2))))
try:
    list(run_jobs(job, [("is wrong", "")], address="local", workers=1))
except ZeroDivisionError as error:
    print(error)
"""

WAITS = """
import sys, threading, os
from jobs_to_do import job
from lenet.cluster import run_jobs
for _ in run_jobs(job, [("waits", sys.argv[1]), ("waits", sys.argv[2])], workers=2):
    pass
"""

TWO_MACHINES = """
import os, sys, threading
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
from ray.cluster_utils import Cluster
from stand_in import StandIn
from lenet.cluster.reading import read_source
about = {"num_cpus": 1, "object_store_memory": 100_000_000}
cluster = Cluster(initialize_head=True, head_node_args={**about, "include_dashboard": False})
other, done = cluster.add_node(**about), []

def tell(*counts):
    done.append(counts)
    if len(done) == 3:
        threading.Thread(target=cluster.remove_node, args=(other, False)).start()

print(read_source(StandIn(), "all", "out", address=cluster.address, tell=tell)["failed"])
cluster.shutdown()
"""


def wait(until, seconds: float = 60) -> None:
    for _ in range(int(seconds * 20)):
        if until():
            return
        time.sleep(0.05)
    raise AssertionError("it doesn't come")


@pytest.fixture
def slow(tmp_path, monkeypatch) -> Path:
    """Slow pictures, of which each says which it is, and one that ends the process that reads it."""
    monkeypatch.chdir(tmp_path)
    folder = Path("all")
    folder.mkdir()
    for number in range(MANY):
        save(folder / f"{number:03d}.png", (SLOW, *map(int, str(number))))
    save(folder / "dies.png", (DIES,))
    return folder


def rows(out: str) -> list[dict]:
    return sorted(parquet.read_table(out).to_pylist(), key=lambda row: row["number"])


def complete(out: str) -> None:
    """Check that each picture is there once, as it reads."""
    found = rows(out)
    assert [row["number"] for row in found] == list(range(MANY + 1))
    assert [row["text"] for row in found] == [*map(str, range(MANY)), ""]
    assert [row["path"] for row in found[:-1]] == [f"all/{number:03d}.png" for number in range(MANY)]
    assert [bool(row["error"]) for row in found] == [False] * MANY + [True]
    assert found[-1]["error"].startswith("the process that read it was ended by SIGKILL, 2 times")


def parts(out: str) -> list[Path]:
    return sorted(Path(out).glob("part-*.parquet"))


@pytest.mark.slow
def test_each_picture_once_though_workers_are_killed(slow, drive):
    driver = drive(None, "read", "--ray", "all", "--to", "out", "--workers", 2, "--json")
    for count in (0, 1, 2):
        wait(lambda count=count: len(parts("out")) >= count and len(driver.workers()) == 2)
        time.sleep(0.5)  # in the middle of a chunk
        for worker in driver.workers():
            os.kill(worker, 9)
    code, out, err = driver.end()
    assert (code, err) == (1, "")
    tally = json.loads(out)
    assert (tally["pages"], tally["failed"], tally["file"]) == (MANY + 1, 1, "out")
    complete("out")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["killed", "Ctrl-C"])
def test_what_was_stopped_goes_on(slow, drive, how):
    driver = drive(None, "read", "--ray", "all", "--to", "out", "--workers", 2)
    wait(lambda: len(parts("out")) >= 2)
    if how == "killed":
        driver.process.kill()
        driver.end()
    else:
        driver.interrupt()
        code, out, err = driver.end()
        said = "lenet: stopped; what is read is in out, and the same command goes on\n"
        assert (code, out, err) == (130, "", said)
    before = {path: path.stat().st_mtime_ns for path in parts("out")}
    assert 2 <= len(before) < 6
    driver = drive(None, "read", "--ray", "all", "--to", "out", "--workers", 2)
    code, out, err = driver.end()
    assert (code, f"out has {8 * len(before)} of 41 pictures already" in err) == (1, True), err
    assert out.startswith("41 pictures: 40 read, 0 rejected, 1 couldn't")
    complete("out")
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.slow
def test_a_cluster_that_is_lost(slow, drive):
    driver = drive(None, "read", "--ray", "all", "--to", "out", "--workers", 2)
    wait(lambda: len(parts("out")) >= 1)
    os.kill(driver.cluster(), 9)
    code, out, err = driver.end()  # Ray ends the process
    assert code != 0 and out == "" and "Traceback" not in err, err
    assert len(rows("out")) == sum(8 if part.stem != "part-000005" else 1 for part in parts("out"))
    assert drive(None, "read", "--ray", "all", "--to", "out", "--workers", 2).end()[0] == 1  # one can't be read
    complete("out")


@pytest.mark.slow
def test_each_picture_once_though_a_machine_is_lost(slow, drive):
    code, out, err = drive(TWO_MACHINES).end()
    assert (code, out.splitlines()[-1]) == (0, "1"), err
    complete("out")


@pytest.mark.slow
def test_the_real_reader_reads_the_same(drive, tmp_path, monkeypatch):
    import numpy as np
    from PIL import Image

    from lenet.data import glyphs

    monkeypatch.chdir(tmp_path)
    Path("all").mkdir()
    images = 255 - glyphs(60, seed=3)[0]
    for number in range(10):
        image = np.concatenate(images[number * 5 : number * 5 + 5], axis=1)
        Image.fromarray(image).resize((420, 84)).save(f"all/{number}.png")
    main = "import sys; from lenet.cli import main; main(sys.argv[1:])"
    code, out, _ = drive(main, "read", "all", "--json", "--length", "5").end()
    driver = drive(main, "read", "--ray", "all", "--to", "out", "--length", "5", "--workers", 2)
    assert driver.end()[0] == code == 0
    for row, document in zip(rows("out"), json.loads(out), strict=True):
        for name in ("page", "kind", "text", "confidence", "rejected", "reason", "error"):
            assert row[name] == document[name], name
        digits = [digit for line in document["lines"] for digit in line["digits"]]
        assert [[*digit["box"].values()] for digit in row["digits"]] == [digit["box"] for digit in digits]
        assert [digit["confidence"] for digit in row["digits"]] == [digit["confidence"] for digit in digits]


@pytest.mark.slow
def test_jobs(drive, tmp_path):
    code, out, err = drive(JOBS, tmp_path).end()
    assert (code, err) == (0, ""), err
    addresses, found, wrong = out.splitlines()
    assert addresses == "['127.0.0.1']"  # it listens to this machine only
    lost = "its worker was lost 3 times; the last time: The worker died unexpectedly while executing this task."
    (*others, (number, text)) = json.loads(found)
    assert others == [
        [0, "('a', ('x',), '1')"], [1, "('dies once', ('x',), '1')"], [2, "no, because"], [3, "('b', ('x',), '1')"],
    ]  # fmt: skip
    assert (number, text.startswith(lost), wrong) == (4, True, "nothing to divide by")


@pytest.mark.slow
def test_jobs_hear_ctrl_c(drive, tmp_path):
    marks = [tmp_path / "a", tmp_path / "b"]
    driver = drive(WAITS, *marks)
    wait(lambda: all(mark.exists() for mark in marks))
    driver.interrupt()
    code, _, err = driver.end()
    assert code != 0 and err.rstrip().endswith("KeyboardInterrupt")
    assert [mark.read_text() for mark in marks] == ["heard", "heard"]
    assert not driver.workers()
