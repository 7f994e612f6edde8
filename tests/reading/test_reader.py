"""The reader on drawn digits whose places are known, with a model that knows their shapes."""

import numpy as np
import pytest
from shapes import Matcher, written

import lenet
from lenet.errors import LenetError
from lenet.page.box import Box
from lenet.page.source import Frame
from lenet.reading import Reader, Steps, reader
from lenet.reading.confidence import Calibration
from lenet.reading.grammar import Length, Pattern, Values


@pytest.fixture(scope="module")
def matcher():
    return Matcher()


@pytest.fixture
def reads(matcher, monkeypatch):
    """Read a picture, or the frame of one, by the shapes alone."""
    monkeypatch.setattr(reader, "second", lambda: None)

    def read(picture, *, steps=None, **settings):
        frame = picture if isinstance(picture, Frame) else Frame(picture)
        return Reader(matcher, method="cuts", **settings).read(frame, steps=steps)

    return read


def off(one: Box, other: Box) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("height", [20, 32, 90])
@pytest.mark.parametrize("slant", [-0.4, 0.0, 0.3])
@pytest.mark.parametrize("text", ["407", "2318"])
def test_digits_are_read_and_stand_where_they_were_drawn(reads, text, slant, height):
    drawn = written(text, height, slant=slant)
    reading = reads(drawn.picture)
    (line,) = reading.lines
    assert (reading.text, reading.kind, reading.rejected, reading.reason) == (text, "line", False, "")
    assert reading.size == drawn.picture.shape[::-1]
    assert [digit.label for digit in line.digits] == list(text)
    for digit, box in zip(line.digits, drawn.boxes, strict=True):
        assert off(digit.box, box) <= 2 + height // 30
    whole = drawn.boxes[0]
    for box in drawn.boxes:
        whole = whole.around(box)
    assert off(line.box, whole) <= 2 + height // 30
    assert 0.5 < line.confidence <= min(1.0, *(digit.confidence + 0.1 for digit in line.digits))


@pytest.mark.parametrize("scale", [0.5, 0.25, 1 / 3])
def test_places_are_those_of_the_picture_before_it_was_reduced(reads, scale):
    drawn = written("407", 40)
    frame = Frame(drawn.picture, "x.jpg", 2, scale)
    reading = reads(frame)
    assert (reading.text, reading.file, reading.page) == ("407", "x.jpg", 2)
    assert reading.size == tuple(round(side / scale) for side in drawn.picture.shape[::-1])
    for digit, box in zip(reading.digits, drawn.boxes, strict=True):
        assert off(digit.box, Box(*(round(side / scale) for side in box))) <= 4 / scale


def test_light_on_dark_and_colours(reads):
    drawn = written("407").picture
    assert reads(255 - drawn).text == "407"
    blue = np.stack([drawn, drawn, np.maximum(drawn, 180)], axis=2)
    assert reads(blue).text == "407"


def test_one_digit(reads):
    for character in "0123456789":
        drawn = written(character)
        reading = reads(drawn.picture)
        assert (reading.kind, reading.text) == ("single", character)
        assert off(reading.digits[0].box, drawn.boxes[0]) <= 3
        assert reads(drawn.picture, kind="single").text == character


def test_a_page_is_read_line_by_line(reads):
    above, below = written("407").picture, written("92").picture
    page = np.full((130, 200), 230, np.uint8)
    page[: above.shape[0], 10 : 10 + above.shape[1]] = above
    page[70 : 70 + below.shape[0], 30 : 30 + below.shape[1]] = below
    reading = reads(page)
    assert (reading.kind, reading.text) == ("page", "407\n92")
    assert [digit.box.left > 30 and digit.box.top > 70 for digit in reading.digits] == [False] * 3 + [True] * 2


# What is no answer.


@pytest.mark.parametrize("kind", [None, "single", "line", "page"])
def test_a_blank_picture(reads, kind):
    reading = reads(np.full((40, 60), 200, np.uint8), kind=kind)
    assert (reading.text, reading.lines, reading.rejected, reading.reason) == ("", (), True, "blank")
    assert reading.confidence == 1.0


@pytest.mark.parametrize("text", ["?", "??"])
def test_scribbles_are_no_digits(reads, text):
    reading = reads(written(text).picture)
    (line,) = reading.lines
    assert (reading.text, reading.rejected, reading.reason) == ("", True, "not a digit")
    assert (line.answer, line.rejected, line.reason) == ("", True, "not a digit")
    assert line.confidence < 0.2


def test_an_answer_too_unsure_is_kept_beside_its_reason(reads):
    picture = written("407").picture
    sure = reads(picture).confidence
    assert reads(picture, min_confidence=sure - 0.001).text == "407"
    reading = reads(picture, min_confidence=sure + 0.001)
    assert (reading.text, reading.reason, reading.lines[0].text) == ("", "unsure", "407")
    assert [digit.label for digit in reading.digits] == list("407")


def test_no_answer_fits(reads):
    reading = reads(written("407").picture, grammar=Length(30))
    assert (reading.text, reading.rejected, reading.reason) == ("", True, "no answer fits")
    assert reading.confidence == 0


def test_the_reason_is_that_of_the_first_line_without_an_answer(reads):
    page = np.full((200, 200), 230, np.uint8)
    for top, text in ((0, "407"), (65, "??"), (130, "92")):
        picture = written(text).picture
        page[top : top + picture.shape[0], 10 : 10 + picture.shape[1]] = picture
    reading = reads(page)
    assert (reading.text, reading.rejected, reading.reason) == ("407\n\n92", True, "not a digit")
    assert [line.reason for line in reading.lines] == ["", "not a digit", ""]


# What was asked for.


def test_marks_are_left_out_unless_they_are_asked_for(reads):
    for text, without in (("12-5", "125"), ("35=", "35"), ("3.5", "35")):
        drawn = written(text)
        plain, kept = reads(drawn.picture), reads(drawn.picture, keep_marks=True)
        assert (plain.text, len(plain.digits)) == (without, len(without))
        assert kept.text == text
        assert [digit.label for digit in kept.digits] == list(text)
        for digit, box in zip(kept.digits, drawn.boxes, strict=True):
            assert off(digit.box, box) <= 3


def test_a_grammar_narrows_the_answer(reads):
    assert reads(written("407").picture, grammar=Values(("401", "92"))).text == "401"
    dotted = reads(written("35").picture, grammar=Pattern(r"\d\.\d"))
    assert (dotted.text, [digit.label for digit in dotted.digits]) == ("3.5", ["3", "5"])
    assert len(reads(written("407").picture, grammar=Length(2)).lines[0].text) == 2


def test_alternatives_are_less_likely_and_differ(reads):
    (line,) = reads(written("1318", 20, slant=0.2).picture, kind="line").lines
    texts, chances = zip(*line.alternatives, strict=True) if line.alternatives else ((), ())
    assert len({line.text, *texts}) == 1 + len(texts)
    assert sum(chances) <= 1 - line.confidence + 1e-6
    assert list(chances) == sorted(chances, reverse=True)


@pytest.mark.parametrize(("error", "answered"), [(0.5, True), (0.01, False)])
def test_as_many_are_rejected_as_an_error_takes(reads, matcher, monkeypatch, error, answered):
    errors = {"line": ((0.5, 0.1), (0.01, 0.9999)), "single": ()}
    monkeypatch.setattr(matcher, "metrics", {"reading": Calibration(errors=errors).to_dict()})
    reading = reads(written("407").picture, error=error)
    assert (reading.text, reading.reason) == (("407", "") if answered else ("", "unsure"))


# The steps, and what can't read.


def test_each_step_can_be_seen(reads):
    steps = Steps()
    drawn = written("407", slant=0.3).picture
    reads(drawn, steps=steps)
    assert [step.name for step in steps] == ["Picture", "Ink", "Rules", "Upright", "Cuts", "Candidates"]
    assert np.array_equal(steps[0].picture, drawn)
    for step in steps:
        assert step.picture.dtype == np.uint8
        assert step.caption
    assert all(step.picture.shape == drawn.shape for step in steps[:3])


def test_only_a_model_of_the_readers_symbols_can_read():
    with pytest.raises(LenetError, match="lenet5 can't read pictures of writing"):
        Reader("lenet5")


def test_both_ways_of_reading_give_the_answer_of_drawn_digits(matcher, monkeypatch):
    drawn = written("407", 30).picture
    for method in ("both", "sliding", "cuts"):
        assert len(Reader(matcher, method=method).read(Frame(drawn)).lines[0].text) == 3


def test_the_package_reads_them_too():
    assert lenet.read(written("0", 60).picture, single=True).text == "0"
