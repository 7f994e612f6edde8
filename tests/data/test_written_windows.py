"""Windows of written lines: as many as were asked for, the same on any number of processors."""

import numpy as np
import pytest

from lenet.data import describe, glyphs, load
from lenet.data.candidates import CLASSES
from lenet.data.writing import Written, write_line
from lenet.data.written_windows import seen, written
from lenet.errors import LenetError


@pytest.fixture(scope="module")
def digits():
    return glyphs(300, seed=3)


def test_the_number_of_processes_changes_nothing(digits):
    images, labels = written(digits, 700, (5,), workers=1)
    assert images.shape == (700, 32, 32)
    again, same = written(digits, 700, (5,), workers=2)
    assert (images == again).all()
    assert (labels == same).all()
    assert len(set(labels.tolist())) > 10
    assert labels.max() < len(CLASSES)


def test_a_line_that_cant_be_read_gives_no_windows(digits):
    rng = np.random.default_rng(0)
    line = write_line(rng, digits, length=2)
    assert len(seen(rng, line)[0])
    ruined = Written(line.picture, line.owner[::-1, ::-1].copy(), line.ink, line.text)
    images, labels = seen(rng, ruined)
    assert images.shape == (0, 32, 32)
    assert labels.shape == (0,)


def test_it_has_a_name_and_no_folder(tmp_path):
    described = describe("windows")
    assert described.shape == (32, 32)
    assert "".join(described.classes) == CLASSES
    with pytest.raises(LenetError, match="windows are made here and come from no folder"):
        load("windows", folder=tmp_path)
