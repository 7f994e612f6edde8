"""Networks as people write them in PyTorch while following an article, and what they save."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")


from article import ReluValid  # noqa: E402


@pytest.fixture
def theirs():
    torch.manual_seed(0)
    return ReluValid()


@pytest.fixture
def pictures():
    return np.random.default_rng(0).integers(0, 256, (9, 28, 28), np.uint8)


@pytest.fixture
def save(tmp_path):
    """Return a function that saves something by torch.save and returns the file."""

    def saved(thing, name="model.pth"):
        torch.save(thing, tmp_path / name)
        return tmp_path / name

    return saved
