from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lenet.data import Dataset, describe, fetch, load, named, names, sets
from lenet.data.dataset import Parts
from lenet.data.sets import NamedSet
from lenet.data.sources import FILES, Folder
from lenet.errors import LenetError


@pytest.fixture
def local(tiny: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NamedSet:
    """A named set whose only source is a folder of this test."""
    np.savez(tmp_path / "a.npz", **dict(zip(("x_train", "y_train", "x_test", "y_test"), tiny, strict=True)))
    source = Folder(str(tmp_path), "the test")
    made = NamedSet("tiny", "for tests", ("a", "b", "c"), 12, 6, (5, 5), tiny.digests(), (source,))  # type: ignore[arg-type]
    monkeypatch.setitem(sets.SETS, "tiny", made)
    return made


def test_the_names_are_these() -> None:
    assert names() == ("mnist", "fashion-mnist", "glyphs", "written", "windows")


@pytest.mark.parametrize("name", names())
def test_every_name_is_described_without_loading(name: str) -> None:
    known = describe(name)
    assert known.name == name
    assert len(known.classes) == (15 if name in ("written", "windows") else 10)
    assert known.sources
    assert known.cached is (name == "glyphs")
    assert known.shape == ((32, 32) if name == "windows" else (28, 28))


def test_fetch_fills_the_cache_and_load_reads_it(local: NamedSet, cache_folder: Path, tiny: Parts) -> None:
    assert not describe("tiny").cached
    assert fetch("tiny") == cache_folder / "tiny" == describe("tiny").folder
    assert describe("tiny").cached
    assert all((cache_folder / "tiny" / name).is_file() for name in FILES)
    found = load("tiny")
    np.testing.assert_array_equal(found.test_images, tiny.test_images)
    assert found.name == "tiny"
    assert fetch("glyphs") is None


def test_the_cache_is_in_the_users_own_folder_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    monkeypatch.delenv("LENET_CACHE")
    assert describe("mnist").folder == Path(platformdirs.user_cache_dir("lenet", appauthor=False)) / "mnist"


def test_unknown_names_and_paths_are_told_apart(tmp_path: Path, local: NamedSet) -> None:
    with pytest.raises(
        LenetError, match=r"there is no data set 'fashon-mnist'; did you mean fashion-mnist.* path of a file"
    ):
        load("fashon-mnist")
    with pytest.raises(LenetError, match="there is no data set 'zzz'"):
        fetch("zzz")
    with pytest.raises(LenetError, match="there is no data set 'zzz'"):
        describe("zzz")
    for path in (tmp_path / "nothing", "some/folder", "digits.npz"):
        with pytest.raises(
            LenetError, match=r"there is no file or folder .*the named data sets are mnist, fashion-mnist"
        ):
            load(path)
    with pytest.raises(LenetError, match="comes from no folder"):
        load("glyphs", folder=tmp_path)
    with pytest.raises(LenetError, match="give one of the two"):
        load(tmp_path, folder=tmp_path)
    with pytest.raises(LenetError, match="there is no file or folder"):
        load("tiny", folder=tmp_path / "nothing")


def test_a_name_comes_before_a_folder_of_that_name(
    tiny: Parts, local: NamedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny").mkdir()
    np.savez(tmp_path / "tiny" / "a.npz", images=tiny.test_images, labels=tiny.test_labels)
    assert len(load("tiny").train_images) == 12
    assert len(load("./tiny").train_images) == 6
    assert len(load(Path("tiny")).train_images) == 6


def test_a_data_set_checks_itself(tiny: Parts) -> None:
    good = Dataset("a", ("0", "1", "2"), *tiny)
    for parts, classes, words in (
        (tiny._replace(train_labels=tiny.train_labels[:-1]), "012", "12 training pictures but 11 labels"),
        (tiny._replace(test_images=tiny.test_images[:, :4]), "012", "of one size"),
        (tiny._replace(train_images=tiny.train_images.astype(float)), "012", "must be uint8"),
        (tiny._replace(train_labels=tiny.train_labels.astype(float)), "012", "must be uint8 or int64"),
        (tiny, "01", "must be 0 to 1, one for each of its 2 classes, but run from 0 to 2"),
    ):
        with pytest.raises(LenetError, match=words):
            Dataset("a", tuple(classes), *parts)  # type: ignore[arg-type]
    changed = tiny.train_images.copy()
    changed[3, 2, 1] ^= 1
    assert Dataset("a", ("0", "1", "2"), *tiny._replace(train_images=changed)).checksum != good.checksum


def test_importing_doesnt_bring_what_only_some_need() -> None:
    heavy = "scipy", "PIL", "urllib.request", "platformdirs", "subprocess", "lenet.engine"
    code = f"import sys, lenet.data; print([name for name in {heavy} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


@pytest.mark.slow
def test_mnist_comes_from_somewhere_bit_for_bit() -> None:
    found = load("mnist")
    assert found.train_images.shape == (60_000, 28, 28)
    assert found.test_labels.shape == (10_000,)
    assert (
        Parts(found.train_images, found.train_labels, found.test_images, found.test_labels).digests()
        == sets.MNIST.digests
    )
    assert abs(found.train_images.mean() / 255 - 0.13066) < 5e-6
    assert abs(found.train_images.std() / 255 - 0.30811) < 5e-6
    assert found.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert named.describe("mnist").cached
