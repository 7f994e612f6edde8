from __future__ import annotations

import gzip
import os
import pickle
import pickletools
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet.data import pickled
from lenet.errors import LenetError


def _python2(pairs: list[tuple[np.ndarray, np.ndarray]]) -> bytes:
    """Write pairs of float32 and int64 arrays as Python 2 did, protocol 2: bytes as BINSTRING, names of old NumPy."""

    def array(values: np.ndarray) -> bytes:
        kind = values.dtype.str[1:].encode()
        out = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R(K\x01"
        out += b"(" + b"".join(b"J" + struct.pack("<i", size) for size in values.shape) + b"t"
        out += b"cnumpy\ndtype\nU\x02" + kind + b"K\0K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
        return out + b"\x89T" + struct.pack("<i", values.nbytes) + values.tobytes() + b"tb"

    return b"\x80\x02" + b"".join(array(x) + array(y) + b"\x86" for x, y in pairs) + b"\x87."


def _write(folder: Path, data: bytes) -> Path:
    path = folder / "mnist.pkl.gz"
    path.write_bytes(gzip.compress(data, 1))
    return path


@pytest.mark.parametrize("scale", [256, 255])
def test_pixels_are_exact_and_few_floats_are_held(tmp_path: Path, scale: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (4000, 784), np.uint8)
    labels = np.arange(4000) % 10
    floats = images.astype(np.float32) / np.float32(scale)
    pairs = [(floats[:2500], labels[:2500]), (floats[2500:3000], labels[2500:3000]), (floats[3000:], labels[3000:])]
    path = _write(tmp_path, _python2(pairs))
    tracemalloc.start()
    found = pickled.read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_array_equal(found.train_images.reshape(-1, 784), images[:3000])
    np.testing.assert_array_equal(found.test_images.reshape(-1, 784), images[3000:])
    np.testing.assert_array_equal(found.train_labels, labels[:3000])
    assert peak < 2 * images.nbytes + (24 << 20)  # and not 4 bytes a pixel besides


def test_the_writer_of_this_test_writes_what_python_reads() -> None:
    pairs = [(np.eye(4, dtype=np.float32), np.arange(4))] * 3
    back = pickle.loads(_python2(pairs), encoding="bytes")
    np.testing.assert_array_equal(back[2][0], np.eye(4))


class Evil:
    def __init__(self, call: object, *arguments: object) -> None:
        self.call, self.arguments = call, arguments

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.call, self.arguments


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("call", ["system", "eval", "getattr", "loads"])
def test_a_pickle_that_would_run_something_is_refused_by_name(tmp_path: Path, protocol: int, call: str) -> None:
    target = tmp_path / "ran"
    evil, name = {
        "system": (Evil(os.system, f"touch {target}"), rf"{os.system.__module__}\.system"),
        "eval": (Evil(eval, f"open({str(target)!r}, 'w')"), r"\.eval"),
        "getattr": (Evil(getattr, "text", "upper"), r"\.getattr"),
        "loads": (Evil(pickle.loads, b""), r"pickle\.loads"),
    }[call]
    path = _write(tmp_path, pickle.dumps(((np.zeros(4), evil), 1), protocol))
    with pytest.raises(LenetError, match=rf"asks for \w*{name}, which isn't part of an array: refused"):
        pickled.read(path)
    assert not target.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pickle.dumps(((np.zeros(2), np.zeros(2)),) * 3, 0), "instruction"),
        (pickle.dumps(((np.array([None]), np.zeros(2)),) * 3, 2), "holds an array of 'O"),
        (pickle.dumps([1, 2, 3]), "must hold two or three pairs"),
        (pickle.dumps({"a": 1}), "holds a; expected x_train"),
        (pickle.dumps(((((((1,),),),),),)), "nested too deep"),
        (pickle.dumps(list(range(20_000))), "more than 10,000 instructions"),
        (b"\x80\x02cnumpy\nndarray\n)R.", "calls something"),
        (b"\x80\x02K\x01N\x86R.", "isn't a pickle of arrays|calls something"),
        (b"\x80\x02]N b.", "instruction b' '"),
        (b"\x80\x02]Nb.", "fills something"),
        (b"\x80\x02T\xff\xff\xff\xff.", "negative length"),
        (b"\x80\x02\x8e" + struct.pack("<Q", 1 << 60) + b".", "declares"),
        (b"\x80\x04B" + struct.pack("<I", 1 << 31) + b".", "declares|cut short"),
        (b"\x80\x02.", "isn't a pickle"),
        (b"", "cut short"),
        (b"h\x05.", "isn't a pickle"),
    ],
)
def test_other_pickles_are_refused_in_words(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(LenetError, match=words) as told:
        pickled.read(_write(tmp_path, data))
    assert "mnist.pkl.gz" in str(told.value)


OPCODES = [opcode.code.encode("latin1") for opcode in pickletools.opcodes]
GOOD = _python2([(np.eye(4, dtype=np.float32), np.arange(4))] * 3)


@given(
    pieces=st.lists(
        st.one_of(st.sampled_from(OPCODES), st.binary(max_size=4), st.sampled_from([GOOD[2:170]])), max_size=30
    )
)
def test_random_programs_give_nothing_but_the_error(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    path = tmp_path_factory.getbasetemp() / "random.pkl"
    path.write_bytes(b"".join(pieces) + b".")
    with pytest.raises(LenetError):
        pickled.read(path)


@given(at=st.integers(0, len(GOOD) - 1), value=st.integers(0, 255))
def test_a_changed_pickle_gives_arrays_or_the_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "changed.pkl"
    path.write_bytes(GOOD[:at] + bytes([value]) + GOOD[at + 1 :])
    try:
        assert pickled.read(path).train_images.dtype == np.uint8
    except LenetError as error:
        assert str(path) in str(error)
