from __future__ import annotations

import gzip
import hashlib
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet.data import idx
from lenet.errors import LenetError

HEADER = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3])


def test_the_file_of_a_small_array_is_these_bytes(tmp_path: Path) -> None:
    array = np.array([[1, 2, 3], [4, 5, 255]], np.uint8)
    idx.write(tmp_path / "a", array)
    assert (tmp_path / "a").read_bytes() == HEADER + bytes([1, 2, 3, 4, 5, 255])
    np.testing.assert_array_equal(idx.read(tmp_path / "a"), array)


@pytest.mark.parametrize("kind", ["u1", "i1", "i2", "i4", "f4", "f8"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_every_type_comes_back_as_it_went(tmp_path: Path, kind: str, pack: object) -> None:
    array = np.array([3, 100, 0, 7], kind)
    idx.write(tmp_path / "a", array)
    (tmp_path / "a").write_bytes(pack((tmp_path / "a").read_bytes()))  # type: ignore[operator]
    back = idx.read(tmp_path / "a")
    np.testing.assert_array_equal(back, array)
    assert back.dtype == array.dtype


@pytest.mark.parametrize("shape", [(7,), (3, 4, 5), (0, 4, 5), (2, 3, 4, 5)])
@pytest.mark.parametrize("kind", ["u1", "i8"])
def test_the_digest_is_that_of_the_file(tmp_path: Path, shape: tuple[int, ...], kind: str) -> None:
    array = np.random.default_rng(0).integers(0, 200, shape).astype(kind)
    idx.write(tmp_path / "a", array)
    assert idx.digest(array) == hashlib.sha256((tmp_path / "a").read_bytes()).hexdigest()
    np.testing.assert_array_equal(idx.read(tmp_path / "a"), array)
    assert idx.digest(np.asfortranarray(array)) == idx.digest(array)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "cut short"),
        (b"\x89PNG\r\n\x1a\n", r"isn't an IDX file: it begins with 89 50 4e 47"),
        (b"\0\0\x07\x01\0\0\0\1x", "isn't an IDX file"),
        (b"\0\0\x08\x05" + b"\0\0\0\1" * 5 + b"x", "isn't an IDX file"),
        (HEADER + b"12345", "declares 6 bytes but can hold at most|cut short"),
        (HEADER + b"1234567", "goes on after the end"),
        (HEADER[:9], "cut short"),
        (gzip.compress(HEADER + b"123456", mtime=0)[:-9], "cut short: its gzip data end early"),
        (gzip.compress(HEADER + b"123456", mtime=0)[:10] + b"\xff" * 20, "damaged: its gzip data"),
        (gzip.compress(HEADER + b"12345", mtime=0), "cut short"),
    ],
)
def test_a_damaged_file_is_told_in_words(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(LenetError, match=words) as told:
        idx.read(tmp_path / "a")
    assert str(tmp_path / "a") in str(told.value)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("shape", [(60_000, 28, 28), (1 << 31, 1 << 20, 1), (0, (1 << 32) - 1, (1 << 32) - 1)])
def test_a_bomb_is_refused_before_memory_is_taken(tmp_path: Path, pack: object, shape: tuple[int, ...]) -> None:
    (tmp_path / "a").write_bytes(pack(struct.pack(">BBBB3I", 0, 0, 8, 3, *shape)))  # type: ignore[operator]
    tracemalloc.start()
    with pytest.raises(LenetError, match=r"declares (the sizes|[\d,]+ bytes)"):
        idx.read(tmp_path / "a")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


def test_a_missing_file_and_a_folder_are_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(LenetError, match="can't be read"):
        idx.read(tmp_path / "none")
    with pytest.raises(LenetError, match="can't be read"):
        idx.read(tmp_path)


@given(data=st.binary(max_size=200), packed=st.booleans())
def test_random_bytes_give_nothing_but_the_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, packed: bool
) -> None:
    _never_worse(tmp_path_factory.getbasetemp() / "random", gzip.compress(data, mtime=0) if packed else data)


@given(
    head=st.binary(min_size=2, max_size=2), tail=st.binary(max_size=60), sizes=st.lists(st.integers(0, 9), max_size=5)
)
def test_headers_with_random_rest_give_nothing_but_the_error(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, tail: bytes, sizes: list[int]
) -> None:
    head = bytes([8 + head[0] % 8, head[1] % 6])
    data = b"\0\0" + head + b"".join(struct.pack(">I", size) for size in sizes) + tail
    _never_worse(tmp_path_factory.getbasetemp() / "headers", data)


@given(at=st.integers(0, 60), value=st.integers(0, 255), cut=st.integers(0, 60))
def test_a_changed_gzip_file_gives_nothing_but_the_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int, cut: int
) -> None:
    data = bytearray(gzip.compress(HEADER + b"123456", mtime=0))
    data[at % len(data)] = value
    _never_worse(tmp_path_factory.getbasetemp() / "changed", bytes(data[: len(data) - cut % 40]))


def _never_worse(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        assert isinstance(idx.read(path), np.ndarray)
    except LenetError as error:
        assert str(path) in str(error)
