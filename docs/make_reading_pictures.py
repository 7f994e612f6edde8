"""Makes docs/pictures/reading-steps.png: what ``lenet read --steps`` draws of a written amount.

python docs/make_reading_pictures.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import lenet
from lenet.data.writing import write_line

PICTURES = Path(__file__).parent / "pictures"
SEED = 0  # of an amount with a comma and a dash


def main() -> None:
    """Write an amount with MNIST's training digits, read it, and keep the drawing of the steps."""
    digits = lenet.data.load("mnist")
    written = write_line(np.random.default_rng(SEED), (digits.train_images, digits.train_labels), length=5)
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "amount.png")
        Image.fromarray(written.picture).save(picture)
        steps = PICTURES / "reading-steps.png"
        subprocess.run([sys.executable, "-m", "lenet", "read", picture, "--line", "--steps", steps], check=True)


if __name__ == "__main__":
    main()
