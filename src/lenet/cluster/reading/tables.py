"""Pictures in the cells of Parquet files: their bytes, or their paths."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import LenetError, unknown
from ...extras import require
from .shards import Shards
from .source import Named, Picture, fact, unseen

COLUMNS = ("bytes", "image", "path")  # the first of these that there is has the pictures
NAMES = ("path", "key", "name", "file", "id")  # the first of these that is text has their names
AT_ONCE = 16  # rows that are in memory


@dataclass(frozen=True)
class Table:
    """A Parquet file.

    Attributes:
        called: its path, as it was given.
        path: its full path.
        size: in bytes.
        column: that has the pictures.
        key: that has their names; None: none has, and they are called after file and row.
    """

    called: str
    path: str
    size: int
    column: str
    key: str | None


@dataclass(frozen=True)
class Rows:
    """``count`` rows of a table from the row ``first``, from 0."""

    table: Table
    first: int
    count: int

    def __iter__(self) -> Iterator[Named]:
        """Yield their pictures; raise ``LenetError`` where the file can't be read on this machine."""
        table, row = self.table, self.first
        if not Path(table.path).is_file() or Path(table.path).stat().st_size != table.size:
            raise unseen(table.path)
        try:
            for cells in self._cells():
                name, picture = _picture(cells[table.column], Path(table.path).parent)
                key = cells[table.key] if table.key else name
                yield (str(key) if key else f"{table.called}#{row}"), picture
                row += 1
        except (OSError, ValueError) as error:  # pyarrow's errors are these
            raise _unreadable(table.called, error) from None

    def _cells(self) -> Iterator[dict[str, Any]]:
        """Yield the rows' cells by column; the rest of the file is passed over."""
        from pyarrow.parquet import ParquetFile

        columns = [self.table.column, *filter(None, [self.table.key])]
        skip, left = self.first, self.count
        with ParquetFile(self.table.path, pre_buffer=False, buffer_size=1 << 20) as file:
            for group in range(file.metadata.num_row_groups):
                if left <= 0:
                    return
                if skip >= (has := file.metadata.row_group(group).num_rows):
                    skip -= has
                    continue
                for batch in file.iter_batches(AT_ONCE, [group], columns, use_threads=False):
                    some = batch.slice(skip, left).to_pylist()
                    skip, left = max(0, skip - batch.num_rows), left - len(some)
                    yield from some
                    if left <= 0:
                        return


def tables(files: list[str], called: str, column: str | None) -> Shards[Table]:
    """Return the pictures of Parquet files.

    Args:
        files: their paths.
        called: what was asked for, for the errors.
        column: that has the pictures; None: the first of ``COLUMNS`` that there is.

    Raises:
        LenetError: a file is damaged or has no such column.
    """
    parquet = require("pyarrow.parquet", "ray", "reading Parquet")
    found, counts = [], []
    for file in files:
        try:
            with parquet.ParquetFile(file) as opened:
                schema, rows = opened.schema_arrow, opened.metadata.num_rows
        except (OSError, ValueError) as error:
            raise _unreadable(file, error) from None
        which = _column(file, schema, column)
        keys = (name for name in NAMES if name in schema.names and name != which and _is(schema, name, "string"))
        path = Path(file).absolute()
        found.append(Table(file, str(path), path.stat().st_size, which, next(keys, None)))
        counts.append(rows)
    if not sum(counts):
        raise LenetError(f"{called} holds no pictures: its tables have no rows")
    return Shards(tuple(files), tuple(map(fact, files)), found, counts, Rows)


def _column(file: str, schema: Any, column: str | None) -> str:
    """Return the column that has the pictures."""
    if column is None:
        column = next((name for name in COLUMNS if name in schema.names), None)
        if column is None:
            raise LenetError(
                f"{file} has no column {', '.join(COLUMNS[:-1])} or {COLUMNS[-1]}, but {', '.join(schema.names)}; "
                "say by --column which has the pictures"
            )
    elif column not in schema.names:
        raise unknown(f"column of {file}", column, schema.names)
    if not _is(schema, column, "binary", "string", "struct"):
        raise LenetError(
            f"the column {column!r} of {file} is of {schema.field(column).type}; pictures are the bytes of their "
            "files, paths, or structs of bytes and path"
        )
    return column


def _is(schema: Any, column: str, *kinds: str) -> bool:
    text = str(schema.field(column).type)
    return any(text.removeprefix("large_").startswith(kind) for kind in kinds)


def _picture(cell: Any, folder: Path) -> tuple[str, Picture]:
    """Return the name, or "", and the picture of a cell; paths are seen from the table's folder."""
    if isinstance(cell, dict):  # as Hugging Face's data sets keep pictures
        path, data = cell.get("path") or "", cell.get("bytes")
        return path, _picture(path if data is None else data, folder)[1]
    if isinstance(cell, bytes):
        return "", cell
    return (cell, os.fspath(folder / cell)) if cell else ("", LenetError("its cell is empty"))


def _unreadable(file: str, error: Exception) -> LenetError:
    first = str(error).strip().partition("\n")[0]
    return LenetError(f"{file} can't be read as Parquet: {first}")
