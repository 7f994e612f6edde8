"""A table, as aligned text for a terminal and as Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass

GAP = "  "
LEAST = 16  # columns that a wrapped last column keeps


@dataclass(frozen=True)
class Table:
    """Rows under heads.

    Attributes:
        heads: the name of each column.
        rows: a text for each column of each row.
        words: heads of the columns that are aligned left; the others hold numbers and are aligned right.
        spare: heads of the columns that are left out of a text that is too wide, the first first.
        total: whether the last row is a sum, set off by a line.
    """

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    words: Collection[str] = ()
    spare: tuple[str, ...] = ()
    total: bool = False

    def text(self, width: int | None = None) -> str:
        """Return the table in aligned columns of at most ``width`` characters, as far as they can be had.

        Where it is too wide, first the spare columns go, then a last column of words is wrapped.
        """
        table = self
        for head in self.spare:
            if width is None or table._width() <= width:
                break
            table = table._without(head)
        return "\n".join(table._lines(width))

    def markdown(self) -> str:
        """Return the table in Markdown."""
        rule = [":--" if head in self.words else "--:" for head in self.heads]
        rows = [self.heads, rule, *([cell.replace("|", r"\|") for cell in row] for row in self.rows)]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def _without(self, head: str) -> Table:
        place = self.heads.index(head)

        def cut(row: tuple[str, ...]) -> tuple[str, ...]:
            return row[:place] + row[place + 1 :]

        return Table(cut(self.heads), [cut(row) for row in self.rows], self.words, total=self.total)

    def _widths(self) -> list[int]:
        return [max(map(len, column)) for column in zip(self.heads, *self.rows, strict=True)]

    def _width(self) -> int:
        return sum(self._widths()) + len(GAP) * (len(self.heads) - 1)

    def _lines(self, width: int | None) -> list[str]:
        widths = self._widths()
        before = sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
        last = widths[-1]
        if width is not None and self.heads[-1] in self.words:
            last = min(last, max(width - before, LEAST))
        lines = []
        for row in (self.heads, *self.rows):
            first, *more = textwrap.wrap(row[-1], last) or [""]
            lines.append(self._line((*row[:-1], first), widths))
            lines += [" " * before + line for line in more]
        if self.total:
            lines.insert(-1, "-" * min(self._width(), before + last))
        return lines

    def _line(self, row: tuple[str, ...], widths: list[int]) -> str:
        cells = (
            cell.ljust(width) if head in self.words else cell.rjust(width)
            for head, cell, width in zip(self.heads, row, widths, strict=True)
        )
        return GAP.join(cells).rstrip()
