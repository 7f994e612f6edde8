"""Tesseract, by its command line."""

from __future__ import annotations

import csv
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from PIL import Image, ImageOps, ImageStat

from lenet.errors import LenetError

from .base import DIGITS, Answer, Reader, opened

SINGLE, LINE = "10", "7"  # page segmentation modes: one character, one line
HIGH, BORDER = 32, 10  # pixels: its manual asks for capitals of 20 to 30, and for a border of paper


class Tesseract(Reader):
    """One process reads a list of pictures; its start is a part of their time, shared by them all."""

    name = "Tesseract"

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        if which("tesseract") is None:
            raise LenetError("not installed; install tesseract-ocr, as Debian calls it")
        first = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=False).stdout
        version = first.partition("\n")[0].removeprefix("tesseract ")
        self.note = (
            f"version {version}, its command line: `--psm {SINGLE}` for single digits, `--psm {LINE}` for lines, "
            f"digits only; each picture {HIGH} pixels high within a border of {BORDER}, as its manual asks for; "
            "a process for each list of pictures, whose start is part of the time"
        )

    def one(self, path: Path, line: bool) -> Answer:
        """Read one picture by a process of its own; what it can't read has no answer."""
        try:
            return self._listed([path], line)[0]
        except LenetError:
            return Answer()

    def read(self, paths: Sequence[Path], line: bool) -> list[Answer]:
        """Read pictures by one process; each takes its share of the time."""
        start = time.perf_counter()
        try:
            answers = self._listed(paths, line)
        except LenetError:  # it stops at the first picture that it can't read
            return super().read(paths, line)
        each = (time.perf_counter() - start) / max(len(paths), 1)
        return [replace(answer, seconds=each) for answer in answers]

    def _listed(self, paths: Sequence[Path], line: bool) -> list[Answer]:
        mode = LINE if line else SINGLE
        with TemporaryDirectory() as folder:
            names = [Path(folder, f"{number}.pgm") for number in range(len(paths))]
            for path, name in zip(paths, names, strict=True):
                bordered(path).save(name)
            listed = Path(folder, "list.txt")
            listed.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
            command = ["tesseract", str(listed), "stdout", "--psm", mode, "-c", f"tessedit_char_whitelist={DIGITS}"]
            done = subprocess.run(
                [*command, "tsv"],
                capture_output=True,
                text=True,
                encoding="utf-8",
                check=False,
                env={**os.environ, "OMP_THREAD_LIMIT": str(self.threads)},
            )
        answers = list(pages(done.stdout))
        if done.returncode or len(answers) != len(paths):
            raise LenetError(f"Tesseract couldn't read a picture: {done.stderr.strip()[-300:]}")
        return answers


def bordered(path: Path) -> Image.Image:
    """Return a picture's greys, scaled, within a border of its median grey."""
    grey = opened(path).convert("L")
    size = max(round(grey.width * HIGH / grey.height), 1), HIGH
    paper = int(ImageStat.Stat(grey).median[0])
    return ImageOps.expand(grey.resize(size, Image.Resampling.BICUBIC), BORDER, paper)


def pages(table: str) -> Iterator[Answer]:
    """Yield the answer to each page of Tesseract's TSV: its words put together, as sure as the least sure."""
    words: dict[int, list[tuple[str, float]]] = {}
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        page = words.setdefault(int(row["page_num"]), [])
        text = "".join(character for character in row["text"] or "" if character in DIGITS)
        if text:
            page.append((text, float(row["conf"]) / 100))
    for _, found in sorted(words.items()):
        yield Answer("".join(text for text, _ in found), min(sure for _, sure in found)) if found else Answer()
