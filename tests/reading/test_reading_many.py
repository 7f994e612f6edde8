"""Many pictures, in this process and in others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from stand_in import BLANK, DIES, DIES_ONCE, PRINTS, REFUSED, SLOW, WRONG, StandIn, picture, save

from lenet import reading
from lenet.errors import LenetError
from lenet.reading import many, read_many


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch):
    monkeypatch.setattr(reading, "Settings", StandIn)


@pytest.fixture
def files(tmp_path):
    return [save(tmp_path / f"{number}.png", tuple(map(int, str(number)))) for number in range(30)]


NUMBERS = [str(number) for number in range(30)]


@pytest.mark.parametrize("workers", [None, 1, 3])
def test_they_come_in_order(files, workers):
    found = list(read_many(iter(files), workers=workers))
    assert [each.text for each in found] == NUMBERS
    assert [each.file for each in found] == list(map(str, files))


def test_a_slow_one_keeps_its_place(files, tmp_path):
    slow = save(tmp_path / "slow.png", (SLOW, 7))
    assert [each.text for each in read_many([slow, *files, slow], workers=2)] == ["7", *NUMBERS, "7"]


def test_whatever_can_be_read_can_be_sent(files):
    with files[12].open("rb") as file:
        sources = [picture(1, 2), files[12].read_bytes(), str(files[12]), file, picture(1, 2)[None]]
        assert [each.text for each in read_many(sources, workers=2)] == ["12"] * 5


@pytest.mark.parametrize("workers", [1, 2])
def test_one_that_fails_has_an_error_and_the_others_are_read(files, tmp_path, workers):
    refused, wrong, blank, two = (
        save(tmp_path / name, *pages)
        for name, pages in (
            ("refused.png", [(REFUSED,)]), ("wrong.png", [(WRONG,)]), ("blank.png", [(BLANK,)]),
            ("two.tif", [(1,), (REFUSED,), (3,)]),
        )
    )  # fmt: skip
    sources = [files[0], refused, tmp_path / "none.png", wrong, np.zeros((2, 2, 2, 2)), two, blank, files[1]]
    found = list(read_many(sources, workers=workers, pages=True))
    assert [each.text for each in found] == ["0", "", "", "", "", "1", "", "", "1"]
    assert [each.page for each in found] == [1, 1, 1, 1, 1, 1, 2, 1, 1]
    assert found[1].error == "there is too little of it" and found[1].file == str(refused)
    assert "there is no file" in found[2].error
    assert "this is a bug in lenet: ZeroDivisionError: division by zero (line " in found[3].error
    assert "(2, 2, 2, 2)" in found[4].error
    assert found[6].error == "there is too little of it" and found[6].file == str(two)
    assert all(each.rejected for each in found if each.error)
    assert (found[7].error, found[7].reason) == ("", "blank")


def test_a_process_that_dies_is_replaced(files, tmp_path):
    once = save(tmp_path / "once.png", (DIES_ONCE, 5))
    found = list(read_many([files[3], once, *files], workers=2, model=tmp_path))
    assert [each.text for each in found] == ["3", "5", *NUMBERS]
    assert (tmp_path / "died").exists()


def test_a_picture_that_kills_every_process_has_an_error(files, tmp_path):
    always = save(tmp_path / "always.png", (DIES, 5))
    found = list(read_many([files[3], always, *files], workers=2))
    assert [each.text for each in found] == ["3", "", *NUMBERS]
    assert found[1].error.startswith("the process that read it was ended by SIGKILL, 2 times")
    assert found[1].file == str(always)


def test_what_is_printed_meanwhile_is_in_nobody_s_way(tmp_path, files, capfd):
    prints = save(tmp_path / "prints.png", (PRINTS, 5))
    assert [each.text for each in read_many([prints, files[1]], workers=2)] == ["5", "1"]
    assert capfd.readouterr() == ("", "what nobody expects\n")


def test_a_few_are_read_without_processes(files, monkeypatch):
    monkeypatch.setattr(many, "Crew", None)
    monkeypatch.setattr(many, "ALONE", 3600)
    assert len(list(read_many(files))) == len(files)


def test_processes_begin_after_a_while(files, monkeypatch):
    begun = []
    monkeypatch.setattr(many, "cores", lambda: 2)
    monkeypatch.setattr(many, "ALONE", 0)
    crew = many.Crew
    monkeypatch.setattr(many, "Crew", lambda *arguments: begun.append(arguments[1]) or crew(*arguments))
    assert [each.text for each in read_many(files)] == NUMBERS
    assert begun == [2]


@pytest.mark.parametrize("how", ["cores", "frozen", "embedded"])
def test_there_are_none_where_there_can_be_none(files, monkeypatch, how):
    monkeypatch.setattr(many, "Crew", None)
    monkeypatch.setattr(many, "ALONE", 0)
    if how == "cores":
        monkeypatch.setattr(many, "cores", lambda: 1)
    elif how == "frozen":
        monkeypatch.setattr(sys, "frozen", True, raising=False)
    else:
        monkeypatch.setattr(sys, "executable", "")
    assert len(list(read_many(files, workers=None if how == "cores" else 2))) == len(files)


def test_sources_are_drawn_as_needed_and_no_more_are_kept(monkeypatch):
    drawn = 0

    def endless():
        nonlocal drawn
        while True:
            drawn += 1
            yield picture(1)

    found = read_many(endless(), workers=2)
    for _ in range(5):
        next(found)
    time.sleep(0.3)
    assert drawn <= 5 + 2 * many.KEPT + 2 * many.AHEAD


def test_while_one_is_slow_not_all_others_are_read():
    drawn = 0

    def slow_first():
        nonlocal drawn
        yield picture(SLOW, 7)
        while True:
            drawn += 1
            yield picture(1)

    assert next(read_many(slow_first(), workers=2)).text == "7"
    assert drawn <= 2 * many.KEPT


def test_memory_is_bounded(monkeypatch):
    """A thousand pictures of 1 MB from memory, taken slowly at first: few are held at a time."""

    def pictures():
        for _ in range(300):
            large = np.zeros((1000, 1000), np.uint8)
            large[:] = 30
            yield large

    tracemalloc.start()
    try:
        for count, _ in enumerate(read_many(pictures(), workers=2)):
            if count == 0:
                time.sleep(0.5)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 299
    assert most < 30e6


def test_leaving_ends_the_processes(files):
    found = read_many(files * 10, workers=2)
    next(found)
    children = processes()
    assert len(children) == 2
    del found
    assert not processes() & children
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lenet-reading")]


def processes() -> set[int]:
    """Return the processes that this one has begun and that are there."""
    listed = (path for path in Path("/proc").iterdir() if path.name.isdecimal())
    found = set()
    for path in listed:
        try:
            state, parent = (path / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == os.getpid() and state != "Z":
            found.add(int(path.name))
    return found


def test_a_process_that_cannot_begin(files, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(LenetError, match=r"could not be begun: it ended with code 1; read in this one: workers=1"):
        list(read_many(files, workers=2))
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(LenetError, match=r"could not be begun: .*No such file"):
        list(read_many(files, workers=2))


@pytest.mark.parametrize("workers", [0, -1, "2", 1.5])
def test_a_number_of_workers_that_makes_no_sense(workers):
    with pytest.raises(LenetError, match="workers must be a whole number, 1 or more"):
        read_many([], workers=workers)


@pytest.mark.parametrize("one", ["x.png", b"x", Path("x.png")])
def test_one_picture_is_not_many(one):
    with pytest.raises(LenetError, match="read_many reads a list of pictures, but one was given"):
        read_many(one)


def test_a_script_needs_no_guard_and_ctrl_c_ends_all(files, tmp_path):
    slow = save(tmp_path / "slow.png", (SLOW, 7))
    script = tmp_path / "script.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from lenet import reading; from stand_in import StandIn; reading.Settings = StandIn\n"
        f"for found in reading.read_many([{str(slow)!r}] * 1000, workers=2): print(found, flush=True)\n"
    )
    running = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert running.stdout is not None and running.stderr is not None
    assert running.stdout.readline() == b"7\n"
    os.killpg(running.pid, signal.SIGINT)
    _, err = running.communicate(timeout=30)  # the pipes end: nobody holds them any more
    assert running.returncode != 0
    assert err.count(b"Traceback") == 1 and err.rstrip().endswith(b"KeyboardInterrupt")
