from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lenet.cli import main
from lenet.data import glyphs


@dataclass
class Answer:
    code: int
    out: str
    err: str


@pytest.fixture
def lenet(capsys, monkeypatch, tmp_path_factory):
    """Run a command in this process, in an empty folder of its own unless the test is elsewhere already."""
    monkeypatch.setenv("LENET_CACHE", str(tmp_path_factory.mktemp("cache")))

    def run(*arguments: object) -> Answer:
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        code = exit_.value.code
        assert isinstance(code, int)
        return Answer(code, *capsys.readouterr())

    return run


@pytest.fixture
def start():
    """Begin a command in a process of its own."""

    def begin(*arguments: object, env: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[bytes]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen(
            [sys.executable, "-m", "lenet", *map(str, arguments)], env={**os.environ, **(env or {})}, **pipes
        )

    return begin


@pytest.fixture
def process(start):
    """Run a command in a process of its own."""

    def run(*arguments: object, **options: Any) -> Answer:
        running = start(*arguments, **options)
        out, err = running.communicate(timeout=120)
        return Answer(running.returncode, (out or b"").decode(), (err or b"").decode())

    return run


@pytest.fixture(scope="session")
def digits(tmp_path_factory) -> Path:
    """A data set in a file: 600 glyphs to train on and 200 to test on."""
    train, test = glyphs(600, seed=0), glyphs(200, seed=1)
    path = tmp_path_factory.mktemp("digits") / "digits.npz"
    np.savez(path, x_train=train[0], y_train=train[1], x_test=test[0], y_test=test[1])
    return path


@pytest.fixture(scope="session")
def run(tmp_path_factory, digits) -> Path:
    """The folder of a run that has ended, and that learnt to read the digits."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    arguments = ["tanh-same", "--data", str(digits), "--passes", "8", "--validate", "0.1", "--out", str(folder)]
    with pytest.raises(SystemExit) as exit_:
        main(["train", *arguments, "--quiet"])
    assert exit_.value.code == 0
    return folder


@pytest.fixture
def seven(tmp_path) -> Path:
    """A picture of a 7, dark on light and larger than the network's input."""
    images, labels = glyphs(50, seed=2)
    image = Image.fromarray(255 - images[list(labels).index(7)]).resize((140, 140))
    image.save(tmp_path / "seven.png")
    return tmp_path / "seven.png"
