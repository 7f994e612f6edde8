"""Headers compiled with what compilers there are, and run on pictures."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from lenet.export.c import float32, vectors, whole
from lenet.export.c.header import header
from lenet.export.int8 import quantising
from lenet.export.int8.emulation import Emulation
from lenet.model import Model

STRICT = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wshadow")
SANE = ("-fsanitize=undefined,address", "-fno-sanitize-recover=all")
KINDS = {"float": "<f4", "int32_t": "<i4"}  # of scores: in C, and in NumPy

# For each network: how many pictures, and the pictures; writes for each picture its class and its scores.
RUN = """
  fread(&count, sizeof count, 1, stdin);
  for (int32_t n = 0; n < count; n++) {{
    static uint8_t picture[{picture}];
    static {kind} scores[{classes}];
    int32_t answer;
    if (fread(picture, sizeof picture, 1, stdin) != 1) {{
      return 2;
    }}
    answer = {prefix}_predict(picture, scores);
    fwrite(&answer, sizeof answer, 1, stdout);
    fwrite(scores, sizeof scores, 1, stdout);
  }}"""


@dataclass
class Header:
    """A header in a folder, and what it was written from."""

    path: Path
    model: Model
    kind: str
    emulation: Emulation | None = None

    @property
    def prefix(self) -> str:
        return self.path.stem


def in_float32(folder: Path, name: str, model: Model) -> Header:
    path = folder / f"{name}.h"
    path.write_text(header(float32.program(model, name, vectors.pictures(model.preparation.shape)), name))
    return Header(path, model, "float")


def in_int8(folder: Path, name: str, model: Model, calibrate: np.ndarray) -> Header:
    path = folder / f"{name}.h"
    network = quantising.quantise(model, calibrate)
    path.write_text(header(whole.program(network, name, vectors.pictures(model.preparation.shape)), name))
    return Header(path, model, "int32_t", Emulation(network))


def compiler(name: str) -> str:
    """Return a compiler's path, or skip the test where there is none of that name."""
    return shutil.which(name) or pytest.skip(f"there is no {name}")


def compiled(*files: Path, cc: str = "gcc", flags: tuple[str, ...] = STRICT, to: str = "program") -> Path:
    """Compile files, of which every warning is an error, and return the program."""
    program = files[0].with_name(to)
    done = subprocess.run(
        [compiler(cc), *flags, *files, "-o", program, "-lm"], check=False, cwd=files[0].parent, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()[:3000]
    return program


def driver(headers: list[Header], *flags: str, cc: str = "gcc") -> Path:
    """Return a program that holds all of these networks, reads pictures and writes what each answers."""
    parts, runs = [], []
    for each in headers:
        parts.append(f'#define {each.prefix.upper()}_IMPLEMENTATION\n#include "{each.path.name}"\n')
        size = int(np.prod(each.model.preparation.shape))
        classes = each.model.network.classes
        runs.append(RUN.format(prefix=each.prefix, picture=size, classes=classes, kind=each.kind))
    code = (
        f"{''.join(parts)}#include <stdio.h>\nint main(void) {{\n  int32_t count = 0;{''.join(runs)}\n  return 0;\n}}\n"
    )
    source = headers[0].path.with_name("driver.c")
    source.write_text(code)
    return compiled(source, cc=cc, flags=(*STRICT, "-Wno-unused-result", *flags), to="driver")


def answers(program: Path, headers: list[Header], images: list[np.ndarray], run: tuple[str, ...] = ()):
    """Return for each network classes (N,) and scores (N, classes); what the program complains of is an error."""
    given = b"".join(np.int32(len(some)).tobytes() + some.tobytes() for some in images)
    done = subprocess.run([*run, program], input=given, capture_output=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr.decode()
    found, start = [], 0
    for each, some in zip(headers, images, strict=True):
        row = np.dtype([("answer", "<i4"), ("scores", KINDS[each.kind], (each.model.network.classes,))])
        rows = np.frombuffer(done.stdout, row, len(some), start)
        start += rows.nbytes
        found.append((rows["answer"], rows["scores"]))
    assert start == len(done.stdout)
    return found
