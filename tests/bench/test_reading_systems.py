import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from bench.reading import systems
from bench.reading.pictures import Kind, Picture, PictureSet
from bench.reading.systems.base import Answer, Reader
from bench.reading.systems.plain import Plain
from bench.reading.systems.tesseract import Tesseract, bordered, pages
from bench.reading.turns import CHUNK, read
from lenet.data import glyphs
from lenet.errors import LenetError

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"


def module(monkeypatch, name, **names):
    """Put a stand-in in a module's place and forget the systems that were made with the real one."""
    made = ModuleType(name)
    made.__dict__.update(names)
    monkeypatch.setitem(sys.modules, name, made)


@pytest.fixture
def pictures(tmp_path):
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"{number}.png")
        Image.new("L", (45 + number, 32), 255).save(paths[-1])
    return paths


class Counting(Reader):
    name = "counting"
    note = "answers with the number of pictures so far"
    lines = False
    seen = 0

    def one(self, path: Path, line: bool) -> Answer:
        self.seen += 1
        return Answer(str(self.seen), 0.5)


def test_an_unknown_system():
    with pytest.raises(LenetError, match="did you mean tesseract"):
        systems.ready(["teseract"], 1, {})


def test_what_isnt_installed_is_left_out(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    monkeypatch.delitem(sys.modules, "bench.reading.systems.rapidocr", raising=False)
    skipped = {}
    assert list(systems.ready(["lenet5", "tesseract", "rapidocr"], 1, skipped)) == ["lenet5"]
    assert skipped["tesseract"].startswith("not installed; install tesseract-ocr")
    assert "install rapidocr" in skipped["rapidocr"]


def test_every_system_is_there_with_its_name():
    names = [systems.reader(name).name for name in systems.SYSTEMS if not name.startswith(("rapid", "lenet"))]
    assert len(set(names)) == len(names)
    assert set(systems.USUAL) <= set(systems.SYSTEMS)


def test_pages_of_tesseract():
    rows = [
        "1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t",
        "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t95.5\t12",
        '5\t1\t1\t1\t1\t2\t0\t0\t9\t9\t60\t"3',
        "1\t2\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t",
        "1\t3\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t",
        "5\t3\t1\t1\t1\t1\t0\t0\t9\t9\t40\t ",
    ]
    assert list(pages("\n".join([HEAD, *rows]))) == [Answer("123", 0.6), Answer(), Answer()]


def tesseract(folder, body):
    path = folder / "tesseract"
    path.write_text(f"#!{sys.executable}\n" + body)
    path.chmod(0o755)


def test_tesseract_is_given_a_list(tmp_path, pictures, monkeypatch):
    tesseract(
        tmp_path,
        f"""
import os, sys, json
if sys.argv[1] == "--version":
    print("tesseract 5.9"); sys.exit()
json.dump([sys.argv[2:], os.environ["OMP_THREAD_LIMIT"]], open({str(tmp_path / "log.json")!r}, "w"))
print({HEAD!r})
for number, name in enumerate(open(sys.argv[1]).read().split(), 1):
    assert open(name, "rb").read().startswith(b"P5\\n"), name
    wide, high = map(int, open(name, "rb").read().split()[1:3])
    if wide == 20 + 46 and "7" in sys.argv:
        sys.exit(1)
    print("1", number, 0, 0, 0, 0, 0, 0, 9, 9, -1, "", sep="\\t")
    print("5", number, 1, 1, 1, 1, 0, 0, 9, 9, 50, wide - 20 - 40, sep="\\t")
""",
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    reader = Tesseract(2)
    assert "version 5.9" in reader.note
    answers = reader.read(pictures, line=False)
    assert [answer.text for answer in answers] == ["5", "6", "7"]
    assert len({answer.seconds for answer in answers}) == 1
    said, threads = json.loads((tmp_path / "log.json").read_text())
    assert said == ["stdout", "--psm", "10", "-c", "tessedit_char_whitelist=0123456789", "tsv"]
    assert threads == "2"
    # A picture that it can't read stops it: each is then read by itself.
    assert [answer.text for answer in reader.read(pictures, line=True)] == ["5", "", "7"]


@pytest.fixture
def rapid(monkeypatch):
    """RapidOCR with a model that sees, from left to right: 1, 1 again, nothing, 1, the letter l, then 7."""
    characters = ["blank", *"abcl", *"0123456789"]
    seen = ["1", "1", "blank", "1", "l", "7"]
    table = np.full((len(seen), len(characters)), 0.01, np.float32)
    for place, character in enumerate(seen):
        table[place, characters.index(character)] = 0.8
    table[4, characters.index("1")] = 0.1

    class Recogniser:
        postprocess_op = SimpleNamespace(character=characters)
        rec_image_shape = 3, 48, 320
        session = staticmethod(lambda batch: table[None])
        resize_norm_img = staticmethod(lambda picture, ratio: np.zeros((3, 48, int(48 * ratio))))

        def __call__(self, given):
            assert given.img.shape[2] == 3
            return SimpleNamespace(txts=("11l7",), scores=(0.75,))

    class RapidOCR:
        text_rec = None

        def __init__(self, params):
            assert params["EngineConfig.onnxruntime.intra_op_num_threads"] == 2

        def __call__(self, picture):
            self.text_rec = Recogniser()

    module(monkeypatch, "rapidocr", RapidOCR=RapidOCR)
    module(monkeypatch, "rapidocr.ch_ppocr_rec", TextRecInput=lambda img: SimpleNamespace(img=img))
    monkeypatch.delitem(sys.modules, "bench.reading.systems.rapidocr", raising=False)
    yield
    sys.modules.pop("bench.reading.systems.rapidocr", None)


def test_rapidocr(rapid, pictures):
    own, digits = (systems.reader(name)(2) for name in ("rapidocr", "rapidocr-digits"))
    assert own.one(pictures[0], line=True) == Answer("117", 0.75)
    # The letter's place is the likeliest digit, a 1, which goes on from the 1 before it.
    found = digits.one(pictures[0], line=True)
    assert found.text == "117"
    assert found.confidence == pytest.approx(0.8)


def test_tesseract_is_given_paper_around_the_ink(tmp_path):
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    image.putpixel((8, 8), (0, 0, 0, 255))
    image.save(tmp_path / "a.png")
    grey = np.asarray(bordered(tmp_path / "a.png"))
    assert grey.shape == (32 + 20, 32 + 20)
    assert (grey[:10] == 255).all()
    assert grey[26, 26] < 128


def test_rapidocr_sees_through_what_is_transparent(rapid, tmp_path):
    from bench.reading.systems.rapidocr import pixels

    image = Image.new("RGBA", (2, 1), (10, 20, 30, 255))
    image.putpixel((1, 0), (0, 0, 0, 0))
    image.save(tmp_path / "a.png")
    assert pixels(tmp_path / "a.png").tolist() == [[[30, 20, 10], [255, 255, 255]]]


def line(text, confidence, digits=(), rejected=False):
    digits = tuple(SimpleNamespace(label=label, confidence=sure) for label, sure in digits)
    return SimpleNamespace(text=text, confidence=confidence, digits=digits, rejected=rejected)


@pytest.fixture
def ours(monkeypatch):
    """``lenet.read`` of two lines, the second rejected, that notes what it was told."""
    told = []

    def read(path, **keywords):
        told.append(keywords)
        if path.name == "2.png":
            raise LenetError("damaged")
        marked = line("1.2", 0.8, [("1", 0.9), (".", 0.5), ("2", 0.85)])
        return SimpleNamespace(lines=(marked, line("7", 0.3, [("7", 0.3)], rejected=True)))

    module(monkeypatch, "lenet.reading", read=read)
    monkeypatch.delitem(sys.modules, "bench.reading.systems.ours", raising=False)
    yield told
    sys.modules.pop("bench.reading.systems.ours", None)


def test_ours(ours, pictures):
    made = {name: systems.reader(name)(1) for name in systems.SYSTEMS if name.startswith("lenet") and name != "lenet5"}
    found = {name: reader.one(pictures[0], line=True) for name, reader in made.items()}
    assert found["lenet"] == Answer("12", 0.8, (0.9, 0.85), probable=True)
    assert found["lenet-forced"] == Answer("127", 0.3, (0.9, 0.85, 0.3), probable=True)
    assert made["lenet"].one(pictures[2], line=False) == Answer()
    assert dict(zip(made, ours, strict=False)) == {
        "lenet": {"single": False, "line": True, "method": "both"},
        "lenet-untold": {"single": False, "line": False, "method": "both"},
        "lenet-forced": {"single": False, "line": True, "method": "both"},
        "lenet-cuts": {"single": False, "line": True, "method": "cuts"},
        "lenet-sliding": {"single": False, "line": True, "method": "sliding"},
    }
    assert ours[-1]["single"]


def test_ours_of_nothing(ours):
    from bench.reading.systems.ours import answer

    assert answer(SimpleNamespace(lines=())) == Answer()
    assert answer(SimpleNamespace(lines=(line("", 0.9), line("-", 0.9, [("-", 0.9)])))) == Answer()


def test_plain_reads_a_glyph(tmp_path, pictures):
    images, labels = glyphs(20, seed=0)
    reader, right = Plain(1), 0
    for image, label in zip(images, labels, strict=True):
        Image.fromarray(255 - image).resize((84, 84)).save(tmp_path / "digit.png")
        found = reader.one(tmp_path / "digit.png", line=False)
        assert (found.confidence,) == found.digits
        right += found.text == str(label)
    assert right > 10
    assert Plain(1).one(pictures[0], line=False) == Answer()  # empty


def test_by_turns(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.rounds.REST", 0.0)
    count = CHUNK + 3
    pictures = tuple(Picture(tmp_path / f"{n}.png", "1") for n in range(count))
    readers = {"a": Counting(1), "b": Counting(1)}
    answers = read(readers, PictureSet("set", Kind.DIGIT, pictures), rounds=2)
    # One to warm up, then each chunk twice; the first round's answers are taken.
    texts = [*range(2, 2 + CHUNK), *range(2 + 2 * CHUNK, 2 + 2 * CHUNK + 3)]
    assert {name: [int(a.text) for a in found] for name, found in answers.items()} == {"a": texts, "b": texts}
    assert all(answer.seconds > 0 for answer in answers["a"])
    assert read(readers, PictureSet("set", Kind.LINE, pictures)) == {}
