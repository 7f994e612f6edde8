"""Headers compiled with what compilers there are, and run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

STRICT = "-std=c99 -Wall -Wextra -Werror -pedantic -Wconversion -Wshadow".split()  # noqa: SIM905

# Reads pictures from stdin, one after the other; writes for each its class and its scores.
DRIVER = """
#define {guard}_IMPLEMENTATION
#include "{file}"
#include <stdio.h>
int main(void) {{
  static uint8_t picture[{picture}];
  while (fread(picture, 1, sizeof picture, stdin) == sizeof picture) {{
    {kind} scores[{classes}];
    const int32_t answer = {prefix}_predict(picture, scores);
    fwrite(&answer, sizeof answer, 1, stdout);
    fwrite(scores, sizeof scores, 1, stdout);
  }}
  return 0;
}}
"""


def compiler(name: str) -> str:
    """Return a compiler's path, or skip the test where there is none of that name."""
    return shutil.which(name) or pytest.skip(f"there is no {name}")


def compiled(source: Path, *flags: str, cc: str = "gcc", to: str = "program") -> Path:
    """Compile a file strictly, and return the program."""
    program = source.with_name(to)
    subprocess.run([compiler(cc), *STRICT, *flags, source, "-o", program, "-lm"], check=True, cwd=source.parent)
    return program


def drive(header: Path, model, *flags: str, cc: str = "gcc", kind: str = "int32_t") -> Path:
    """Return a program that reads pictures and writes what a header answers."""
    prefix = header.stem
    source = header.with_name(f"{prefix}_driver.c")
    picture, classes = int(np.prod(model.preparation.shape)), model.network.classes
    source.write_text(
        DRIVER.format(
            guard=prefix.upper(), file=header.name, prefix=prefix, picture=picture, classes=classes, kind=kind
        )
    )
    return compiled(source, *flags, cc=cc, to=f"{prefix}_driver")


def answers(program: Path, images: np.ndarray, classes: int, kind: str = "<i4", run: tuple[str, ...] = ()):
    """Return the classes (N,) and scores (N, classes) that a program answers; whatever it complains of is an error."""
    done = subprocess.run([*run, program], input=images.tobytes(), capture_output=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr.decode()
    rows = np.frombuffer(done.stdout, [("answer", "<i4"), ("scores", kind, (classes,))])
    assert len(rows) == len(images)
    return rows["answer"], rows["scores"].reshape(len(images), classes)
