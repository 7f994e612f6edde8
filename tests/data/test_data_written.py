"""The data set ``written``: candidates and their labels, made the same by any number of processes, and kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lenet import processes
from lenet.data import Dataset, candidates, dataset, describe, fetch, glyphs, load, named, written
from lenet.data.candidates import RUBBISH, UNTOLD, cut_out, label
from lenet.data.writing import Written
from lenet.data.written import Part
from lenet.errors import LenetError
from lenet.page.candidates import Candidates
from lenet.page.straight import Straight
from lenet.zoo import READ

# A line of three bars of ink, 4 wide with 4 between them, 16 high: its cuts lie between them, and through the second.
BARS, CUTS = (2, 10, 18), (0, 8, 12, 16, 24)


def bars(text: str = "1,?") -> tuple[Straight, Written, np.ndarray]:
    ink, owner = np.zeros((16, 24), np.float32), np.full((16, 24), -1, np.int16)
    for number, left in enumerate(BARS):
        ink[:, left : left + 4], owner[:, left : left + 4] = 1, number
    cuts = np.repeat(np.array(CUTS, np.int16)[:, None], 16, axis=1)
    return Straight(ink, 16.0, 1.0, 0.0, 0.0, 0.0), Written((255 * (1 - ink)).astype(np.uint8), owner, ink, text), cuts


def spans(*pairs: tuple[int, int]) -> Candidates:
    starts, ends = np.array(pairs, np.int32).T
    return Candidates(starts, ends, np.zeros((len(pairs), 28, 28), np.uint8), np.zeros((len(pairs), 4), np.int32))


def test_a_whole_character_is_one_and_pieces_and_several_are_rubbish():
    line, truth, cuts = bars()
    found = label(line, cuts, spans((0, 1), (1, 3), (3, 4), (1, 2), (2, 3), (0, 2), (0, 3), (0, 4)), truth)
    # the 1; the comma, a dot; the letter; half of the comma, twice; 1 and half a comma; both; everything
    names = [READ.index("1"), READ.index("."), RUBBISH, RUBBISH, RUBBISH, UNTOLD, RUBBISH, RUBBISH]
    # 1 and half a comma: a third of the ink is foreign, just less than MIXED
    assert found.tolist() == names


def test_what_is_nearly_whole_or_nearly_pure_tells_nothing():
    line, truth, cuts = bars()
    moved = cuts.copy()
    moved[1] = 5  # three of the four columns of the 1: more than a piece, less than all
    assert label(line, moved, spans((0, 1)), truth).tolist() == [UNTOLD]
    moved[1] = 4
    assert label(line, moved, spans((0, 1)), truth).tolist() == [RUBBISH]
    moved[1], moved[2] = 11, 13  # the 1 and a quarter of the comma: a fifth is foreign
    assert label(line, moved, spans((0, 1)), truth).tolist() == [UNTOLD]


def test_ink_of_nobody_is_foreign_and_blurred_edges_are_not():
    line, truth, cuts = bars()
    owner = truth.owner.copy()
    owner[:8, BARS[0] : BARS[0] + 4] = -1  # the upper half of the 1 is a rule's
    ruled = Written(truth.picture, owner, truth.ink, truth.text)
    assert label(line, cuts, spans((0, 1)), ruled).tolist() == [RUBBISH]
    owner[:, BARS[0] : BARS[0] + 4] = -1
    beside = Written(truth.picture, owner, truth.ink, truth.text)
    low, high = spans((0, 1)), spans((0, 1))
    low.boxes[:], high.boxes[:] = (2, 10, 6, 16), (2, 0, 6, 16)
    assert label(line, cuts, low, beside).tolist() == [RUBBISH]
    assert label(line, cuts, high, beside).tolist() == [UNTOLD]  # of the line above: it may be a digit
    wide = line.amount.copy()
    wide[:, BARS[0] - 1] = wide[:, BARS[0] + 4] = 0.5  # where there is no true ink, one pixel beside it
    blurred = Straight(wide, 16.0, 1.0, 0.0, 0.0, 0.0)
    assert label(blurred, cuts, spans((0, 1)), truth).tolist() == [READ.index("1")]


def test_it_is_found_where_it_was_written_whatever_the_size_and_slant():
    """The line is the picture's at twice the size, its first 6 columns and 2 rows cut off, its slant of 0.75 away."""
    line, truth, cuts = bars()
    shear = np.array([[int(x + 0.75 * y) for x in range(24)] for y in range(16)])
    owner = np.full((18, 39), -1, np.int16)
    owner[np.arange(16)[:, None] + 2, shear + 3] = truth.owner
    slanted = Written(np.zeros((18, 39), np.uint8), owner, (owner >= 0).astype(np.float32), truth.text)
    twice = Straight(line.amount.repeat(2, 0).repeat(2, 1), 32.0, 2.0, 0.75, 6.0, 4.0)
    found = label(twice, cuts.repeat(2, 1) * 2, spans((0, 1), (1, 3), (1, 2)), slanted)
    assert found.tolist() == [READ.index("1"), READ.index("."), RUBBISH]


def test_nothing_is_rubbish_where_nothing_was_written():
    line, truth, cuts = bars()
    none = Written(truth.picture, np.full_like(truth.owner, -1), truth.ink, "")
    assert label(line, cuts, spans((0, 1), (1, 3)), none).tolist() == [RUBBISH, RUBBISH]


def test_a_picture_is_cut_into_its_characters():
    ink = np.zeros((60, 110), np.float32)
    owner = np.full(ink.shape, -1, np.int16)
    for number, left in enumerate((15, 45, 75)):
        ink[12:48, left : left + 6], owner[12:48, left : left + 6] = 1, number
    picture = Written((255 * (1 - ink)).astype(np.uint8), owner, ink, "172")
    images, labels = cut_out(np.random.default_rng(0), picture, slant=False)
    assert sorted(labels[labels != RUBBISH].tolist()) == [1, 2, 7]
    assert 0 < (labels == RUBBISH).sum() <= candidates.MOST * 3
    assert images.dtype == np.uint8
    assert images.shape == (len(labels), 28, 28)
    grain = np.random.default_rng(0).integers(198, 203, (40, 40), np.uint8)
    blank = Written(grain, np.full((40, 40), -1, np.int16), np.zeros((40, 40), np.float32), "")
    assert [len(array) for array in cut_out(np.random.default_rng(0), blank, slant=True)] == [0, 0]


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return Dataset("mnist", tuple("0123456789"), *glyphs(300, seed=0), *glyphs(20, seed=1))


TRAIN = Part(seed=0, lines=2, singles=1, rows=(0, 200), digits=True)
TEST = Part(seed=1, lines=1, singles=1, rows=(200, 300), digits=False)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, digits: Dataset) -> list[str]:
    """The set with few pictures, of glyphs; what is asked for to make it."""
    asked: list[str] = []
    monkeypatch.setattr(processes, "cores", lambda: 1)
    monkeypatch.setattr(written, "TRAIN", TRAIN)
    monkeypatch.setattr(written, "TEST", TEST)
    monkeypatch.setattr(named, "obtain", lambda which, progress: asked.append(which.name) or digits)
    return asked


def test_it_is_the_same_by_any_number_of_processes(digits: Dataset, monkeypatch: pytest.MonkeyPatch):
    told: list[tuple[int, int | None, str]] = []
    alone = written.make(digits, TRAIN, TEST, workers=1, progress=lambda *how: told.append(how))
    monkeypatch.setattr(written, "BLOCK", 1)
    for one, other in zip(alone, written.make(digits, TRAIN, TEST, workers=2), strict=True):
        np.testing.assert_array_equal(one, other)
    assert told == [(done, 5, dataset.PICTURES) for done in (2, 3, 4, 5)]
    other = written.make(digits, replace(TRAIN, seed=5), TEST, workers=1)
    assert len(other[0]) != len(alone[0]) or (other[0] != alone[0]).any()


def test_the_digits_are_in_the_training_part_and_only_there(digits: Dataset):
    parts = written.make(digits, TRAIN, TEST, workers=1)
    ours, theirs = {image.tobytes() for image in parts[0]}, digits.train_images
    assert {image.tobytes() for image in theirs[:200]} <= ours
    assert not {image.tobytes() for image in theirs[200:]} & (ours | {image.tobytes() for image in parts[2]})
    first = [parts[0][:30].tobytes(), theirs[:30].tobytes()]
    assert first[0] != first[1]  # they are mixed


def test_it_is_made_once(small: list[str], cache_folder: Path):
    assert not describe("written").cached
    told: list[str] = []
    made = load("written", progress=lambda done, total, what: told.append(what))
    assert small == ["mnist"]
    assert set(told) == {dataset.PICTURES}
    assert describe("written").cached
    assert fetch("written") == cache_folder / "written" == describe("written").folder
    kept = load("written")
    assert small == ["mnist"]
    assert (kept.name, kept.classes, kept.checksum) == ("written", tuple(READ), made.checksum)
    (file,) = (cache_folder / "written").iterdir()
    file.write_bytes(file.read_bytes()[:-300])
    assert load("written").checksum == made.checksum  # a damaged file is made anew
    assert small == ["mnist"] * 2


def test_other_settings_are_kept_elsewhere(small: list[str], monkeypatch: pytest.MonkeyPatch):
    place = written.place()
    assert written.place() == place
    monkeypatch.setattr(written, "TRAIN", replace(TRAIN, seed=2))
    assert written.place() != place


def test_a_folder_that_cannot_be_written(small: list[str], cache_folder: Path):
    cache_folder.write_text("a file in the way")
    with pytest.warns(UserWarning, match="written can't be kept in .*will be made again"):
        assert len(load("written").test_labels)


def test_it_comes_from_no_folder(tmp_path: Path):
    with pytest.raises(LenetError, match="the data set written is made here and comes from no folder"):
        load("written", folder=tmp_path)


def test_digits_that_are_missing_are_told(digits: Dataset):
    few = Dataset("few", digits.classes, digits.train_images[:3], digits.train_labels[:3], *digits_of(digits))
    with pytest.raises(LenetError, match="pictures of all ten digits are needed"):
        written.make(few, TRAIN, TEST, workers=2)


def digits_of(digits: Dataset):
    return digits.test_images, digits.test_labels
