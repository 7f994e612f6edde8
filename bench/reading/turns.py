"""Every system reads every picture, by turns, so that whatever else the machine does falls on all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from statistics import median

from ..rounds import alternate
from .pictures import Kind, PictureSet
from .systems import Answer, Reader

CHUNK = 25  # pictures that a system reads at a stretch


def read(readers: Mapping[str, Reader], pictures: PictureSet, rounds: int = 1) -> dict[str, list[Answer]]:
    """Return each reader's answers to the pictures; of lines, only of those who read lines.

    The answers are the first round's; the time of each is the median over the rounds.
    """
    line = pictures.kind is Kind.LINE
    readers = {name: reader for name, reader in readers.items() if reader.lines or not line}
    paths = [picture.path for picture in pictures.pictures]
    answers: dict[str, list[Answer]] = {name: [] for name in readers}
    for reader in readers.values():
        reader.read(paths[:1], line)  # what is loaded only when it is first used
    for start in range(0, len(paths), CHUNK):
        chunk = paths[start : start + CHUNK]
        turns = alternate({name: partial(reader.read, chunk, line) for name, reader in readers.items()}, rounds)
        for name, taken in turns.items():
            answers[name] += [_one(same) for same in zip(*taken, strict=True)]
    return answers


def _one(answers: tuple[Answer, ...]) -> Answer:
    return replace(answers[0], seconds=median(answer.seconds for answer in answers))
