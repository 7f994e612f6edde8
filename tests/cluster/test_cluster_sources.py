"""What is read: folders, Parquet and tars, listed, cut, and had again on another machine."""

from __future__ import annotations

import io
import os
import pickle
import tarfile
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet
from stand_in import save

from lenet.cluster.reading import tars
from lenet.cluster.reading.source import checksum, find
from lenet.errors import LenetError

NUMBERS = range(11)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Pictures of 0 to 10, in folders, beside what is none; they sort as their numbers do."""
    monkeypatch.chdir(tmp_path)
    for number in NUMBERS:
        path = Path("all", *["in"] * (number >= 8), f"{number:02d}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        save(path, (number,))
    for name in ("notes.txt", ".hidden.png", "in/._00.png"):
        Path("all", name).write_text("no picture")
    return Path("all")


@pytest.fixture
def data(folder) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("[0-9]*.png"))]


def table(path: str, column: str, cells: list, rows: int = 4, **more) -> str:
    parquet.write_table(pyarrow.table({column: cells, **more}), path, row_group_size=rows)
    return path


def tarred(path: str, folder: Path, mode: str = "w") -> str:
    with tarfile.open(path, mode) as tar:
        for file in sorted(folder.rglob("*")):
            tar.add(file, recursive=False)
    return path


def had(source, first: int = 0, count: int = 1000) -> list[tuple[str, object]]:
    """Return pictures as another machine has them: what holds them is sent there."""
    return [named for part in pickle.loads(pickle.dumps(source.cut(first, count))) for named in part]


@pytest.fixture(params=["folder", "bytes", "structs", "tables", "tar", "tar.gz", "tars"])
def source(request, folder, data):
    """Return the same pictures, kept in each way."""
    if request.param == "folder":
        return find("all")
    if request.param == "bytes":
        return find(table("x.parquet", "bytes", data))
    if request.param == "structs":
        return find(table("x.parquet", "image", [{"bytes": each, "path": None} for each in data]))
    if request.param == "tables":
        Path("them").mkdir()
        table("them/a.parquet", "image", data[:5], rows=2)
        table("them/b.parquet", "image", data[5:], rows=100)
        return find("them")
    if request.param == "tars":
        Path("them").mkdir()
        for name, some in (("a", NUMBERS[:3]), ("b", NUMBERS[3:])):
            with tarfile.open(f"them/{name}.tar", "w") as tar:
                for number in some:
                    info = tarfile.TarInfo(f"{number:02d}.png")
                    info.size = len(data[number])
                    tar.addfile(info, io.BytesIO(data[number]))
        return find("them")
    return find(tarred(f"x.{request.param}", folder, "w:gz" if request.param == "tar.gz" else "w"))


def test_each_picture_is_in_one_cut_and_in_its_place(source, data):
    assert len(source) == len(data)
    whole = had(source)
    read = [Path(picture).read_bytes() if isinstance(picture, str) else picture for _, picture in whole]
    assert read == data
    assert len({name for name, _ in whole}) == len(data)
    for each in (1, 3, 4, 11, 20):
        assert [named for first in range(0, len(data), each) for named in had(source, first, each)] == whole


def test_names_are_as_they_were_given(folder, data):
    assert [name for name, _ in had(find("all"), 7, 2)] == ["all/07.png", "all/in/08.png"]
    assert had(find("./all"))[0][0] == "./all/00.png"
    assert Path(had(find("all"))[0][1]).is_absolute()
    assert [name for name, _ in had(find(tarred("x.tar", folder)), 7, 2)] == ["x.tar/all/07.png", "x.tar/all/in/08.png"]
    assert [name for name, _ in had(find(table("x.parquet", "bytes", data)), 4, 2)] == ["x.parquet#4", "x.parquet#5"]
    named = table("y.parquet", "bytes", data, key=[f"k{number}" for number in NUMBERS])
    assert had(find(named))[3][0] == "k3"


def test_paths_in_a_table_are_seen_from_its_folder(folder, data):
    paths = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("[0-9]*.png"))]
    source = find(table("all/x.pq", "path", [*paths, None, ""]))
    found = had(source)
    assert [name for name, _ in found[:11]] == paths
    assert [Path(picture).read_bytes() for _, picture in found[:11]] == data
    assert found[11][0] == "all/x.pq#11" and "its cell is empty" in str(found[11][1]) == str(found[12][1])


def test_which_column(data):
    cells = {"bytes": data, "image": data[::-1], "other": data[1:] + data[:1], "count": list(NUMBERS)}
    table("x.parquet", **{"column": "path", "cells": ["00.png"] * 11}, **cells)
    assert had(find("x.parquet"))[0] == ("00.png", data[0])
    assert had(find("x.parquet", "image"))[0][1] == data[10]
    assert had(find("x.parquet", "other"))[0][1] == data[1]
    with pytest.raises(LenetError, match=r"no column of x.parquet 'imag'; did you mean image"):
        find("x.parquet", "imag")
    with pytest.raises(LenetError, match=r"the column 'count' of x.parquet is of int64; pictures are the bytes"):
        find("x.parquet", "count")
    table("y.parquet", "photo", data)
    with pytest.raises(LenetError, match="no column bytes, image or path, but photo; say by --column which"):
        find("y.parquet")


def test_what_changes_the_checksum(folder):
    before = checksum(find("all"))
    assert checksum(find("all")) == before
    os.utime(folder / "00.png", (1, 1))
    touched = checksum(find("all"))
    save(folder / "11.png", (1,))
    assert len({before, touched, checksum(find("all"))}) == 3


def test_what_is_no_source(folder, data):
    for name in ("empty", "mixed"):
        Path(name).mkdir()
    Path("empty/notes.txt").write_text("no picture")
    tarred("mixed/x.tar", folder)
    save(Path("mixed/x.png"), (1,))
    Path("broken.parquet").write_text("no table")
    Path("broken.tar").write_text("no tar")
    Path("broken.tar.gz").write_bytes(b"\x1f\x8b no tar")
    tarred("none.tar", Path("empty"))
    table("none.parquet", "bytes", pyarrow.array([], pyarrow.binary()))
    for called, words in {
        "nowhere": "there is no nowhere; --ray reads a folder",
        "empty": "empty holds no pictures: neither",
        "mixed": "mixed holds several of pictures, Parquet files and tars",
        "all/notes.txt": "notes.txt is neither a folder, nor Parquet",
        "all/00.png": "all/00.png is a single picture; read it by `lenet read all/00.png`",
        "broken.parquet": "broken.parquet can't be read as Parquet: ",
        "broken.tar": "broken.tar can't be read as a tar: ",
        "broken.tar.gz": "broken.tar.gz can't be read as a tar: ",
        "none.tar": "none.tar holds no pictures",
        "none.parquet": "none.parquet holds no pictures: its tables have no rows",
    }.items():
        with pytest.raises(LenetError, match=words):
            find(called)
    with pytest.raises(LenetError, match="--column names a column of Parquet, but all is none"):
        find("all", "bytes")


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_a_tar_that_breaks_off(folder, mode):
    """Anywhere, also between two members, where it looks like a shorter one."""
    whole = Path(tarred("whole.tar", folder, mode)).read_bytes()
    with tarfile.open("whole.tar") as tar:
        ends = [0, *(info.offset for info in tar if info.offset)] if mode == "w" else []
    for end in (*ends, *range(1, len(whole) - (10240 if mode == "w" else 100), len(whole) // 40)):
        Path("half.tar").write_bytes(whole[:end])
        with pytest.raises(LenetError, match=r"half.tar can't be read as a tar|half.tar holds no pictures"):
            find("half.tar")


def test_a_tar_with_a_damaged_head(folder):
    whole = bytearray(Path(tarred("whole.tar", folder)).read_bytes())
    with tarfile.open("whole.tar") as tar:
        info = tar.getmembers()[5]
    whole[info.offset + 150] ^= 1  # in the checksum
    Path("bad.tar").write_bytes(whole)
    with pytest.raises(LenetError, match=r"bad.tar can't be read as a tar: it breaks off, or is damaged"):
        find("bad.tar")


@pytest.mark.parametrize("packed", [False, True])
def test_nothing_in_a_tar_is_unpacked_onto_the_disk(folder, data, packed, monkeypatch):
    """Links and names that lead out of the folder are nothing but names; a huge picture isn't taken into memory."""
    with tarfile.open("x.tar", "w:gz" if packed else "w") as tar:
        for name, kind in (("../../out.png", tarfile.REGTYPE), ("link.png", tarfile.SYMTYPE), ("a/.b.png", b"0")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            info.size = len(data[0]) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(data[0]))
    before = set(Path.cwd().rglob("*"))
    assert had(find("x.tar")) == [("x.tar/../../out.png", data[0])]
    assert set(Path.cwd().rglob("*")) == before
    monkeypatch.setattr(tars, "MOST_BYTES", 10)
    assert "bytes, of which 10 are read at most" in str(had(find("x.tar"))[0][1])


def test_a_machine_that_doesn_t_see_the_source(folder, data):
    sources = [find("all"), find(table("x.parquet", "bytes", data)), find(tarred("x.tar", folder))]
    table("x.parquet", "bytes", data[1:])
    tarred("x.tar", folder, "w:gz")
    folder.rename("elsewhere")
    for source in sources:
        with pytest.raises(LenetError, match=r"the machine .* doesn't see .* a file system that all machines"):
            had(source)
