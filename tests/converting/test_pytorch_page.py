"""The examples of docs/pytorch.md."""

import re
from pathlib import Path

import pytest

import lenet
from lenet.data import glyphs
from lenet.data.dataset import Dataset

torch = pytest.importorskip("torch")

PAGE = (Path(__file__).parents[2] / "docs" / "pytorch.md").read_text(encoding="utf-8")
SHOWN, TUNED, TOOLS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_what_is_printed(capsys):
    exec(SHOWN, {})
    assert f"```\n{capsys.readouterr().out}```" in PAGE


def test_fine_tuning(tmp_path, monkeypatch):
    """MNIST in a second: 1,500 glyphs, from fresh weights."""
    images, labels = glyphs(2_000, 3)
    few = Dataset("few", tuple("0123456789"), images[:1500], labels[:1500], images[1500:], labels[1500:])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lenet.data, "load", {"mnist": few}.get)
    assert TUNED.count('"lenet5")') == TUNED.count("lr=1e-4") == 1
    torch.manual_seed(0)
    exec(TUNED.replace('"lenet5")', '"lenet5", seed=0)').replace("lr=1e-4", "lr=4e-3"), {})
    before, tuned = lenet.from_torch(lenet.to_torch("lenet5", seed=0)), lenet.load("tuned.safetensors")
    assert before.evaluate(few.test_images, few.test_labels).error > 0.7
    assert tuned.evaluate(few.test_images, few.test_labels).error < 0.1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.torch.jit.script_method. is deprecated")  # Inductor's own
def test_tools(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(TOOLS, {})
    program = torch.export.load("lenet5.pt2").module()
    pictures = torch.randint(0, 256, (7, 28, 28), dtype=torch.uint8)
    right = lenet.load("lenet5").scores(pictures.numpy())
    assert torch.allclose(-program(pictures), torch.from_numpy(right), rtol=1e-4)


def test_the_command(tmp_path, monkeypatch):
    """The table of the page is what the command prints."""
    from click.testing import CliRunner

    from lenet.cli.program import program

    nn = torch.nn
    names = ("conv1", "conv2", "fc1", "fc2", "fc3")
    layers = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5), nn.Linear(256, 120), nn.Linear(120, 84), nn.Linear(84, 10)
    monkeypatch.chdir(tmp_path)
    torch.save(nn.ModuleDict(dict(zip(names, layers, strict=True))).state_dict(), "model.pth")
    told = CliRunner().invoke(program, ["convert", "model.pth", "--as", "relu-valid"]).output
    assert f"$ lenet convert model.pth --as relu-valid\n{told}```" in PAGE
