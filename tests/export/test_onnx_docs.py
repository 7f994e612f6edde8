"""docs/export.md: its example runs as it stands."""

import re
from pathlib import Path

from PIL import Image

import lenet
from lenet.data import glyphs

PAGE = Path(__file__).parents[2] / "docs" / "export.md"


def test_the_example_reads_a_digit(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    images, labels = glyphs(1, seed=5)
    Image.fromarray(images[0]).save("digit.png")
    lenet.export("lenet5", "lenet5.onnx", with_preparation=True)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(example, PAGE, "exec"), {})
    label, probability = capsys.readouterr().out.split()
    assert label == str(labels[0]) and float(probability) > 0.9
