"""``lenet reproduce``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from lenet import reproduce, zoo
from lenet.reproduce import CLAIMS
from lenet.reproduce.claims import Baseline, Claim
from lenet.zoo import Entry


def work(digits, **changes):
    row = zoo.ZOO["tanh-same"]
    return Entry(row.network, replace(row.recipe, data=str(digits), passes=1, validation=None, **changes), "a test")


@pytest.fixture
def claims(digits, monkeypatch, tmp_path):
    """A table of two claims, in an empty folder."""
    table = {
        "short": Claim("short", work(digits), "a pass", {"test error": 0.5}, figures=(8, 9)),
        "line": Claim("line", Baseline("linear", data=str(digits)), "least squares", figures=(9,)),
    }
    monkeypatch.setattr(reproduce.claims, "CLAIMS", table)
    monkeypatch.setattr(reproduce.table, "CLAIMS", table)
    monkeypatch.setattr(reproduce, "CLAIMS", table)
    monkeypatch.chdir(tmp_path)
    return table


def test_it_lists_the_claims(lenet):
    lines = lenet("reproduce").out.splitlines()
    assert [line.split()[0] for line in lines[1 : 1 + len(CLAIMS)]] == list(CLAIMS)
    assert lines[1].split()[1] == "0.95%"
    listed = json.loads(lenet("reproduce", "--json").out)["claims"]
    assert [row["claim"] for row in listed] == list(CLAIMS) and listed[0]["claimed"]["test error"] == 0.0095


def test_an_unknown_claim(lenet):
    answer = lenet("reproduce", "lenet7")
    assert answer.code == 1 and answer.out == ""
    assert "there is no claim 'lenet7'; did you mean lenet5" in answer.err and ", svm)" in answer.err


def test_one_claim(lenet, claims):
    answer = lenet("reproduce", "short", "--seeds", 2)
    assert answer.code == 0
    head, row = (line.split() for line in answer.out.splitlines())
    assert head[:5] == ["claim", "measure", "claimed", "ours", "runs"] and row[:4] == [
        "short",
        "test",
        "error",
        "50.00%",
    ]
    assert "2/2  short, seed " in answer.err
    again = lenet("reproduce", "short", "--seeds", 2)
    assert again.out == answer.out and again.err == ""


def test_all_as_json_and_as_markdown(lenet, claims):
    document = json.loads(lenet("reproduce", "--all", "--seeds", 2, "--json").out)
    assert document["failed"] == {} and document["figures"] == []
    short, line = document["claims"]
    errors = short["measured"]["test error"]
    assert (short["runs"], line["runs"]) == (2, 1) and len(errors["values"]) == 2
    assert errors["mean"] == pytest.approx(sum(errors["values"]) / 2)
    assert line["measured"]["test error"]["deviation"] is None
    lines = lenet("reproduce", "--all", "--markdown", "--seeds", 2).out.splitlines()
    assert [line.split(" | ")[0] for line in lines] == ["| claim", "| :--", "| short", "| line"]


def test_figures(lenet, claims, tmp_path):
    answer = lenet("reproduce", "--figure", 8, "--figure", 9, "--seeds", 1, "--out", "here")
    assert answer.code == 0 and "line" not in answer.out
    assert sorted(path.name for path in (tmp_path / "here").glob("figure*")) == [
        "figure-8.png", "figure-8.svg", "figure-9.png", "figure-9.svg",
    ]  # fmt: skip
    assert "line" in lenet("reproduce", "--figure", 9, "--all", "--seeds", 1, "--out", "here").out


def test_figures_need_matplotlib(lenet, claims, monkeypatch, tmp_path):

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    answer = lenet("reproduce", "--figure", 8)
    assert answer.code == 1 and 'pip install "lenet[report]"' in answer.err
    assert not (tmp_path / "reproduced").exists()


def test_a_study(lenet, claims, monkeypatch, tmp_path):
    study = replace(reproduce.studies.STUDIES["maps"], variants={("few", ""): claims["short"]})
    monkeypatch.setitem(reproduce.studies.STUDIES, "maps", study)
    answer = lenet("reproduce", "--study", "maps", "--seeds", 1)
    assert answer.code == 0 and answer.out.splitlines()[1].split()[0] == "few"
    assert (tmp_path / "reproduced" / "study-maps.png").exists()


def test_a_run_that_fails_is_told_and_the_others_are_done(lenet, claims):
    claims["lost"] = Claim(
        "lost", replace(claims["short"].work, recipe=replace(claims["short"].work.recipe, data="./no")), ""
    )
    answer = lenet("reproduce", "--all", "--seeds", 1)
    assert answer.code == 1
    assert "lenet: lost-0: there is no file or folder no" in answer.err
    assert len(answer.out.splitlines()) == 3


def test_a_folder_in_use(lenet, claims, tmp_path):
    with reproduce.Results(tmp_path / "reproduced"):
        answer = lenet("reproduce", "short")
    assert answer.code == 1 and "another lenet reproduce works in reproduced" in answer.err


CHILD = """
import sys
from dataclasses import replace
from lenet import reproduce, zoo
from lenet.cli import main
from lenet.reproduce.claims import Claim
from lenet.zoo import Entry

row = zoo.ZOO["lenet1"]
entry = Entry(row.network, replace(row.recipe, data=sys.argv[1], passes=80), "")
reproduce.claims.CLAIMS["slow"] = Claim("slow", entry, "")
main(["reproduce", "slow", "--seeds", "2", "--threads", "2"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
def test_ctrl_c_and_the_same_command_goes_on(tmp_path, digits):
    def begin():
        command = [sys.executable, "-c", CHILD, str(digits)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": tmp_path}
        return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, **pipes)

    running = begin()
    history = tmp_path / "reproduced" / "runs" / "slow-0" / "history.jsonl"
    while not (history.exists() and history.read_text().count("\n") >= 2):
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert err.decode().endswith("lenet: stopped; what is done is in reproduced, and the same command goes on\n")
    assert (history.parent / "checkpoint.safetensors").exists()
    kept = history.read_text().splitlines()
    out, err = begin().communicate(timeout=120)
    assert out.decode().splitlines()[1].split()[0] == "slow", err
    seconds = [json.loads(line)["seconds"] for line in history.read_text().splitlines()]
    assert len(seconds) == 80 and [json.loads(line)["seconds"] for line in kept] == seconds[: len(kept)]
