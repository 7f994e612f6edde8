"""The folder of results, and what a worker makes of a chunk."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet
from stand_in import BLANK, DIES, REFUSED, UNSURE, StandIn, reading_of, save

from lenet import __version__
from lenet.cluster import reading
from lenet.cluster.reading import read_source, rows, size, worker
from lenet.cluster.reading.parts import Parts
from lenet.cluster.reading.source import find
from lenet.errors import LenetError
from lenet.page.box import Box
from lenet.reading import read_many

ABOUT = {"lenet": "1", "source": "/a", "column": None, "pictures": 10, "listing": "x", "settings": {"length": None}}


def part(first: int, count: int) -> bytes:
    return rows.pack(
        (number, reading_of([number % 10], rejected=number % 3 == 0)) for number in range(first, first + count)
    )


def test_a_part_for_each_chunk(tmp_path):
    with Parts(tmp_path / "new" / "out", ABOUT, 4) as parts:
        assert (parts.count, parts.rest()) == (3, [0, 1, 2])
        parts.add(1, part(4, 4))
        assert parts.rest() == [0, 2]
    with Parts(tmp_path / "new" / "out", ABOUT, 99) as parts:  # goes on with chunks of the same size
        assert (parts.count, parts.rest()) == (3, [0, 2])
        parts.add(0, part(0, 4))
        parts.add(2, part(8, 2))
        assert parts.tally() == {"pages": 10, "read": 6, "rejected": 4, "failed": 0}
    names = [path.name for path in sorted(parts.folder.glob("part*"))]
    assert names == ["part-000000.parquet", "part-000001.parquet", "part-000002.parquet"]
    table = parquet.read_table(parts.folder)  # readers of Parquet see the parts only
    assert sorted(table["number"].to_pylist()) == list(range(10))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": "/b"}, "is of /a; remove it to begin anew, or give another folder by --to"),
        ({"listing": "y"}, "was begun before /a changed"),
        ({"column": "image"}, "or was read from another column"),
        ({"settings": {"length": "3"}}, r"was read with other settings \(length\)"),
        ({"lenet": "2"}, r"was read with other settings \(by another version of lenet\)"),
    ],
)
def test_what_was_read_of_something_else(tmp_path, change, words):
    with Parts(tmp_path, ABOUT, 4) as parts:
        parts.add(0, b"kept")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(LenetError, match=words), Parts(tmp_path, {**ABOUT, **change}, 4):
        pass
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_folders_that_aren_t_ours(tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "thesis.txt").write_text("three years")
    (tmp_path / "file").write_text("")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "_lenet.json").write_text("{}")
    for name, words in {
        "theirs": "theirs holds something else already; give another folder by --to",
        "file": "file is a file; with --ray, --to takes a folder",
        "file/out": "the folder .*out can't be used: Not a directory",
        "damaged": "_lenet.json is damaged; remove .*damaged, or give another",
    }.items():
        with pytest.raises(LenetError, match=words), Parts(tmp_path / name, ABOUT, 4):
            pass
    assert [path.name for path in (tmp_path / "theirs").iterdir()] == ["thesis.txt"]


def test_two_don_t_write_to_one_folder(tmp_path):
    with Parts(tmp_path, ABOUT, 4), pytest.raises(LenetError, match="another lenet read works in"):
        Parts(tmp_path, ABOUT, 4).__enter__()
    with Parts(tmp_path, ABOUT, 4):
        pass


def test_what_a_kill_left_is_gone_on_with(tmp_path):
    """Killed before the manifest was whole, and in the middle of a part."""
    (tmp_path / ".lock").touch()
    (tmp_path / "._lenet.json.1.part").write_text("{")
    with Parts(tmp_path, ABOUT, 4):
        (tmp_path / ".part-000000.parquet.1.part").write_text("PAR")
    with Parts(tmp_path, ABOUT, 4) as parts:
        assert parts.rest() == [0, 1, 2]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "_lenet.json"]


def test_a_part_that_can_t_be_written_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with Parts(tmp_path, ABOUT, 4) as parts:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(LenetError, match=r"part-000000.parquet can't be written: No space left on device"):
            parts.add(0, b"x" * 100)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "_lenet.json"]


def test_how_large_parts_are():
    assert [size(pictures) for pictures in (1, 8_000, 100_000, 10**6, 10**8)] == [8, 8, 100, 256, 2_000]


# Rows.


def test_the_columns(tmp_path):
    two = replace(reading_of([1, 2]), file="a/\udcff.png", page=3, seconds=0.25)
    (tmp_path / "x.parquet").write_bytes(rows.pack([(7, two)]))
    table = parquet.read_table(tmp_path / "x.parquet")
    assert table.schema.names == [
        "number", "path", "page", "kind", "text", "confidence", "rejected", "reason", "digits", "lines", "seconds",
        "error",
    ]  # fmt: skip
    box = {"left": 0, "top": 0, "right": 8, "bottom": 12}
    (row,) = table.to_pylist()
    assert row["digits"][0] == {"label": "1", "confidence": 0.99, "box": box, "rejected": False}
    assert row.pop("lines") == [
        {"text": "12", "confidence": 0.9, "box": {**box, "right": 16}, "rejected": False, "reason": ""}
    ]
    assert [digit["label"] for digit in row.pop("digits")] == ["1", "2"]
    assert row == {
        "number": 7, "path": "a/\\udcff.png", "page": 3, "kind": "line", "text": "12", "confidence": 0.9,
        "rejected": False, "reason": "", "seconds": 0.25, "error": "",
    }  # fmt: skip


def test_no_rows_have_the_columns_too(tmp_path):
    (tmp_path / "x.parquet").write_bytes(rows.pack([]))
    assert parquet.read_table(tmp_path / "x.parquet").schema == rows.schema()
    assert Box._fields == rows.SIDES


# A worker's work, without a cluster.


def read(chunk: worker.Chunk, settings: StandIn, folder: Path, sender: str = __version__) -> list[dict]:
    """Have a chunk read as Ray would."""
    asked = pyarrow.table({"chunk": [pickle.dumps(chunk)]})
    (answer,) = worker.read_chunk(asked, settings, str(settings), sender).to_pylist()
    assert answer["number"] == chunk.number
    if answer["error"]:
        raise LenetError(answer["error"])
    (folder / "answer.parquet").write_bytes(answer["part"])
    return parquet.read_table(folder / "answer.parquet").to_pylist()


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """A folder of pictures, of which some can't be read, and one ends the process that reads it."""
    monkeypatch.chdir(tmp_path)
    Path("all").mkdir()
    named = {
        "a": [(1, 2)], "b": [(DIES,)], "c": [(BLANK,)], "d": [(REFUSED,)], "e": [(UNSURE, 3)], "f": [(4,), (REFUSED,)]
    }  # fmt: skip
    for name, pages in named.items():
        save(Path("all", f"{name}.tif"), *pages)
    Path("all/g.png").write_bytes(b"no picture")
    yield tmp_path
    while worker._crews:
        worker._crews.popitem()[1].end()


def test_a_worker_reads_what_lenet_read_reads(pictures, monkeypatch):
    monkeypatch.setattr("lenet.reading.Settings", StandIn)
    source = find("all")
    found = read(worker.Chunk(3, 100, source.cut(0, 100)), StandIn(), pictures)
    expected = list(read_many((f"all/{name}" for name in sorted(os.listdir("all"))), workers=2, pages=True))  # noqa: PTH208
    for row, reading_ in zip(found, expected, strict=True):
        document = reading_.to_dict()
        assert {name: row[name] for name in ("page", "text", "confidence", "rejected", "reason", "error", "kind")} == {
            name: document[name] for name in ("page", "text", "confidence", "rejected", "reason", "error", "kind")
        }
        assert row["path"] == reading_.file
    assert [row["number"] for row in found] == [100, 101, 102, 103, 104, 105, 105, 106]
    assert "ended by SIGKILL, 2 times" in found[1]["error"] and "all/g.png" in found[7]["error"]


def test_a_worker_tells_what_is_wrong_with_the_source(pictures):
    source = find("all")
    Path("all").rename("elsewhere")
    with pytest.raises(LenetError, match="doesn't see"):
        read(worker.Chunk(0, 0, source.cut(0, 2)), StandIn(), pictures)


def test_a_machine_of_another_version(pictures):
    with pytest.raises(LenetError, match=r"the machine .* has lenet .*, but the work is sent by 99"):
        read(worker.Chunk(0, 0, find("all").cut(0, 1)), StandIn(), pictures, "99")


def test_what_is_there_is_counted_without_a_cluster(pictures, monkeypatch):
    source = find("all")
    monkeypatch.setattr(reading, "connected", None)

    def local(settings, key, chunks, address, workers):
        for chunk in chunks:
            asked = pyarrow.table({"chunk": [pickle.dumps(chunk)]})
            (row,) = worker.read_chunk(asked, settings, key, __version__).to_pylist()
            yield row["number"], row["part"]

    with monkeypatch.context() as patch:
        patch.setattr(reading, "_read", local)
        told = []
        tally = read_source(StandIn(), "all", "out", chunk=3, tell=lambda *counts: told.append(counts))
    assert tally == {"pages": len(source) + 1, "read": 2, "rejected": 2, "failed": 4}
    assert told == [(0, 7), (3, 7), (6, 7), (7, 7)]
    told.clear()
    assert read_source(StandIn(), "all", "out", tell=lambda *counts: told.append(counts)) == tally
    assert told == [(7, 7)]
    Path("all/a.tif").unlink()
    with pytest.raises(LenetError, match=r"was begun before .*all changed"):
        read_source(StandIn(), "all", "out")


def test_weights_of_this_machine_are_sent_along(tmp_path, monkeypatch):
    from lenet.weights import load

    load("reader").save(tmp_path / "mine.safetensors")
    sent, name = reading._sent(StandIn(model=str(tmp_path / "mine.safetensors")))
    assert len(name) == 64 and sent.model.name == load("reader").name
    assert reading._sent(StandIn(model="reader")) == (StandIn(model="reader"), "reader")
    assert reading._sent(StandIn()) == (StandIn(), None)
