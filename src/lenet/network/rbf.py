"""The target codes of the paper's output layer: 7x12 bitmaps of the printable ASCII characters (Figure 3).

``rbf_codes.txt`` holds the 95 bitmaps, a line each: the character's code, then 12 rows from the top in
hexadecimal, bit 6 the leftmost pixel. Ink is +1 and paper is -1; the paper gives the two values and not
which is which.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

ROWS, COLUMNS = 12, 7


@cache
def bitmaps() -> dict[str, tuple[str, ...]]:
    """Return the bitmap of each printable ASCII character as 12 strings of ``#`` (ink) and ``.`` (paper)."""
    text = files(__package__).joinpath("rbf_codes.txt").read_text(encoding="ascii")
    lines = (line.split() for line in text.splitlines() if line and line[0] != "#")
    return {chr(int(code)): tuple(_row(int(row, 16)) for row in rows) for code, *rows in lines}


def _row(bits: int) -> str:
    return "".join("#" if bits >> (COLUMNS - 1 - x) & 1 else "." for x in range(COLUMNS))


def code(character: str) -> tuple[float, ...]:
    """Return the 84 targets of one character, row by row from the top: +1 for ink, -1 for paper.

    Raises:
        KeyError: the character isn't printable ASCII.
    """
    return tuple(1.0 if pixel == "#" else -1.0 for row in bitmaps()[character] for pixel in row)
