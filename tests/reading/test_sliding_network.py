"""The answers along a line are those of the windows cut out of it."""

from dataclasses import replace

import numpy as np
import pytest

from lenet import zoo
from lenet.errors import LenetError
from lenet.model import Model
from lenet.network import RBF
from lenet.reading.sliding import SlidingNetwork
from lenet.training import draw

TOLERANCE = 1e-5


def model(name, engine="native", **changes):
    row = zoo.entry(name)
    network = replace(row.network, **changes)
    flat = draw(network, row.recipe.start, seed=1)
    return Model(network, row.recipe.preparation, flat, recipe=row.recipe, threads=1, engine=engine)


def strokes(rows, columns, seed=0):
    """Return a line with ink here and there, uint8 (rows, columns)."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random((rows, columns)) < 0.3, rng.integers(0, 256, (rows, columns)), 0).astype(np.uint8)


def of_windows(whole, line, centres):
    """Return the scores of windows cut out around the centres, read one by one by the network as it is."""
    network = whole.network
    preparation = replace(whole.preparation, shape=network.input, padding=0)
    window = network.input[2]
    paper = np.pad(line, ((0, 0), (window // 2, window)))
    cut = np.stack([paper[:, int(c) : int(c) + window] for c in centres])
    return Model(network, preparation, whole.flat, recipe=whole.recipe, threads=1).scores(cut)


@pytest.mark.parametrize("name", ["lenet5", "lenet1", "lenet4", "d2l", "relu-valid", "sigmoid-max", "caffe"])
@pytest.mark.parametrize("step", [1, 2, 4])
def test_answers_are_those_of_windows_cut_out(name, step):
    whole = model(name)
    line = strokes(whole.network.input[1], 75)
    answers = SlidingNetwork(whole, step=step).read(line)
    assert answers.centres.tolist() == list(range(0, 76, step))
    expected = of_windows(whole, line, answers.centres)
    assert np.abs(answers.scores - expected).max() <= TOLERANCE * max(1, np.abs(expected).max())


def test_learned_codes_and_the_reference_engine():
    layers = zoo.entry("lenet5").network.layers
    learned = model("lenet5", engine="reference", layers=(*layers[:-1], RBF(learned=True)))
    line = strokes(32, 33)
    answers = SlidingNetwork(learned, step=4).read(line)
    expected = of_windows(learned, line, answers.centres)
    assert np.abs(answers.scores - expected).max() <= TOLERANCE * np.abs(expected).max()


@pytest.mark.parametrize("columns", [0, 1, 2, 31, 32, 33, 63, 64, 65, 500])
def test_lines_of_any_width(columns):
    whole = model("lenet5")
    line = strokes(32, columns, seed=columns)
    answers = SlidingNetwork(whole).read(line)
    assert answers.centres.tolist() == list(range(0, columns + 1, 2))
    assert answers.scores.shape == (columns // 2 + 1, 10)
    some = answers.centres[[0, len(answers.centres) // 2, -1]]
    expected = of_windows(whole, line, some)
    assert np.abs(answers.scores[(some / 2).astype(int)] - expected).max() <= TOLERANCE * expected.max()


def test_a_blank_line_has_the_same_answer_everywhere():
    answers = SlidingNetwork(model("lenet5")).read(np.zeros((32, 100), np.uint8))
    assert np.abs(answers.scores - answers.scores[0]).max() < 1e-3


def test_what_is_no_line_is_refused():
    sliding = SlidingNetwork(model("lenet5"))
    for wrong in (np.zeros((28, 90), np.uint8), np.zeros((32, 90), np.float32), np.zeros((1, 32, 90), np.uint8)):
        with pytest.raises(LenetError, match=r"a line must be uint8 \(32, columns\)"):
            sliding.read(wrong)


def test_a_step_divides_the_stride():
    for step in (0, 3, 8):
        with pytest.raises(LenetError, match=f"an answer every 4 columns; {step} doesn't divide that"):
            SlidingNetwork(model("lenet5"), step=step)
