"""On MNIST, and what the documentation shows."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lenet

PAGE = Path(__file__).parents[2] / "docs" / "scikit-learn.md"


@pytest.mark.slow
def test_on_mnist_it_is_the_run_of_lenet_train():
    digits, some = lenet.data.load("mnist"), 20_000
    rows = digits.train_images[:some].reshape(some, 784).astype(np.float64)  # as fetch_openml gives them
    classifier = lenet.LeNetClassifier().fit(rows, digits.train_labels[:some].astype(str))
    run = lenet.train("lenet5", recipe=replace(lenet.zoo["lenet5"].recipe, size=some), folder=False)
    assert (classifier.model_.flat == run.model.flat).all()
    test = digits.test_images.reshape(10_000, 784).astype(np.float64)
    accuracy = classifier.score(test, digits.test_labels.astype(str))
    assert accuracy == pytest.approx(run.metrics["test"]["accuracy"]) and 0.98 < accuracy < 0.995


@pytest.mark.slow
def test_the_examples_of_the_page_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)
    assert names["classifier"].score(names["X_test"], names["y_test"]) > 0.975
    assert names["search"].score(names["X_test"], names["y_test"]) > 0.97
    assert lenet.load("digits.safetensors").classes == tuple("0123456789")
