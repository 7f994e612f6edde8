"""A reader that stands in for the real one: it reads numbers that a test has written into a picture as greys."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.errors import LenetError
from lenet.page.box import Box
from lenet.page.source import Frame
from lenet.reading import Digit, Line, Reading, Settings, Steps

WIDE, HIGH, STEP = 8, 12, 10  # of a number: columns and rows of one grey, which is STEP times the number
# The first number of a picture may be none of 0 to 9, but:
BLANK, UNSURE, REFUSED, WRONG, DIES, DIES_ONCE, SLOW, PRINTS = range(10, 18)


def picture(*numbers: int) -> NDArray[np.uint8]:
    """Return a picture of numbers, uint8 (HIGH, WIDE N)."""
    return np.asarray([numbers], np.uint8).repeat(WIDE, axis=1).repeat(HIGH, axis=0) * np.uint8(STEP)


def save(path: Path, *pages: tuple[int, ...]) -> Path:
    """Write a picture of numbers, or several pages, and return the path."""
    first, *more = [Image.fromarray(picture(*numbers)) for numbers in pages]
    first.save(path, **({"save_all": True, "append_images": more} if more else {}))
    return path


def reading_of(numbers: list[int], rejected: bool = False) -> Reading:
    """Return what is read of numbers: 90% sure; 40% where they are rejected; else 1 by 1 less from digit to digit."""
    digits = tuple(
        Digit(
            str(number), 0.99 - 0.01 * place, Box(WIDE * place, 0, WIDE * (place + 1), HIGH), rejected, (("7", 0.01),)
        )
        for place, number in enumerate(numbers)
    )
    text, box = "".join(map(str, numbers)), Box(0, 0, WIDE * len(numbers), HIGH)
    reason = "unsure" if rejected else ""
    line = Line(text, 0.4 if rejected else 0.9, box, digits, rejected, reason, ((text + "0", 0.05), (text[1:], 0.02)))
    return Reading((line,), size=(box.right, HIGH), kind="line", rejected=rejected, reason=reason)


@dataclass(frozen=True)
class StandInReader:
    """Reads it."""

    folder: Any = None

    def read(self, frame: Frame, *, steps: Steps | None = None) -> Reading:
        first, *rest = (int(grey) for grey in np.rint(frame.grey[HIGH // 2, WIDE // 2 :: WIDE] / STEP))
        if steps is not None:
            steps.add("picture", frame.grey, "as it came")
            steps.add("ink", frame.grey < 50, "what is darker than 50")
        if first == BLANK:
            return Reading(rejected=True, reason="blank", blank=0.97, size=(WIDE, HIGH))
        if first == REFUSED:
            raise LenetError("there is too little of it")
        if first == WRONG:
            raise ZeroDivisionError("division by zero")
        marker = Path(self.folder or ".") / "died"
        if first == DIES or (first == DIES_ONCE and not marker.exists()):
            if first == DIES_ONCE:
                marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if first == SLOW:
            time.sleep(0.2)
        if first == PRINTS:
            print("what nobody expects", flush=True)
        if first >= BLANK and first != UNSURE:
            return reading_of(rest or [0])
        return reading_of(rest if first == UNSURE else [first, *rest], first == UNSURE)


class StandIn(Settings):
    """Settings whose reader it is, in other processes, too; the model's name is that of a folder for ``DIES_ONCE``."""

    def reader(self) -> Any:
        return StandInReader(self.model)
