"""Pictures with their answers, and steps side by side: what is where, and in which colour."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageColor

from lenet.errors import LenetError
from lenet.page.box import Box
from lenet.page.source import Frame
from lenet.reading import Digit, Line, Reading, Steps, drawing, paint
from lenet.reading.montage import montage

BLUE, ORANGE, RULE = (ImageColor.getrgb(colour) for colour in (paint.ANSWER, paint.REJECTED, paint.RULE))
BOX = Box(30, 100, 150, 220)  # as high as characters are drawn, so that nothing is enlarged


def frame(rows=300, columns=400, scale=1.0, grey=255):
    return Frame(np.full((rows, columns), grey, np.uint8), scale=scale)


def reading(box=BOX, rejected=False, kind="line", text="5"):
    reason = "unsure" if rejected else ""
    line = Line(text, 0.9, box, (Digit(text, 0.9, box, rejected),) if text else (), rejected, reason)
    return Reading((line,), kind=kind, rejected=rejected, reason=reason)


def inside(picture):
    """Return the rows and columns of a drawing that the picture fills, by the rule around it."""
    ruled = (np.asarray(picture) == RULE).all(axis=2)
    rows, columns = (np.flatnonzero(ruled.sum(axis=axis) > 0.6 * ruled.sum(axis=axis).max()) for axis in (1, 0))
    return slice(rows[0] + 1, rows[-1]), slice(columns[0] + 1, columns[-1])


def at(picture, colour):
    """Return which pixels of the picture have a colour, bool (rows, columns)."""
    return (np.asarray(picture)[inside(picture)] == colour).all(axis=2)


def boxed(picture, colour):
    """Return the rectangle that is drawn in a colour: its sides are longer than any stroke of a letter."""
    found = at(picture, colour)
    rows, columns = (np.flatnonzero(found.sum(axis=axis) >= 45) for axis in (1, 0))
    return columns[0], rows[0], columns[-1], rows[-1]


@pytest.mark.parametrize(("rejected", "colour", "other"), [(False, BLUE, ORANGE), (True, ORANGE, BLUE)])
def test_a_box_lies_around_what_is_in_it(rejected, colour, other):
    drawn = drawing.draw(frame(), reading(rejected=rejected))
    assert boxed(drawn, colour) == (BOX.left - 1, BOX.top - 1, BOX.right, BOX.bottom)
    assert not (np.asarray(drawn) == other).all(axis=2).any()


def test_what_is_rejected_is_dashed():
    edge = BOX.top - 1, slice(BOX.left - 1, BOX.right + 1)
    assert at(drawing.draw(frame(), reading()), BLUE)[edge].all()
    dashed = at(drawing.draw(frame(), reading(rejected=True)), ORANGE)[edge]
    assert dashed[0] and dashed[-1] and 0.4 < dashed.mean() < 0.75


def test_boxes_are_of_the_picture_though_its_frame_was_reduced():
    twice = Box(*(2 * side for side in BOX))
    half = drawing.draw(frame(scale=0.5), reading(twice))
    assert boxed(half, BLUE) == (BOX.left - 1, BOX.top - 1, BOX.right, BOX.bottom)


def test_small_pictures_are_enlarged_and_large_ones_are_not():
    small = drawing.draw(frame(20, 30), reading(Box(5, 2, 15, 18)))
    left, top, right, bottom = boxed(small, BLUE)
    assert bottom - top == pytest.approx(drawing.HIGH, abs=2)
    assert (left, right) == (pytest.approx(5 * 6, abs=2), pytest.approx(15 * 6, abs=2))
    large = drawing.draw(frame(3000, 2500), reading(Box(5, 2, 15, 18)))
    assert large.width == 2500 + 2 * drawing.GAP


def test_the_character_stands_above_and_its_confidence_below():
    drawn, near = at(drawing.draw(frame(), reading()), BLUE), slice(BOX.left + 30, BOX.right - 30)
    assert drawn[BOX.top - 50 : BOX.top - 4, near].any()
    assert drawn[BOX.bottom + 4 : BOX.bottom + 40, near].any()


def test_a_page_has_a_line_s_confidence_after_it():
    drawn = at(drawing.draw(frame(), reading(kind="page")), BLUE)
    assert drawn[130:190, BOX.right + 4 : BOX.right + 80].any()
    assert not drawn[BOX.bottom + 2 :].any()


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (reading(), "90.0% sure"),
        (reading(rejected=True), "rejected: unsure, 90.0% sure"),
        (Reading(rejected=True, reason="blank", blank=0.99), "blank, 99.0% sure"),
        (
            Reading((*reading().lines, *reading(rejected=True).lines)),
            "2 lines, 1 of them rejected, the least sure 90.0%",
        ),
        (Reading.failed("it is damaged"), "it is damaged"),
    ],
)
def test_it_says_below_what_was_read(what, words):
    assert drawing.about(what) == words
    assert drawing.draw(frame(), what).height > 300


@pytest.mark.parametrize("text", ["", "?", "1234567890" * 30])
@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1)])
def test_odd_readings_are_drawn(text, size):
    drawn = drawing.draw(frame(*size), reading(Box(0, 0, 1, 1), text=text))
    assert max(drawn.size) < 2500


def test_colours_are_drawn_on():
    colour = np.zeros((300, 400, 3), np.uint8) + np.asarray([200, 30, 30], np.uint8)
    drawn = np.asarray(drawing.draw(Frame(colour), reading()))
    assert (drawn == (200, 30, 30)).all(axis=2).sum() > 100_000


def steps(count, rows=100, columns=300):
    made = Steps()
    for number in range(count):
        made.add("a step", np.full((rows, columns), 10 * number + 5, np.uint8), "what was done, in some words, " * 3)
    return made


def test_every_step_is_there_in_its_order():
    drawn = np.asarray(montage(steps(7)).convert("L"))
    places = [np.argwhere(drawn == 10 * number + 5) for number in range(7)]
    assert min(map(len, places)) > 0.9 * 438 * 146  # 100 x 300 as wide as there is room
    middles = [np.median(place, axis=0).round(-1).tolist() for place in places]
    assert middles == sorted(middles)


@pytest.mark.parametrize(("count", "size"), [(0, (5, 5)), (1, (1, 1)), (5, (28, 28)), (9, (10, 2000)), (4, (2000, 10))])
def test_any_steps_make_a_picture(count, size):
    drawn = montage(steps(count, *size))
    assert drawn.width < 2500 and drawn.height < 2500


def test_of_very_many_steps_the_first_and_the_last_are_shown():
    many = steps(20, 5, 15) * 3
    drawn, fewer = montage(many), montage([*many[:39], many[59]])
    assert drawn.size == fewer.size
    assert (np.asarray(drawn) != np.asarray(fewer)).any()  # the last one's number is 60, not 40


def test_steps_hold_ink_as_black_on_white():
    made = Steps()
    ink = np.asarray([[0.0, 0.5, 1.0]])
    made.add("ink", ink, "half")
    made.add("mask", ink > 0.4)
    assert made[0].picture.tolist() == [[255, 128, 0]] and made[0].caption == "half"
    assert made[1].picture.tolist() == [[255, 0, 0]] and made[1].caption == ""


def test_a_caption_is_wrapped_at_its_width():
    letters = paint.font(15)
    text = "one two three four five six seven eight nine ten"
    lines = paint.wrapped(text, letters, 100)
    assert " ".join(lines) == text
    assert all(letters.getlength(line) <= 100 for line in lines) and len(lines) > 2
    assert paint.wrapped("", letters, 100) == [] and paint.wrapped("x" * 99, letters, 100) == ["x" * 99]


@pytest.mark.parametrize(
    ("name", "words"),
    [("a.gif", "must end in one of .png, .jpg"), ("none/a.png", "no folder"), ("folder.png", "is a folder")],
)
def test_where_no_picture_can_be_written(tmp_path, name, words):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(LenetError, match=words):
        paint.check(tmp_path / name)


@pytest.mark.parametrize("ending", paint.FORMATS)
def test_every_format(tmp_path, ending):
    path = tmp_path / f"a{ending.upper()}"
    paint.save(Image.new("RGB", (30, 20), "red"), path)
    with Image.open(path) as image:
        assert image.size == (30, 20) and image.format == paint.FORMATS[ending]
