"""What the benchmark asks of a reader of pictures."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import ClassVar

from PIL import Image

DIGITS = "0123456789"


@dataclass(frozen=True)
class Answer:
    """What a reader says of a picture.

    Attributes:
        text: the digits; empty where it says that there are none, or nothing at all.
        confidence: how sure it is, in any units, but the same for every picture; ``-inf`` where there is no answer.
        digits: how sure it is of each digit, 0 to 1; empty where it doesn't say.
        probable: whether ``confidence`` is meant as the probability, 0 to 1, that the text is right.
        seconds: that it took, from the file to the answer.
    """

    text: str = ""
    confidence: float = -inf
    digits: tuple[float, ...] = ()
    probable: bool = False
    seconds: float = 0.0


def opened(path: Path) -> Image.Image:
    """Return a picture's colours, over white where it is transparent."""
    with Image.open(path) as image:
        whole = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")


class Reader(ABC):
    """A reader, set up.

    Attributes:
        name: what the tables call it.
        packages: what it is made of, as the package index calls them; their versions are told.
        lines: whether it reads a line of several digits.
        note: how it is used, in a few words for the reader of the tables.
    """

    name: ClassVar[str]
    packages: ClassVar[tuple[str, ...]] = ()
    lines: ClassVar[bool] = True
    note: str

    def __init__(self, threads: int) -> None:
        """Load what it needs, for that many threads; raise ``LenetError`` where it can't be had."""
        self.threads = threads

    @abstractmethod
    def one(self, path: Path, line: bool) -> Answer:
        """Read a picture of a line, or of a single digit."""

    def read(self, paths: Sequence[Path], line: bool) -> list[Answer]:
        """Read pictures one after the other and take the time of each."""
        answers = []
        for path in paths:
            start = time.perf_counter()
            answer = self.one(path, line)
            answers.append(replace(answer, seconds=time.perf_counter() - start))
        return answers
