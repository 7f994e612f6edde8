"""``lenet.read`` itself; told less; by one of its two ways of reading a line; without its rejections."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from lenet.errors import LenetError

from .base import DIGITS, Answer, Reader

reading: Any = import_module("lenet.reading")


class Ours(Reader):
    """``lenet.read``, told what the picture holds: a single digit, or a line."""

    name: ClassVar[str] = "lenet"
    packages = ("lenet", "numpy", "pillow", "scipy")
    note: str = "`lenet.read`, told whether it's a single digit or a line; what it rejects has no answer"
    told: ClassVar[bool] = True
    method: ClassVar[str] = "both"
    forced: ClassVar[bool] = False

    def one(self, path: Path, line: bool) -> Answer:
        """Read a picture; one that can't be read has no answer."""
        try:
            found = reading.read(path, single=self.told and not line, line=self.told and line, method=self.method)
        except LenetError:
            return Answer()
        return answer(found, self.forced)


def answer(found: Any, forced: bool = False) -> Answer:
    """Return the digits of a ``lenet.reading.Reading``, all its lines as one.

    Args:
        found: the reading. Marks, where it has any, are no part of the answer.
        forced: whether what is rejected is an answer all the same.
    """
    lines = [line for line in found.lines if line.text and (forced or not line.rejected)]
    digits = [digit for line in lines for digit in line.digits if digit.label in DIGITS]
    text = "".join(character for line in lines for character in line.text if character in DIGITS)
    if not text:
        return Answer()
    sure = tuple(float(digit.confidence) for digit in digits) if len(digits) == len(text) else ()
    return Answer(text, min(float(line.confidence) for line in lines), sure, probable=True)


class Untold(Ours):
    """It finds out itself what the picture holds."""

    name = "lenet, not told what it is"
    note = "`lenet.read`, told nothing"
    told = False


class Forced(Ours):
    """It answers even where it would rather not."""

    name = "lenet, nothing rejected"
    note = "`lenet.read`, told what it is; its likeliest answer, also where it is rejected"
    forced = True


class ByCuts(Ours):
    """The graph of candidates between cuts alone (section IV of the paper)."""

    name = "lenet, by cuts"
    note = "`lenet.read`, told what it is, lines by the graph of candidates between cuts alone"
    method = "cuts"


class BySliding(Ours):
    """The space-displacement network alone (section VII of the paper)."""

    name = "lenet, by sliding"
    note = "`lenet.read`, told what it is, lines by the sliding network alone"
    method = "sliding"
