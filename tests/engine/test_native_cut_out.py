"""Bad arguments of the function that cuts characters out of a line: an error, and nothing is written."""

import numpy as np
import pytest

from lenet import _native

ROWS, COLUMNS = 12, 30


def arguments(**changed):
    """A call that is right, but for what is changed."""
    right = {
        "amount": np.full((ROWS, COLUMNS), 0.5, np.float32),
        "piece": np.zeros((ROWS, COLUMNS), np.int16),
        "spans": np.array([[0, 1, 2, 3, 20, 10], [0, 1, 0, 0, COLUMNS, ROWS]], np.int32),
        "centres": np.array([[11, 6], [15, 6]], np.float32),
        "out": np.full((2, 28, 28), 7, np.uint8),
    }
    return {**right, **changed}


def span(*sides):
    return np.array([[0, 1, *sides], [0, 1, 0, 0, COLUMNS, ROWS]], np.int32)


def test_a_right_call_writes_each_picture():
    given = arguments()
    _native.cut_out(**given)
    assert (given["out"].max(axis=(1, 2)) == 255).all()
    nothing = arguments(spans=np.zeros((0, 6), np.int32), centres=np.zeros((0, 2), np.float32), out=given["out"][:0])
    _native.cut_out(**nothing)


BAD = {
    "fewer pieces than pixels": {"piece": np.zeros((ROWS, COLUMNS - 1), np.int16)},
    "a line turned on its side": {"piece": np.zeros((COLUMNS, ROWS), np.int16)},
    "spans of five numbers": {"spans": np.zeros((2, 5), np.int32)},
    "more spans than centres": {"centres": np.zeros((1, 2), np.float32)},
    "centres in space": {"centres": np.zeros((2, 3), np.float32)},
    "pictures for fewer spans": {"out": np.zeros((1, 28, 28), np.uint8)},
    "pictures of another size": {"out": np.zeros((2, 32, 32), np.uint8)},
    "a box left of the line": {"spans": span(-1, 0, 5, 5)},
    "a box right of it": {"spans": span(0, 0, COLUMNS + 1, 5)},
    "a box above it": {"spans": span(0, -1, 5, 5)},
    "a box below it": {"spans": span(0, 0, 5, ROWS + 1)},
    "a box without columns": {"spans": span(5, 0, 5, 5)},
    "a box without rows": {"spans": span(0, 5, 5, 5)},
    "a box inside out": {"spans": span(9, 0, 5, 5)},
    "a huge box": {"spans": span(0, 0, 2**31 - 1, 5)},
    "a centre that is none": {"centres": np.array([[np.nan, 1], [1, 1]], np.float32)},
    "a centre nowhere": {"centres": np.array([[1, np.inf], [1, 1]], np.float32)},
    "no line": {"amount": np.zeros((0, 0), np.float32), "piece": np.zeros((0, 0), np.int16)},
}


@pytest.mark.parametrize("what", BAD)
def test_what_does_not_fit_together_is_refused(what):
    given = arguments(**BAD[what])
    with pytest.raises(ValueError, match="cut_out: "):
        _native.cut_out(**given)
    assert set(given["out"].ravel()) <= {0, 7}


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": np.zeros((ROWS, COLUMNS))},
        {"amount": np.zeros((ROWS, 2 * COLUMNS), np.float32)[:, ::2]},
        {"piece": np.zeros((ROWS, COLUMNS), np.int32)},
        {"spans": np.zeros((2, 6))},
        {"centres": [[1, 1], [1, 1]]},
        {"out": np.zeros((2, 28, 28), np.float32)},
    ],
    ids=["doubles", "not contiguous", "wide pieces", "spans of fractions", "a list", "pictures of fractions"],
)
def test_arrays_of_another_kind_are_refused(changed):
    with pytest.raises(TypeError):
        _native.cut_out(**arguments(**changed))
