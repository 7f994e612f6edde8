"""What the middles of a written line's windows are, on lines drawn by hand."""

import numpy as np
import pytest

from lenet.data import Dataset, describe, glyphs, written, written_windows
from lenet.data.windows import RUBBISH, characters_of, class_of, cut_out, windows
from lenet.data.writing import Written, write_line
from lenet.data.written import Part
from lenet.page.straight import Straight
from lenet.page.strip import strip_of
from lenet.zoo import READ as CLASSES


def drawn(text, lefts, width=12, height=20):
    """Return a line of blocks, one a character, its strip, and who owns which pixel."""
    owner = np.full((height, max(lefts) + width + 4), -1, np.int16)
    for number, left in enumerate(lefts):
        owner[:, left : left + width] = number
    line = Straight((owner >= 0).astype(np.float32), float(height), 1.0, 0.0, 0.0, 0.0)
    return line, strip_of(line), owner


def test_characters_are_where_their_ink_is():
    line, strip, owner = drawn("4.7", [3, 30, 60])
    found = characters_of(line, strip, owner, "4.7")
    assert found.centres == pytest.approx([9, 36, 66], abs=0.5)
    assert [CLASSES[label] for label in found.labels] == ["4", ".", "7"]
    assert (found.reach > 2).all()
    assert (found.reach <= 4.5).all()


def test_a_straight_lines_scale_place_and_shear_are_followed():
    _, strip, owner = drawn("7", [40], width=9)
    big = np.kron(owner, np.ones((2, 2), np.int16))
    line = Straight(np.zeros((20, 60), np.float32), 20.0, 0.5, shear=0.0, left=30.0, top=0.0)
    assert characters_of(line, strip, big, "7").centres == pytest.approx([14.5], abs=0.5)
    sheared = Straight(np.zeros((20, 60), np.float32), 20.0, 0.5, shear=0.5, left=30.0, top=0.0)
    assert characters_of(sheared, strip, big, "7").centres == pytest.approx([14.5 - 5], abs=0.5)


def test_a_character_without_ink_is_left_out():
    line, strip, owner = drawn("45", [3, 30])
    owner[owner == 0] = -1
    assert characters_of(line, strip, owner, "45").labels.tolist() == [5]
    owner[:] = -1
    assert len(characters_of(line, strip, owner, "45").labels) == 0


def test_neighbours_leave_each_other_room():
    line, strip, owner = drawn("00", [3, 8], width=5)
    assert characters_of(line, strip, owner, "00").reach == pytest.approx(0.35 * 5)


def test_windows_are_what_stands_in_their_middles():
    line, strip, owner = drawn("12", [20, 60])
    images, labels = windows(np.random.default_rng(0), strip, characters_of(line, strip, owner, "12"))
    assert images.shape == (len(labels), 32, 32)
    assert images.dtype == labels.dtype == np.uint8
    middle = (images[:, :, 15:17] > 127).any(axis=(1, 2))
    named = labels != RUBBISH
    assert middle[named].all()
    assert set(labels[named].tolist()) == {1, 2}
    assert 0 < (~named).sum() <= named.sum()
    for image, label in zip(images, labels, strict=True):  # a window is a piece of the strip
        padded = np.pad(strip.image, ((0, 0), (16, 16)))
        places = [c for c in range(strip.image.shape[1] + 1) if (padded[:, c : c + 32] == image).all()]
        distance = min(abs(c - centre) for c in places for centre in (26, 66))
        assert distance <= 4.5 if label != RUBBISH else distance > 4.5


def test_what_looks_alike_is_one_class():
    assert [CLASSES[class_of(c)] for c in "07.,-=$£€?#/"] == list("07..-=$$$   ")


def test_no_characters_no_windows():
    line, strip, owner = drawn("1", [5])
    owner[:] = -1
    images, labels = windows(np.random.default_rng(0), strip, characters_of(line, strip, owner, "1"))
    assert images.shape == (0, 32, 32)
    assert labels.shape == (0,)


def test_a_line_that_cant_be_read_gives_no_windows():
    rng, digits = np.random.default_rng(0), glyphs(300, seed=3)
    line = write_line(rng, digits, length=2)
    assert len(cut_out(rng, line, slant=True)[0])
    elsewhere = Written(line.picture, np.full_like(line.owner, -1), line.ink, line.text)
    for pair in (cut_out(rng, elsewhere, slant=True), cut_out(rng, Written(*blank(line)), slant=True)):
        assert [array.shape for array in pair] == [(0, 32, 32), (0,)]


def blank(line):
    rng = np.random.default_rng(0)
    return rng.integers(200, 203, line.picture.shape, np.uint8), line.owner, line.ink, line.text


def test_the_set_of_windows_is_made_the_same_by_any_number_of_processes():
    digits = Dataset("digits", tuple("0123456789"), *glyphs(300, seed=3), *glyphs(10, seed=4))
    train, test = Part(1, 60, 0, (0, 200), False), Part(2, 6, 0, (200, 300), False)
    made = [written.make(digits, train, test, how=written_windows.begin, workers=n) for n in (1, 2)]
    for one, other in zip(*made, strict=True):
        assert np.array_equal(one, other)
    assert made[0].train_images.shape[1:] == written_windows.SHAPE
    assert len(set(made[0].train_labels.tolist())) > 10
    known = describe("windows")
    assert (known.shape, known.classes) == ((32, 32), tuple(CLASSES))
