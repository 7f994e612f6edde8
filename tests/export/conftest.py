"""What the tests of exports share."""

import numpy as np
import pytest

from lenet.data import glyphs


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """A data set in a file, to calibrate on: glyphs."""
    train, test = glyphs(100, seed=0), glyphs(40, seed=1)
    path = tmp_path_factory.mktemp("digits") / "digits.npz"
    np.savez(path, x_train=train[0], y_train=train[1], x_test=test[0], y_test=test[1])
    return path
