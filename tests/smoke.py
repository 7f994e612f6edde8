"""What every wheel must do, wherever it is installed: train, keep, load, read. Run it as a program, in any folder."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import lenet


def main() -> None:
    """Train on drawn glyphs for a pass, resume, and read a picture, by the library and by the commands."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        run = lenet.train("lenet5", data="glyphs", passes=1, folder=folder)
        assert run.metrics["test"]["error"] < 0.05, run.metrics
        again = lenet.train(resume=folder)
        assert (lenet.load(folder).flat == again.model.flat).all()
        digits = lenet.data.load("glyphs")
        picture = np.full((60, 140), 255, np.uint8)
        for place in (0, 1):
            picture[16:44, 20 + 60 * place : 48 + 60 * place] -= digits.test_images[place]
        assert len(lenet.read(picture).lines) == 1
        for command in (["--version"], ["evaluate", str(folder)], ["summary", "lenet5"]):
            subprocess.run([sys.executable, "-m", "lenet", *command], check=True, stdout=subprocess.DEVNULL)
    print("lenet", lenet.__version__, "from", Path(lenet.__file__).parent, "works:", run.metrics["machine"])


if __name__ == "__main__":
    main()
