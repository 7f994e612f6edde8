import csv
import json
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from bench.__main__ import main
from bench.reading import speed, systems, written
from bench.reading.pictures import Kind, Picture
from bench.reading.report import DIGITS_OF
from bench.reading.sheet import CELL, sheet
from bench.reading.systems.base import Answer, Reader
from lenet.data import glyphs
from lenet.errors import LenetError


class Named(Reader):
    """Answers with the names of the files, which say how sure it is as well: 7-0.5.png."""

    name = "Named"
    note = "reads file names"

    def one(self, path, line):
        text, _, sure = path.stem.partition("-")
        return Answer(text, float(sure), probable=True) if text else Answer()


class Blind(Reader):
    name = "Blind"
    note = "sees nothing"
    lines = False

    def one(self, path, line):
        return Answer()


def opened(path):
    with Image.open(path) as image:
        image.load()
        return image


@pytest.fixture(autouse=True)
def readers(monkeypatch):
    """Two readers in the place of all others; this process stays on its processors."""
    monkeypatch.setattr("bench.rounds.REST", 0.0)
    monkeypatch.setattr("bench.machine.settle", lambda threads: None)
    made = ModuleType("bench.reading.systems.made_up")
    made.Named, made.Blind = Named, Blind
    monkeypatch.setitem(sys.modules, made.__name__, made)
    monkeypatch.setattr(systems, "SYSTEMS", {"named": ("made_up", "Named", "."), "blind": ("made_up", "Blind", ".")})
    monkeypatch.setattr("bench.reading.measure.USUAL", ("named", "blind"))


@pytest.fixture
def folder(tmp_path):
    """Digits and letters of one set, letters of another, lines of a third."""
    write(tmp_path / DIGITS_OF, [("7-0.9.png", "7", "DIGIT"), ("1-0.8.png", "2", "DIGIT"), ("8-0.85.png", "B", "CAP")])
    write(tmp_path / "letters", [("4-0.7.png", "A", "letter"), ("6-0.95.png", "C", "letter")])
    write(tmp_path / "lines", [("123-0.9.png", "123", "string"), ("-.png", "45", "string"), ("a-1.png", "x", "string")])
    return tmp_path


def write(folder, rows):
    folder.mkdir()
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file", "label", "kind"), *rows])
    for name, _, _ in rows:
        Image.new("L", (40, 20), 200).save(folder / name)


def test_the_whole(folder, capsys, tmp_path):
    out, picture = tmp_path / "out.json", tmp_path / "wrong.png"
    words = ["reading", "--pictures", str(folder), "--calibration", "--json", str(out), "--wrong", str(picture)]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert f"| {DIGITS_OF}, digits | 50.0% | 0.0% |" in said
    assert "| lines, lines | 50.0% |  |" in said
    assert "### lines, lines: 2; 1 left out by their label" in said
    assert "| Named | 1 (50.0%) | 1 | 0.4000 | 50.0%" in said
    assert "| letters | Named | 2 | 50.0% | 50.0% | 100.0% | handwritten-62 |" in said
    assert f"### Confidence: {DIGITS_OF}, digits, Named, by answer" in said
    values = json.loads(out.read_text())
    assert [one["name"] for one in values["sets"]] == [DIGITS_OF, "lines"]
    assert values["sets"][1]["answers"]["named"][1] | {"seconds": 0} == {
        "file": "-.png", "label": "45", "text": "", "confidence": None, "seconds": 0,
    }  # fmt: skip
    assert values["letters taken for digits"]["letters"]["named"]["threshold"] == 0.8
    # Wrong: the 2, the line, and the C; not the B, which may be written like an 8.
    assert opened(picture).height < 2 * (CELL[1] + 40)


def test_one_set_and_one_system(folder, capsys):
    assert main(["reading", "--pictures", str(folder), "--only", "letters", "--systems", "named", "--limit", "1"]) == 0
    said = capsys.readouterr().out
    assert "| letters | Named | 1 | 0.0% | 0.0% | 100.0% | handwritten-62 |" in said
    assert "Blind" not in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "nothing to read"),
        (["--mnist", "0"], "--mnist must be 1 or more"),
        (["--pictures", "nowhere"], "no folder with a labels.csv"),
        (["--pictures", "HERE", "--systems", "nemed"], "did you mean named"),
    ],
)
def test_mistakes(folder, capsys, words, told):
    assert main(["reading", *(str(folder) if word == "HERE" else word for word in words)]) == 1
    assert told in capsys.readouterr().err


def test_no_system_at_all(folder, capsys, monkeypatch):
    def gone(self, threads):
        raise LenetError("it is gone")

    monkeypatch.setattr(Blind, "__init__", gone)
    assert main(["reading", "--pictures", str(folder), "--systems", "blind"]) == 1
    assert "no system can be set up: blind: it is gone" in capsys.readouterr().err
    assert main(["reading", "--pictures", str(folder), "--only", "lines"]) == 0
    assert "- `blind` was left out: it is gone" in capsys.readouterr().out


@pytest.fixture
def digits(monkeypatch):
    """Twelve drawn digits for MNIST's, and lines of them written side by side."""
    images, labels = glyphs(12, seed=0)
    monkeypatch.setattr("lenet.data.load", lambda name: SimpleNamespace(test_images=images, test_labels=labels))

    def write_line(rng, digits):
        at = rng.integers(0, len(digits[0]), 3)
        text = "".join(str(digits[1][place]) for place in at)
        marked = {0: text, 1: f"{text[0]}.{text[1:]}", 2: f"?{text}"}[int(rng.integers(3))]
        return SimpleNamespace(picture=255 - np.hstack(digits[0][at]), text=marked)

    def write_page(rng, digits):
        line = write_line(rng, digits)
        return SimpleNamespace(picture=np.vstack([line.picture] * 4)), [line.text] * 4

    module = ModuleType("lenet.data.writing")
    module.write_line, module.write_page = write_line, write_page
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return images, labels


def test_mnist_as_pictures(tmp_path, digits):
    plain, dark, light = written.mnist(tmp_path, 12)
    assert [one.kind for one in (plain, dark, light)] == [Kind.DIGIT] * 3
    for place, (image, label) in enumerate(zip(*digits, strict=True)):
        assert {one.pictures[place].label for one in (plain, dark, light)} == {str(label)}
        array, black, white = (np.asarray(opened(one.pictures[place].path)) for one in (plain, dark, light))
        assert (array == image).all()
        assert (black == 255 - white).all()
        assert 20 <= black.shape[0] <= 400
        assert black.shape[0] <= black.shape[1] <= 1.61 * black.shape[0]
        border = np.concatenate([black[0], black[-1], black[:, 0], black[:, -1]])
        assert (border == black.max()).all()
        # Scaled and turned, it has its share of ink: what the digit covers goes with the square of its size.
        down, across = (np.flatnonzero((black < black.max()).any(axis=axis)) for axis in (1, 0))
        assert 0.75 * 9 / 28 < max(np.ptp(down), np.ptp(across)) / black.shape[0] < 1


def test_lines_of_mnist(tmp_path, digits):
    found = written.lines(tmp_path, 5)
    assert found.kind is Kind.LINE
    assert len(found.pictures) == 5
    assert all(len(picture.label) == 3 and picture.label.isdigit() for picture in found.pictures)


def test_speed(tmp_path, digits, monkeypatch):
    reads = []

    def read(path, **told):
        reads.append((path.name, told, opened(path).size))

    def read_many(paths, **told):
        return map(read, paths)

    reading = ModuleType("lenet.reading")
    reading.read, reading.read_many = read, read_many
    monkeypatch.setitem(sys.modules, "lenet.reading", reading)
    monkeypatch.setattr(speed, "FOLDER", 70)
    monkeypatch.setattr(speed, "PAGE", 40_000)
    tasks = speed.speed(tmp_path, 2)
    assert [task.target for task in tasks] == [0.002, 0.015, 1.5, 8.0]
    assert all(0 < task.spread.low <= task.spread.median <= task.spread.high for task in tasks)
    told = {name: (keywords, size) for name, keywords, size in reads}
    assert told["digit0.png"][0] == {"single": True}
    assert told["page.jpg"][0] == {"page": True}
    assert told["page.jpg"][1][0] * told["page.jpg"][1][1] == pytest.approx(40_000, rel=0.02)
    assert len(reads) == 3 * (min(len(digits[0]), speed.DIGITS) + speed.DIGITS + 1 + 70)
    assert "| a folder of 70 amounts | 8,000 |" in speed.markdown(tasks)


def test_sheet_of_none_and_of_many(tmp_path):
    Image.new("P", (3, 200)).save(tmp_path / "a.png")
    for count in (0, 1, 17):
        made = sheet([("set", Picture(tmp_path / "a.png", "12"), Answer("1", 0.5))] * count)
        (tmp_path / "sheet.png").write_bytes(made)
        assert opened(tmp_path / "sheet.png").height >= max(1, -(-count // 8)) * CELL[1]
