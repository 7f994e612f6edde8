"""read, read_pages, and their keywords."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from stand_in import REFUSED, StandIn, picture, save

import lenet
from lenet import reading
from lenet.errors import LenetError
from lenet.reading import Settings, Steps, read, read_many, read_pages
from lenet.reading.pages import read_each


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch):
    monkeypatch.setattr(reading, "Settings", StandIn)


def sources(tmp_path):
    path = save(tmp_path / "x.png", (1, 2, 3))
    return [str(path), path, path.read_bytes(), io.BytesIO(path.read_bytes()), Image.open(path), picture(1, 2, 3)]


def test_anything_is_read(tmp_path):
    for source in sources(tmp_path):
        assert lenet.read(source).text == "123"


def test_a_file_keeps_the_name_it_was_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "x.png", (1,))
    assert read("./x.png").file == "./x.png"
    assert read(picture(1)).file == ""
    with (tmp_path / "x.png").open("rb") as file:
        assert read(file).file == "x.png"


def test_pages(tmp_path):
    path = save(tmp_path / "x.tif", (1, 2), (3,), (4, 5, 6))
    assert read(path).text == "12"
    assert [(page.text, page.page) for page in read_pages(path)] == [("12", 1), ("3", 2), ("456", 3)]
    assert [page.text for page in read_many([path, path])] == ["12", "12"]
    assert [page.text for page in read_many([path, path], pages=True)] == ["12", "3", "456"] * 2


def test_it_is_timed(tmp_path):
    assert 0 < read(picture(1)).seconds < 60


def test_steps_are_those_of_the_first_page(tmp_path):
    steps = Steps()
    path = save(tmp_path / "x.tif", (1, 2), (3,))
    read(path, steps=steps)
    assert len(list(read_each(path, StandIn().reader(), steps))) == 2
    assert [step.name for step in steps] == ["picture", "ink"] * 2
    ink = steps[1].picture
    assert ink.dtype == np.uint8 and set(np.unique(ink)) == {0}  # 10 and 20 are both below 50: ink, black


def test_what_cant_be_read_raises(tmp_path):
    with pytest.raises(LenetError, match="there is no file"):
        read(tmp_path / "none.png")
    with pytest.raises(LenetError, match="too little"):
        read(picture(REFUSED))
    with pytest.raises(LenetError, match="too little"):
        read_pages(save(tmp_path / "x.tif", (1,), (REFUSED,)))


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"single": True, "line": True}, "single and line were asked for"),
        ({"method": "cut"}, "no way of reading 'cut'; did you mean cuts"),
        ({"min_confidence": 90}, "min_confidence must be from 0 to 1, but is 90"),
        ({"error": -1}, "error must be from 0 to 1"),
        ({"error": "0.5%"}, "error must be from 0 to 1, but is '0.5%'; 0.5% is 0.005"),
        ({"error": 0.005, "min_confidence": 0.9}, "give one of them"),
        ({"values": "123"}, "but is the text '123'; put it into a list"),
    ],
)
def test_keywords_that_make_no_sense(keywords, words):
    for call in (read, read_pages):
        with pytest.raises(LenetError, match=words):
            call(picture(1), **keywords)
    with pytest.raises(LenetError, match=words):  # at once, not only as the first is taken
        read_many([picture(1)], **keywords)


def test_the_reader_gets_what_was_asked_for(monkeypatch):
    import sys
    from types import ModuleType

    asked = []

    class Reader:
        def __init__(self, *arguments, **keywords):
            asked.append((*arguments, keywords))

    module = ModuleType("lenet.reading.reader")
    module.Reader = Reader  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lenet.reading.reader", module)
    first = Settings.of(line=True, keep_marks=True, error=0.01, method="cuts", model="somewhere").reader()
    assert Settings.of(line=True, keep_marks=True, error=0.01, method="cuts", model="somewhere").reader() is first
    assert asked == [
        (
            "somewhere",
            {
                "kind": "line", "grammar": None, "keep_marks": True, "min_confidence": None, "error": 0.01,
                "method": "cuts",
            },
        )
    ]  # fmt: skip


class Grammar:
    """Answers of ``least`` digits or more, with marks before and after."""

    start, marks = 0, ("E", "-")

    def __init__(self, least: int) -> None:
        self.least = least

    def step(self, state, character):
        if character in self.marks:
            return state + 0.25 if state in (0, self.least) else None
        return int(state) + 1 if state < self.least else None

    def accepts(self, state):
        return state == self.least + 0.25


def test_a_single_digit_must_fit_the_grammar(monkeypatch):
    monkeypatch.setattr(Settings, "grammar", lambda _: Grammar(1))
    Settings.of(single=True)
    for least in (0, 2):
        monkeypatch.setattr(Settings, "grammar", lambda _, least=least: Grammar(least))
        Settings.of(line=True)
        with pytest.raises(LenetError, match="no answer of one digit fits what is asked for"):
            Settings.of(single=True)
