"""Networks as people write them in PyTorch while following an article, and what they save."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")


class ReluValid(torch.nn.Module):
    """The network of relu-valid, as its article's readers write it."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = torch.nn.Conv2d(1, 6, 5), torch.nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = (torch.nn.Linear(*ends) for ends in ((256, 120), (120, 84), (84, 10)))

    def forward(self, x):
        f = torch.nn.functional
        for conv in (self.conv1, self.conv2):
            x = f.avg_pool2d(f.relu(conv(x)), 2)
        x = x.view(len(x), -1)
        return self.fc3(f.relu(self.fc2(f.relu(self.fc1(x)))))


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
