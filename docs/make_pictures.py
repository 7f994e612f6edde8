"""Makes docs/pictures/train.svg: what ``lenet train`` shows on a terminal, drawn.

    python docs/make_pictures.py

The command runs in a pseudo terminal, as it would for a person, and nothing in the picture is written by hand. The
picture is drawn here rather than by Rich, so that half blocks are squares whatever the reader's font.
"""

from __future__ import annotations

import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fcntl import ioctl
from html import escape
from itertools import groupby
from pathlib import Path
from termios import TIOCSWINSZ

from rich.color import Color
from rich.console import Console
from rich.text import Text

PICTURES = Path(__file__).parent / "pictures"
COLUMNS, ROWS = 80, 40  # of the terminal
WIDE, HIGH, EDGE = 8.4, 17.0, 16.0  # a character's width and height, and the margin, SVG units
PAPER, WORDS = "#000000", "#d0d0d0"
HALF = "▀"  # what digits are drawn with: its colour above, its background below


def main() -> None:
    """Run the command and write the picture."""
    PICTURES.mkdir(exist_ok=True)
    lines = [Text("$ lenet train"), *screen(run("train"))]
    (PICTURES / "train.svg").write_text(svg(lines), encoding="utf-8")


def run(*arguments: str) -> str:
    """Return what ``lenet`` with these arguments prints on a terminal; exit where it fails."""
    ours, its = pty.openpty()
    ioctl(its, TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "lenet", *arguments],
            cwd=folder,
            env={**environment, "TERM": "xterm-256color"},
            stdin=its,
            stdout=its,
            stderr=its,
        )
        os.close(its)
        printed = b"".join(read(ours))
    if process.wait():
        raise SystemExit(printed.decode())
    return printed.decode()


def read(terminal: int) -> Iterator[bytes]:
    """Yield what comes until the other end is closed, which Linux calls an error."""
    try:
        while some := os.read(terminal, 65536):
            yield some
    except OSError:
        return


def screen(printed: str) -> list[Text]:
    """Return the lines that remain: a line that moves is cleared (ESC [2K) and written again, until it's gone."""
    stays = re.sub(r"[^\n]*\n\x1b\[1A", "", re.sub(r"\x1b\[\?25[lh]|\r", "", printed))  # up a line, to clear that
    return [Text.from_ansi(line.rpartition("\x1b[2K")[2]) for line in stays.split("\n")]


def svg(lines: list[Text]) -> str:
    """Return a drawing of the lines."""
    while lines and not lines[-1].plain.strip():
        lines.pop()
    width, height = COLUMNS * WIDE + 2 * EDGE, len(lines) * HIGH + 2 * EDGE
    shapes = "\n".join(shape for row, line in enumerate(lines) for shape in drawn(line, EDGE + row * HIGH))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}">
<style>text {{ font: 14px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: {WORDS}; }}</style>
<rect width="{width:g}" height="{height:g}" rx="8" fill="{PAPER}"/>
<g shape-rendering="crispEdges">
{shapes}
</g>
</svg>
"""


def drawn(line: Text, top: float) -> Iterator[str]:
    """Yield the shapes of a line: runs of half blocks as rectangles, the rest as letters."""
    column = 0
    upper: list[tuple[int, str]] = []  # column and colour
    lower: list[tuple[int, str]] = []
    for text, style, _ in line.render(Console(width=COLUMNS)):
        if style and not text.strip(HALF):
            upper += [(column + i, colour(style.color)) for i in range(len(text))]
            lower += [(column + i, colour(style.bgcolor)) for i in range(len(text))]
        else:
            for word in re.finditer(r"\S+(?: \S+)*", text):
                place, length = column + word.start(), len(word[0]) * WIDE
                yield (
                    f'<text x="{EDGE + place * WIDE:g}" y="{top + 0.78 * HIGH:g}" textLength="{length:g}">'
                    f"{escape(word[0])}</text>"
                )
        column += len(text)
    for pixels, y in ((upper, top), (lower, top + HIGH / 2)):
        for (_, fill), run_ in groupby(enumerate(pixels), key=neighbours):
            places = [place for _, (place, _) in run_]
            x, length = EDGE + places[0] * WIDE, len(places) * WIDE
            yield f'<rect x="{x:g}" y="{y:g}" width="{length:g}" height="{HIGH / 2:g}" fill="{fill}"/>'


def neighbours(pixel: tuple[int, tuple[int, str]]) -> tuple[int, str]:
    """Return what pixels side by side and of one colour have in common: place less number, and the colour."""
    number, (place, fill) = pixel
    return place - number, fill


def colour(value: Color | None) -> str:
    """Return a colour as SVG has it."""
    return value.get_truecolor().hex if value else PAPER


if __name__ == "__main__":
    main()
