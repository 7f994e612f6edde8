"""Readings in words."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .common import print_json

if TYPE_CHECKING:
    from ..reading import Line, Reading


class Answers:
    """Prints readings as they come: the digits on stdout; on a terminal with how sure they are, and where."""

    def __init__(self, *, several: bool, terminal: bool, alternatives: int) -> None:
        """Print so.

        Args:
            several: whether each answer stands after its file's name.
            terminal: whether a person reads stdout, who is told more; what is rejected is else told on stderr.
            alternatives: how many other answers are printed below each.
        """
        self._several, self._terminal, self._alternatives = several, terminal, alternatives

    def add(self, reading: Reading, pages: bool = False) -> None:
        """Print a reading; one that has failed is told on stderr.

        Args:
            reading: what to print.
            pages: whether its file has more pages.
        """
        name = f"{reading.file} page {reading.page}" if pages else reading.file
        if reading.error:
            tell(reading)
            return
        for line in reading.lines:
            self._line(name, line.answer, remark(line), why(line) if line.rejected else "")
            for text, probability in line.alternatives[: self._alternatives]:
                click.echo(f"  {text}  {probability:.1%}")
        if not reading.lines:
            self._line(name, "", "", f"blank, {reading.confidence:.1%} sure")

    def _line(self, name: str, text: str, about: str, rejected: str) -> None:
        before = f"{name}: " if self._several else ""
        if self._terminal:
            more = rejected or about
            quiet = not os.environ.get("NO_COLOR")
            click.echo(before + (f"{text}  {click.style(more, dim=quiet)}" if text else more))
        else:
            click.echo(f"{before}{text}".rstrip())
            if rejected:
                click.echo(f"lenet: {name}: {rejected}", err=True)


def tell(reading: Reading) -> None:
    """Say on stderr why a picture couldn't be read."""
    known = reading.file in reading.error
    click.echo(f"lenet: {reading.error}" if known else f"lenet: {reading.file}: {reading.error}", err=True)


def print_tally(file: Path, tally: dict[str, int], seconds: float, as_json: bool) -> None:
    """Print how many pages were read, and where the answers are."""
    if as_json:
        print_json({"file": str(file), **tally, "seconds": round(seconds, 2)})
        return
    said = f"{tally['pages']:,} pictures: {tally['read']:,} read, {tally['rejected']:,} rejected"
    wrong = f", {tally['failed']:,} couldn't be read" if tally["failed"] else ""
    click.echo(f"{said}{wrong}; {round(seconds, 2)} s; see {file}")


def remark(line: Line) -> str:
    """Return how sure a line's answer is, and where it stands."""
    left, top, right, bottom = line.box
    return f"{line.confidence:.1%} sure, at {left},{top} to {right},{bottom}"


def why(line: Line) -> str:
    """Return why a line has no answer, and what it would have been."""
    perhaps = f"; perhaps {line.text}, {line.confidence:.1%} sure" if line.text else ""
    return f"{line.reason}{perhaps}"
