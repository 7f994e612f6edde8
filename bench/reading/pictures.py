"""Folders of labelled pictures: one folder a set, with a ``labels.csv`` of the columns file, label and kind."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from lenet.errors import LenetError, unknown


class Kind(Enum):
    """What a picture holds."""

    DIGIT = "digit"
    LINE = "line"
    LETTER = "letter"


# As the labels.csv of various collections name them, in small letters.
KINDS = {
    "digit": Kind.DIGIT,
    "single": Kind.DIGIT,
    "string": Kind.LINE,
    "line": Kind.LINE,
    "letter": Kind.LETTER,
    "cap": Kind.LETTER,
    "small": Kind.LETTER,
}
LABELS = {Kind.DIGIT: re.compile(r"[0-9]"), Kind.LINE: re.compile(r"[0-9]+"), Kind.LETTER: re.compile(r"[A-Za-z]")}


@dataclass(frozen=True)
class Picture:
    """A picture and what it says.

    Attributes:
        path: its file.
        label: the digits in it, or the letter.
    """

    path: Path
    label: str


@dataclass(frozen=True)
class PictureSet:
    """Pictures of one kind.

    Attributes:
        name: its folder's.
        kind: what each picture holds.
        pictures: of at least one.
        left_out: how many of its pictures are labelled with something that isn't of that kind.
    """

    name: str
    kind: Kind
    pictures: tuple[Picture, ...]
    left_out: int = 0

    @property
    def title(self) -> str:
        """Name and kind, in words."""
        return f"{self.name}, {self.kind.value}s"

    def first(self, limit: int | None) -> PictureSet:
        """Return the set of its first ``limit`` pictures; None: all."""
        return replace(self, pictures=self.pictures[:limit])


def sets(folder: Path, only: str | None = None) -> list[PictureSet]:
    """Return the sets of a folder's folders by name; one of several kinds gives a set for each.

    Args:
        folder: whose folders with a ``labels.csv`` are the sets.
        only: the one to return; None: all.

    Raises:
        LenetError: there is none, a ``labels.csv`` isn't what it should be, or a picture isn't there.
    """
    tables = {path.parent.name: path for path in sorted(folder.glob("*/labels.csv"))}
    if not tables:
        raise LenetError(f"{folder} holds no folder with a labels.csv (columns file, label, kind)")
    if only is not None and only not in tables:
        raise unknown("set", only, tables)
    names = [only] if only is not None else list(tables)
    return [found for name in names for found in _sets(name, tables[name])]


def with_digits(found: list[PictureSet], folder: Path, digits_of: str) -> list[PictureSet]:
    """Return sets, with the digits of the set ``digits_of`` before them where letters are all there is.

    How many letters are taken for digits is told for a share of digits that is accepted.
    """
    if any(one.kind is not Kind.LETTER for one in found) or not (folder / digits_of / "labels.csv").is_file():
        return found
    return [one for one in sets(folder, digits_of) if one.kind is Kind.DIGIT] + found


def _sets(name: str, table: Path) -> list[PictureSet]:
    pictures: dict[Kind, list[Picture]] = {}
    left_out = dict.fromkeys(Kind, 0)
    with table.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if not {"file", "label", "kind"} <= set(rows.fieldnames or ()):
            raise LenetError(f"{table} must have the columns file, label and kind, but has {rows.fieldnames}")
        for row in rows:
            if row["kind"].lower() not in KINDS:
                raise unknown(f"kind (line {rows.line_num} of {table})", row["kind"], KINDS)
            kind = KINDS[row["kind"].lower()]
            picture = Picture(table.parent / row["file"], row["label"])
            if not picture.path.is_file():
                raise LenetError(f"line {rows.line_num} of {table} names {row['file']}, but it isn't there")
            if LABELS[kind].fullmatch(picture.label):
                pictures.setdefault(kind, []).append(picture)
            else:
                left_out[kind] += 1
    return [PictureSet(name, kind, tuple(found), left_out[kind]) for kind, found in pictures.items()]
