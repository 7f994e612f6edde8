"""Files that are there in full or not at all, and numbered folders."""

import threading

import pytest

from lenet.errors import LenetError
from lenet.files import numbered_folder, read_whole, remove_parts, write_atomically


def test_a_file_is_replaced(tmp_path):
    for data in (b"one", b"another one"):
        write_atomically(tmp_path / "f", data)
        assert (tmp_path / "f").read_bytes() == data
    write_atomically(str(tmp_path / "g"), b"", durable=False)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f", "g"]


def test_an_interrupt_leaves_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "f").write_bytes(b"old")

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "f", b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("f", b"old")]


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(LenetError, match="is a folder"):
        read_whole(tmp_path)
    (tmp_path / "sub" / "inside").mkdir(parents=True)
    with pytest.raises(LenetError, match="can't be written"):
        write_atomically(tmp_path / "sub", b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["sub"]


def test_parts_are_removed(tmp_path):
    (tmp_path / ".model.safetensors.123.part").write_bytes(b"half")
    (tmp_path / ".keep").write_bytes(b"")
    remove_parts(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [".keep"]


def test_numbers_go_on(tmp_path):
    assert numbered_folder(tmp_path / "runs", "lenet5").name == "lenet5-001"
    assert numbered_folder(tmp_path / "runs", "lenet5").name == "lenet5-002"
    assert numbered_folder(tmp_path / "runs", "d2l").name == "d2l-001"
    (tmp_path / "runs" / "lenet5-1234").mkdir()
    (tmp_path / "runs" / "lenet5-mine").mkdir()
    assert numbered_folder(tmp_path / "runs", "lenet5").name == "lenet5-1235"


def test_no_two_get_the_same_number(tmp_path):
    made = []

    def make():
        made.extend(numbered_folder(tmp_path, "a") for _ in range(20))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 80


def test_no_folder_can_be_made(tmp_path):
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(LenetError, match="no folder can be made"):
        numbered_folder(tmp_path / "runs", "a")
