"""Pictures of writing are what they say they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lenet.data import glyphs
from lenet.data.writing import Lines, Singles, Written, write_line, write_page, write_single
from lenet.data.writing.chance import any_of, between, near, one_of, scaled
from lenet.data.writing.joins import Joins, joined
from lenet.data.writing.marks import MARKS
from lenet.data.writing.pen import INKED, Canvas, Pen
from lenet.data.writing.strokes import Strokes, line, of_digit
from lenet.data.writing.supply import Digits, Supply
from lenet.data.writing.surroundings import DRAWN, Surroundings, surround
from lenet.data.writing.variants import Variants
from lenet.data.writing.wording import Wordings, wording
from lenet.errors import LenetError

NO_SHAPES = Variants(shape=(0, 0), foot=0, flag=0, bar=0, serif=0, slash=0, tail=0, roof=0, trail=0, broken=0)


@pytest.fixture(scope="module")
def digits() -> Digits:
    images, labels = glyphs(400, seed=1)
    return images, labels.astype(np.uint8)


def check(written: Written) -> None:
    """Hold what ``Written`` promises."""
    shape = written.ink.shape
    assert written.picture.dtype == np.uint8
    assert written.picture.shape in (shape, (*shape, 3))
    assert written.owner.shape == shape
    assert (written.owner.dtype, written.ink.dtype) == (np.int16, np.float32)
    assert written.ink.min() >= 0
    assert written.ink.max() <= 1
    assert -1 <= written.owner.min() <= written.owner.max() < len(written.text)
    assert (written.ink[written.owner >= 0] >= INKED).all()
    assert set(written.text) <= set("0123456789?") | set(MARKS)


def test_lines_single_characters_and_pages_hold_their_promises(digits: Digits) -> None:
    rng = np.random.default_rng(1)
    for _ in range(80):
        for written in (write_line(rng, digits), write_single(rng, digits)):
            check(written)
            missing = set(range(len(written.text))) - set(written.owner.ravel().tolist())
            assert not missing  # each character has ink
    page, _ = write_page(rng, digits)
    check(page)


@pytest.mark.parametrize("write", [write_line, write_single, write_page])
def test_the_same_state_gives_the_same_picture_and_another_a_different_one(write, digits: Digits) -> None:
    def picture(seed: int) -> Written:
        result = write(np.random.default_rng(seed), digits)
        return result[0] if isinstance(result, tuple) else result

    one, same, other = picture(3), picture(3), picture(4)
    np.testing.assert_array_equal(one.picture, same.picture)
    np.testing.assert_array_equal(one.owner, same.owner)
    assert one.text == same.text
    assert one.picture.shape != other.picture.shape or (one.picture != other.picture).any()


def test_a_line_has_as_many_digits_as_asked_for(digits: Digits) -> None:
    rng = np.random.default_rng(2)
    for length in (1, 2, 5, 8, 12):
        text = write_line(rng, digits, length=length).text
        assert sum(character.isdigit() for character in text) == length


def test_characters_stand_from_left_to_right(digits: Digits) -> None:
    rng = np.random.default_rng(3)
    for _ in range(40):
        written = write_line(rng, digits)
        columns = np.arange(written.ink.shape[1])[None, :].repeat(written.ink.shape[0], 0)
        middle = [
            columns[written.owner == number].mean()
            for number, character in enumerate(written.text)
            if character.isdigit()
        ]
        assert (np.diff(middle) > 0).all(), written.text


def test_ink_shows_in_the_picture(digits: Digits) -> None:
    rng = np.random.default_rng(4)
    for _ in range(60):
        written = write_line(rng, digits)
        grey = written.picture.astype(float).reshape(*written.ink.shape, -1).mean(2)
        assert abs(grey[written.ink > 0.6].mean() - grey[written.ink < 0.02].mean()) > 12


def test_single_characters_have_the_sizes_and_the_share_of_negatives_asked_for(digits: Digits) -> None:
    rng = np.random.default_rng(5)
    singles = Singles(frame=(((50, 60), 1.0),), square=1.0, negative=0.5)
    written = [write_single(rng, digits, singles=singles) for _ in range(120)]
    assert all(50 <= each.ink.shape[0] <= 60 and each.ink.shape[0] == each.ink.shape[1] for each in written)
    assert 40 < sum(each.text == "?" for each in written) < 80
    heights = [np.ptp(np.nonzero(each.owner == 0)[0]) + 1 for each in written if each.text != "?"]
    assert 10 < min(heights) <= max(heights) <= 60


def test_size_is_the_digits_height_in_pixels(digits: Digits) -> None:
    rng = np.random.default_rng(6)
    for size in (16.0, 90.0):
        heights = []
        for _ in range(15):
            written = write_line(rng, digits, length=4, lines=Lines(size=(((size, size), 1.0),)))
            for number, character in enumerate(written.text):
                if character in "123456789":
                    heights.append(np.ptp(np.nonzero(written.owner == number)[0]) + 1)
        assert size < np.median(heights) < 1.3 * size  # the strokes' height, and half a pen's width each side


def test_the_lines_of_a_page_are_where_it_says(digits: Digits) -> None:
    rng = np.random.default_rng(7)
    for _ in range(4):
        page, lines = write_page(rng, digits)
        assert "".join(each.text for each in lines) == page.text
        assert len(lines) >= 2
        for each in lines:
            theirs = (page.owner >= each.first) & (page.owner < each.first + len(each.text))
            left, top, right, bottom = each.box
            assert theirs[top:bottom, left:right].sum() == theirs.sum() > 0
            assert theirs[top].any()
            assert theirs[bottom - 1].any()
        assert [each.box[1] for each in lines] == sorted(each.box[1] for each in lines)


def test_what_stands_beside_a_line_belongs_to_nobody(digits: Digits) -> None:
    beside = Lines(neighbours=1.0, cut=1.0, margin=(((1.0, 1.0), 1.0),))
    for seed in range(10):
        written = write_line(np.random.default_rng(seed), digits, lines=beside)
        check(written)
        rows, columns = np.nonzero(written.owner >= 0)
        above = written.ink[: rows.min() - 2]
        left, right = written.ink[:, : columns.min() - 2], written.ink[:, columns.max() + 3 :]
        assert above.sum() + left.sum() + right.sum() > 20


def test_a_missing_digit_is_told_in_words() -> None:
    images = np.zeros((3, 28, 28), np.uint8)
    with pytest.raises(LenetError, match="pictures of all ten digits are needed, but none shows a"):
        write_line(np.random.default_rng(0), (images, np.full(3, 10, np.uint8)), length=3)


# Parts


def area(strokes: Strokes, width: float = 4, size: float = 60) -> float:
    canvas = Canvas.blank(140, 160)
    canvas.draw(strokes.placed(((size, 0), (0, size)), (50, 40)), Pen(width), 0)
    return float(canvas.ink.sum())


def test_what_owns_ink_and_what_does_not() -> None:
    canvas = Canvas.blank(20, 20)
    canvas.draw(line([(5, 2), (5, 18)]), Pen(4.0), 0)
    canvas.draw(line([(0, 10), (20, 10)]), Pen(2.0))  # a rule takes nothing
    assert (canvas.owner[10, 4:6] == 0).all()
    assert canvas.ink[10, 15] > 0.99
    assert (canvas.owner[:, 10:] == -1).all()
    canvas.draw(line([(2, 10), (8, 10)]), Pen(2.0), 1)  # the later character does
    assert (canvas.owner[9:11, 4:6] == 1).all()
    canvas.draw(line([(-50, -50), (-40, -40)]), Pen(2.0), 2)  # outside
    assert canvas.owner.max() == 1


def test_a_pens_ink_is_length_by_width() -> None:
    for width in (2.0, 5.0, 30.0):
        canvas = Canvas.blank(200, 100)
        canvas.draw(line([(50, 60), (50, 140)]), Pen(width), 0)
        assert canvas.ink[100].sum() == pytest.approx(width, rel=0.05, abs=0.3)
        expected = 80 * width + np.pi * (width / 2) ** 2  # two round ends
        assert canvas.ink.sum() == pytest.approx(expected, rel=0.06)
        square, hollow = (Canvas.blank(200, 100) for _ in range(2))
        square.draw(line([(50, 60), (50, 140)]), Pen(width, square=True), 0)
        assert square.ink.sum() == pytest.approx((80 + width) * width, rel=0.06)
        if width > 20:
            hollow.draw(line([(50, 60), (50, 140)]), Pen(width, hollow=3), 0)
            assert hollow.ink[100, 50] == 0
            assert hollow.ink[100].sum() == pytest.approx(6, rel=0.1)


def test_a_digits_own_unevenness_stays_if_the_pen_lets_it() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[4:14, 12:14] = image[14:24, 10:16] = 255  # a stem, thin above and thick below
    strokes = of_digit(image)
    for evenness, wide in ((1.0, 1.0), (0.0, 3.0)):
        canvas = Canvas.blank(100, 60)
        canvas.draw(strokes.placed(((80, 0), (0, 80)), (30, 10)), Pen(6.0, evenness), 0)
        ratio = canvas.ink[60:75].sum() / canvas.ink[20:35].sum()
        assert ratio == pytest.approx(wide, rel=0.3)


VARIANTS = [("1", "foot"), ("1", "flag"), ("7", "bar"), ("7", "serif"), ("0", "slash"), ("0", "tail"), ("5", "roof")]


@pytest.mark.parametrize(("label", "name"), [*VARIANTS, ("3", "trail")])
def test_a_variant_adds_a_stroke_to_its_digit(label: str, name: str, digits: Digits) -> None:
    plain = Supply(np.random.default_rng(1), digits, variants=NO_SHAPES)
    varied = Supply(np.random.default_rng(1), digits, variants=replace(NO_SHAPES, **{name: 1.0}))
    before, after = plain(label), varied(label)
    count = len(before.points)
    np.testing.assert_array_equal(after.points[:count], before.points)
    assert area(after) > area(before) + 5


def test_a_broken_stroke_lacks_a_piece(digits: Digits) -> None:
    for label in "3689":
        plain, broken = (
            Supply(np.random.default_rng(2), digits, variants=replace(NO_SHAPES, broken=often))(label)
            for often in (0.0, 1.0)
        )
        np.testing.assert_array_equal(plain.points, broken.points)
        assert area(plain, 1.5) > area(broken, 1.5) + 2


def test_shapes_replace_the_datas_digits(digits: Digits) -> None:
    supply = Supply(np.random.default_rng(3), (digits[0], digits[1] + np.uint8(10)), variants=Variants(shape=(1, 1)))
    for label in "0123456789":  # the data has none of them
        left, top, right, bottom = supply(label).box
        assert 0.5 < bottom - top < 2
        assert right - left < 2.5


def test_neighbours_are_joined_and_each_half_is_the_nearer_ones() -> None:
    stem = line([(0, -30), (0, 0)])
    always = Joins(hands=1, pairs=1, zeros=1)
    one, two = joined(np.random.default_rng(1), "11", [stem, stem.moved(15, 0)], 30, always)
    canvas = Canvas.blank(80, 60)
    canvas.draw(one.moved(20, 50), Pen(3), 0)
    canvas.draw(two.moved(20, 50), Pen(3), 1)
    assert canvas.ink[:, 21:34].any(0).all()  # from one to the other
    columns = np.arange(60)[None].repeat(80, 0)
    assert columns[canvas.owner == 0].max() <= 30
    assert columns[canvas.owner == 1].min() >= 25
    apart = joined(np.random.default_rng(1), "1-", [stem, stem.moved(15, 0)], 30, always)
    assert [len(each.points) for each in apart] == [len(stem.points)] * 2  # no digit, no join


@pytest.mark.parametrize("kind", DRAWN)
def test_surroundings_ink_the_paper_and_belong_to_nobody(kind: str) -> None:
    surroundings = Surroundings(kinds={kind: 1}, dirt=1.0)
    inked = 0.0
    for seed in range(5):
        canvas = Canvas.blank(60, 120)
        surround(np.random.default_rng(seed), canvas, (20, 10, 100, 50), 40, Pen(3), surroundings=surroundings)
        inked += float(canvas.ink.sum())
        assert (canvas.owner == -1).all()
    assert inked > 100


def test_every_mark_has_strokes_about_a_digits_height() -> None:
    rng = np.random.default_rng(1)
    for make in MARKS.values():
        for _ in range(20):
            left, top, right, bottom = make(rng).box
            assert -0.3 < top <= bottom < 1.4
            assert right - left < 1.3


def test_wordings_are_amounts_dates_and_numbers() -> None:
    rng = np.random.default_rng(1)
    bare = {"before": {"": 1}, "after": {"": 1}, "inside": 0.0}
    for _ in range(200):
        text = wording(rng, wordings=Wordings(kinds={"amount": 1}, group={".": 1}, **bare))
        first, *groups = text.split(".")
        assert 1 <= len(first) <= 3
        assert first[0] != "0"
        assert all(len(group) == 3 for group in groups)
        assert sum(map(str.isdigit, wording(rng, 8, Wordings(kinds={"date": 1}, **bare)))) == 8
        assert wording(rng, 4, Wordings(kinds={"plain": 1}, **bare)).isdigit()


def test_zeros_are_the_most_frequent_digit() -> None:
    rng = np.random.default_rng(2)
    text = "".join(wording(rng) for _ in range(600))
    counts = [text.count(label) for label in "0123456789"]
    assert counts[0] == max(counts)
    assert min(counts) > 0.4 * np.median(counts)


def test_chances_stay_in_their_ranges() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        assert 2 <= between(rng, (2, 3)) <= 3
        assert 2 <= scaled(rng, (2, 30)) <= 30
        assert abs(near(rng, 2)) <= 5
        assert one_of(rng, {"a": 1, "b": 0, "c": 2}) in "ac"
        assert 5 <= any_of(rng, [((1, 2), 0.0), ((5, 6), 1.0)]) <= 6
