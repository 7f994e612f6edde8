"""``--ray``: what is refused before a cluster is begun, and what comes where all is done already."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stand_in import StandIn, save

from lenet import reading
from lenet.cluster.reading import rows
from lenet.cluster.reading.parts import MANIFEST
from lenet.reading import Reading


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """Three pictures in a folder, in which the stand-in reads."""
    monkeypatch.setattr(reading, "Settings", StandIn)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:9")  # where nothing answers
    Path("all").mkdir()
    for number in range(3):
        save(Path("all", f"{number}.png"), (number,))
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["all", "--ray"], "--ray needs --to: the folder that the results are written to"),
        (["all", "all", "--ray", "--to", "out"], "--ray reads one folder, Parquet file or tar"),
        (["-", "--ray", "--to", "out"], "--ray reads one folder, Parquet file or tar"),
        (["all", "--ray", "--to", "out", "--draw", "x.png", "--alternatives", "2"],
         "--draw and --alternatives can't go with --ray"),
        (["all", "--column", "bytes"], "--ray-address and --column go with --ray"),
        (["all", "--ray-address", "auto"], "--ray-address and --column go with --ray"),
    ],
)  # fmt: skip
def test_options_that_make_no_sense(lenet, folder, arguments, words):
    before = set(folder.rglob("*"))
    answer = lenet("read", *arguments)
    assert (answer.code, words in answer.err, answer.out) == (2, True, ""), answer.err
    assert set(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "lenet: there is no nowhere; --ray reads a folder"),
        (["all", "--column", "bytes"], "lenet: --column names a column of Parquet, but all is none"),
        (["all", "--to", "all"], "lenet: all holds something else already"),
        (["all", "--to", "all/0.png"], "all/0.png is a file; with --ray, --to takes a folder"),
    ],
)
def test_what_cannot_be(lenet, folder, arguments, words):
    before = set(folder.rglob("*"))
    answer = lenet("read", "--ray", "--to", "out", *arguments)
    assert (answer.code, words in answer.err, answer.out) == (1, True, ""), answer.err
    assert set(folder.rglob("*")) == before


def test_no_cluster_answers(lenet):
    words = "no Ray cluster answers at 127.0.0.1:9: Connection refused; begin one there by `ray start --head`"
    answer = lenet("read", "--ray", "all", "--to", "out")
    assert (answer.code, words in answer.err) == (1, True), answer.err
    answer = lenet("read", "--ray", "all", "--to", "out", "--ray-address", "127.0.0.1:8")
    assert "at 127.0.0.1:8" in answer.err
    assert sorted(path.name for path in Path("out").iterdir()) == [".lock", MANIFEST]


def test_all_is_there_already(lenet):
    lenet("read", "--ray", "all", "--to", "out")
    readings = [Reading(file="a"), Reading(file="b", rejected=True, reason="blank"), Reading.failed("torn", "c")]
    Path("out/part-000000.parquet").write_bytes(rows.pack(enumerate(readings)))
    answer = lenet("read", "--ray", "all", "--to", "out")
    assert answer.code == 1
    assert answer.out.startswith("3 pictures: 1 read, 1 rejected, 1 couldn't be read; ")
    assert answer.err.splitlines() == [
        "lenet: out has 3 of 3 pictures already", "lenet: the column `error` says why some couldn't be read"
    ]  # fmt: skip
    document = json.loads(lenet("read", "--ray", "all", "--to", "out", "--json").out)
    assert 0 <= document.pop("seconds") < 60
    assert document == {"file": "out", "pages": 3, "read": 1, "rejected": 1, "failed": 1}
    answer = lenet("read", "--ray", "all", "--to", "out", "--length", "3", "--keep-marks")
    assert answer.err == (
        "lenet: out was read with other settings (length, keep_marks); remove it to begin anew, or give another folder "
        "by --to\n"
    )


def test_reproduce_on_no_cluster(lenet, digits):
    answer = lenet("reproduce", "lenet1", "--ray-address", "127.0.0.1:9")
    assert (answer.code, "--ray-address goes with --ray" in answer.err) == (2, True)
