from types import SimpleNamespace

import numpy as np
import pytest

from bench.digits import MOST, digits
from lenet.errors import LenetError


@pytest.fixture
def only_glyphs(monkeypatch):
    def load(name):
        if name != "glyphs":
            raise LenetError("no source has it")
        images, labels = np.arange(4 * 784).reshape(4, 28, 28) % 251, np.arange(4)
        test = images[:3].astype(np.uint8)
        return SimpleNamespace(name=name, train_images=images.astype(np.uint8), train_labels=labels, test_images=test)

    monkeypatch.setattr("bench.digits.load", load)


@pytest.mark.usefixtures("only_glyphs")
def test_without_mnist_digits_are_drawn_and_it_is_said():
    found = digits()
    assert "since there is no MNIST here (no source has it)" in found.source
    assert found.test.shape == (MOST, 28, 28)
    np.testing.assert_array_equal(found.test[3:6], found.test[:3])


@pytest.mark.usefixtures("only_glyphs")
def test_a_data_set_that_was_asked_for_must_be_there():
    with pytest.raises(LenetError, match="no source has it"):
        digits("mnist")
