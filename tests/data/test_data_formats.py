from __future__ import annotations

import gzip
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lenet.data import Dataset, idx, load
from lenet.data.dataset import Parts
from lenet.errors import LenetError

NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def _idx(folder: Path, parts: Parts, names: tuple[str, ...] = NAMES) -> Path:
    for name, array in zip(names, parts, strict=True):
        idx.write(folder / name, array)
    return folder


def _idx_gz(folder: Path, parts: Parts) -> Path:
    _idx(folder, parts)
    for name in NAMES:
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
        (folder / name).unlink()
    return folder


def _idx_dots(folder: Path, parts: Parts) -> Path:
    return _idx(folder, parts, tuple(name.replace("-idx", ".idx") for name in NAMES))


def _idx_file(folder: Path, parts: Parts) -> Path:
    return _idx(folder, parts) / NAMES[0]


def _keras(folder: Path, parts: Parts) -> Path:
    np.savez_compressed(folder / "a.npz", **dict(zip(("x_train", "y_train", "x_test", "y_test"), parts, strict=True)))
    return folder / "a.npz"


def _floats(folder: Path, parts: Parts) -> Path:
    np.savez(
        folder / "a.npz",
        x_train=np.asfortranarray(parts[0] / np.float32(255)),
        y_train=parts[1].astype(float)[:, None],
        x_test=(parts[2] / 255)[..., None],
        y_test=parts[3].astype(np.int32),
    )
    return folder


def _pickled(protocol: int) -> Callable[[Path, Parts], Path]:
    def write(folder: Path, parts: Parts) -> Path:
        x, y, x_test, y_test = (np.asarray(part) for part in parts)
        x, x_test = (a.reshape(-1, 25).astype(np.float32) / 256 for a in (x, x_test))
        data = ((x[:9], y[:9].astype(np.int64)), (x[9:], y[9:].astype(np.int64)), (x_test, y_test.astype(np.int64)))
        (folder / "mnist.pkl.gz").write_bytes(gzip.compress(pickle.dumps(data, protocol)))
        return folder / "mnist.pkl.gz"

    return write


def _pickled_dict(folder: Path, parts: Parts) -> Path:
    names = ("training_images", "training_labels", "test_images", "test_labels")
    (folder / "mnist.pkl").write_bytes(pickle.dumps(dict(zip(names, parts, strict=True)), 4))
    return folder


def _csv_text(images: np.ndarray, labels: np.ndarray) -> str:
    rows = zip(labels, images.reshape(len(images), -1), strict=True)
    return "\n".join(",".join(map(str, (label, *pixels))) for label, pixels in rows)


def _csv(folder: Path, parts: Parts) -> Path:
    header = "label," + ",".join(f"pixel{i}" for i in range(25)) + "\r\n"
    (folder / "my_train.csv").write_bytes((header + _csv_text(*parts[:2]).replace("\n", "\r\n") + "\r\n\r\n").encode())
    (folder / "my_test.csv.gz").write_bytes(gzip.compress(_csv_text(*parts[2:]).encode()))
    return folder


def _pictures(folder: Path, parts: Parts) -> Path:
    for part, images, labels in (("train", *parts[:2]), ("test", *parts[2:])):
        for row in np.argsort(labels, kind="stable"):
            place = folder / part / str(labels[row])
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(images[row]).save(place / f"{row:03d}.png")
    return folder


WRITERS = {
    "idx": _idx,
    "idx.gz": _idx_gz,
    "idx, dots": _idx_dots,
    "idx, one file": _idx_file,
    "npz": _keras,
    "npz of floats": _floats,
    **{f"pickle {protocol}": _pickled(protocol) for protocol in (2, 3, 4, 5)},
    "pickle of a dict": _pickled_dict,
    "csv": _csv,
}


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_data_come_back_from_every_format(tmp_path: Path, tiny: Parts, kind: str) -> None:
    found = load(WRITERS[kind](tmp_path, tiny))
    for name, array in tiny._asdict().items():
        got = getattr(found, name)
        np.testing.assert_array_equal(got, array)
        assert got.dtype == np.uint8
        assert got.flags.c_contiguous
        assert got.flags.writeable
    assert found.classes == ("0", "1", "2")
    assert found.shape == (1, 5, 5)
    assert found.checksum == Dataset("other", ("0", "1", "2"), *tiny).checksum


def test_pictures_by_class_come_back_sorted(tmp_path: Path, tiny: Parts) -> None:
    found = load(str(_pictures(tmp_path, tiny)), shape=(5, 5))
    order = np.argsort(tiny.train_labels, kind="stable")
    np.testing.assert_array_equal(found.train_images, tiny.train_images[order])
    np.testing.assert_array_equal(found.train_labels, tiny.train_labels[order])
    assert len(found.test_images) == 6


@pytest.mark.parametrize("kind", ["idx", "npz", "csv", "images and labels", "pictures"])
def test_a_test_part_may_be_missing(tmp_path: Path, tiny: Parts, kind: str) -> None:
    if kind == "idx":
        path = _idx(tmp_path, tiny)
        for name in NAMES[2:]:
            (path / name).unlink()
    elif kind == "npz":
        path = tmp_path / "a.npz"
        np.savez(path, x_train=tiny[0], y_train=tiny[1])
    elif kind == "csv":
        path = _csv(tmp_path, tiny) / "my_train.csv"
    elif kind == "images and labels":
        path = tmp_path / "a.npz"
        np.savez(path, images=tiny[0], labels=tiny[1])
    else:
        path = _pictures(tmp_path, tiny) / "train"
    found = load(path, shape=(5, 5))
    assert len(found.train_images) == 12
    assert found.test_images.shape == (0, 5, 5)
    assert found.test_labels.shape == (0,)
    assert len(found.checksum) == 64


def test_emnist_is_turned_and_its_letters_count_from_zero(tmp_path: Path, tiny: Parts) -> None:
    names = ("train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1")
    stored = Parts(tiny[0].swapaxes(1, 2), tiny[1] + 1, tiny[2].swapaxes(1, 2), tiny[3] + 1)
    _idx(tmp_path, stored, tuple(f"emnist-letters-{name}-ubyte" for name in names))
    found = load(tmp_path)
    np.testing.assert_array_equal(found.train_images, tiny.train_images)
    np.testing.assert_array_equal(found.test_labels, tiny.test_labels)
    assert found.classes == tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    _idx(tmp_path, stored, tuple(f"emnist-digits-{name}-ubyte" for name in names))
    with pytest.raises(LenetError, match="IDX files of 2 sets, whose names begin with 'emnist-digits-'"):
        load(tmp_path)
    assert load(tmp_path / "emnist-digits-test-labels-idx1-ubyte").classes == ("0", "1", "2", "3")


def test_qmnist_labels_are_the_first_of_eight_columns(tmp_path: Path, tiny: Parts) -> None:
    names = ("train-images-idx3-ubyte", "train-labels-idx2-int", "test-images-idx3-ubyte", "test-labels-idx2-int")
    labels = [np.concatenate([a[:, None], np.full((len(a), 7), 99)], 1).astype(np.int32) for a in (tiny[1], tiny[3])]
    stored = Parts(tiny[0], labels[0], tiny[2], labels[1])  # type: ignore[arg-type]
    _idx(tmp_path, stored, tuple(f"qmnist-{name}" for name in names))
    np.testing.assert_array_equal(load(tmp_path).train_labels, tiny.train_labels)


def test_colours_come_channels_first(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (4, 6, 5, 3), np.uint8)
    np.savez(tmp_path / "a.npz", images=images, labels=[0, 1, 2, 300])
    found = load(tmp_path)
    assert found.shape == (3, 6, 5)
    np.testing.assert_array_equal(found.train_images, images.transpose(0, 3, 1, 2))
    assert found.train_labels.dtype == np.int64
    assert len(found.classes) == 301


def test_pictures_of_every_mode_become_grey_and_of_one_size(tmp_path: Path) -> None:
    for name in ("10", "9", ".hidden"):
        (tmp_path / name).mkdir()
    grey = Image.new("L", (40, 30), 100)
    grey.save(tmp_path / "9" / "a.png")
    grey.convert("RGB").save(tmp_path / "9" / "b.jpg")
    Image.new("1", (8, 8), 1).save(tmp_path / "9" / "c.png")
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "9" / "d.png")  # see-through: white paper
    Image.fromarray(np.full((8, 8), 65535, np.uint16)).save(tmp_path / "10" / "e.png")
    Image.fromarray(np.full((8, 8), 100 * 257, np.uint16)).save(tmp_path / "10" / "f.tif")
    (tmp_path / "10" / "notes.txt").write_text("not a picture")
    found = load(tmp_path, shape=(28, 20))
    assert found.classes == ("9", "10")
    assert found.train_images.shape == (6, 28, 20)
    assert [int(image[0, 0]) for image in found.train_images] == [100, 100, 255, 255, 255, 100]
    assert all(np.ptp(image) == 0 for image in found.train_images)
    np.testing.assert_array_equal(found.train_labels, [0, 0, 0, 0, 1, 1])


def _refused(path: Path, words: str) -> None:
    with pytest.raises(LenetError, match=words):
        load(path)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"images": np.zeros((3, 5, 5), np.uint8), "labels": np.zeros(4, int)}, "3 training pictures but 4 labels"),
        ({"images": np.zeros((0, 5, 5), np.uint8), "labels": np.zeros(0, int)}, "no training pictures"),
        ({"images": np.zeros((2, 0, 5), np.uint8), "labels": np.zeros(2, int)}, "have no pixels"),
        ({"images": np.zeros((2, 5, 5), np.uint8), "labels": np.array([0, -3])}, r"label 1 .* is -3"),
        ({"images": np.zeros((2, 5, 5), np.uint8), "labels": np.array([0.5, 1])}, r"label 0 .* is 0\.5"),
        ({"images": np.zeros((2, 5, 5), np.uint8), "labels": np.array([0, np.nan])}, "label 1 .* is nan"),
        ({"images": np.zeros((2, 5, 5), np.uint8), "labels": np.array([0, 10**9])}, r"a label is 1,000,000,000"),
        ({"images": np.zeros((2, 5, 5), np.uint8), "labels": np.array([0, 1e300])}, "holds a label of 1e"),
        ({"images": np.zeros((2, 5, 5), np.uint8), "labels": np.array([[0, 1], [1, 0]])}, r"labels are \(N,\)"),
        ({"images": np.zeros((2, 5, 5), np.uint8), "labels": np.array(["a", "b"])}, "must hold numbers, but holds <U1"),
        ({"images": np.array([[{}]]), "labels": np.zeros(1)}, "objects are never unpickled"),
        ({"images": np.full((2, 5, 5), 256), "labels": np.zeros(2)}, "pixels of 256 to 256; they must be 0 to 255"),
        ({"images": np.full((2, 5, 5), 1.5), "labels": np.zeros(2)}, r"neither all in \[0, 1\] nor all whole"),
        ({"images": np.full((2, 5, 5), np.nan), "labels": np.zeros(2)}, "aren't finite"),
        ({"images": np.zeros((2, 24), np.uint8), "labels": np.zeros(2)}, "24 pixels a picture, which is no square"),
        ({"images": np.zeros(5), "labels": np.zeros(5)}, r"pictures are \(N, H, W\)"),
        ({"x": np.zeros(5), "y": np.zeros(5)}, "holds x, y; expected x_train, y_train"),
        ({"x_train": np.zeros((2, 4)), "y_train": np.zeros(2), "x_test": np.zeros((2, 4))}, "no 'y_test'"),
        (
            {"x_train": np.zeros((2, 4)), "y_train": np.zeros(2), "x_test": np.zeros((2, 9)), "y_test": np.zeros(2)},
            "must be of one size",
        ),
    ],
)
def test_arrays_that_are_no_pictures_or_labels_are_refused(tmp_path: Path, arrays: dict, words: str) -> None:
    np.savez(tmp_path / "a.npz", **arrays)
    _refused(tmp_path / "a.npz", words)


def test_a_damaged_npz_is_refused(tmp_path: Path, tiny: Parts) -> None:
    path = _keras(tmp_path, tiny)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    _refused(path, "damaged or isn't an .npz")
    path.write_bytes(whole[:90] + bytes(200) + whole[290:])
    _refused(path, "damaged|isn't a NumPy array")
    path.write_bytes(b"")
    _refused(path, "damaged or isn't an .npz")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no lines"),
        ("label,a,b,c,d\n", "has no lines"),
        ("1,2,3\n", "line 1 .* 2 pixels a picture, which is no square"),
        ("1,0,0,0,0\n2,0,0,0\n", "line 2 .* has 4 numbers, but the first line has 5"),
        ("label,a,b,c,d\n1,0,0,0,0\n\n2,0,0,256,0\n", "line 4 .* has the pixel '256' in column 4"),
        ("1,0,0,-1,0\n", "has the pixel '-1' in column 4"),
        ("1,0,0,x,0\n", "has the pixel 'x' in column 4"),
        ("1,0,0,,0\n", "has the pixel '' in column 4"),
        ("1,0,0,0.5,0\n", r"has the pixel '0\.5' in column 4"),
        ("1,0,0,0,0\n1.5,0,0,0,0\n", r"line 2 .* has the label '1\.5'"),
        ("-1,0,0,0,0\n", "has the label '-1'"),
        ("1," + "0" * 5000 + "1,0,0,0\n", "has the pixel '000"),
        ("0" * (1 << 20), "longer than"),
    ],
)
def test_a_wrong_line_of_csv_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    _refused(tmp_path / "a.csv", words)


def test_a_broken_picture_is_named(tmp_path: Path, tiny: Parts) -> None:
    _pictures(tmp_path, tiny)
    broken = tmp_path / "train" / "1" / "001.png"
    broken.write_bytes(broken.read_bytes()[:40])
    _refused(tmp_path, r"001\.png is damaged: .*; mend the picture or take it out")
    broken.write_bytes(b"nothing")
    _refused(tmp_path, r"001\.png is not a picture that can be read")


def test_folders_that_dont_fit_are_told_in_words(tmp_path: Path, tiny: Parts) -> None:
    _refused(tmp_path, "holds nothing that can be read; expected IDX files")
    (tmp_path / "cat").mkdir()
    _refused(tmp_path, "hold no pictures")
    _pictures(tmp_path, tiny)
    shutil.copytree(tmp_path / "test" / "0", tmp_path / "test" / "new")
    _refused(tmp_path, "has the class 'new', but")
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("1,2")
    _refused(tmp_path, "2 .csv files; give the path of one")
    for name in ("a.npz", "b.npz"):
        (tmp_path / name).write_text("1,2")
    _refused(tmp_path, "2 files of .npz; give the path of one")
    (tmp_path / "a.txt").write_text("1,2")
    _refused(tmp_path / "a.txt", "tells no format; expected")


def test_idx_folders_that_arent_whole_are_told_in_words(tmp_path: Path, tiny: Parts) -> None:
    _idx(tmp_path, tiny)
    (tmp_path / NAMES[3]).unlink()
    _refused(tmp_path, "no test labels; expected a file such as test-labels-idx1-ubyte")
    idx.write(tmp_path / NAMES[3], tiny.test_labels[:4])
    _refused(tmp_path, "holds 6 pictures but .* 4 labels")
    idx.write(tmp_path / NAMES[0], tiny.train_labels)
    _refused(tmp_path, "array of 1 dimensions; pictures have 3")
