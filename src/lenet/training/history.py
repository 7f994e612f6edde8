"""What a run tells of each pass, and the two files that keep it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ..errors import LenetError
from ..files import append_to, write_atomically

LINES, SHEET = "history.jsonl", "history.csv"


@dataclass(frozen=True)
class Row:
    """A pass, or one so far: rows within a pass tell of its beginning up to there.

    Errors are shares, 0 to 1; None: not measured.

    Attributes:
        pass_: the pass, from 1.
        complete: whether the row closes the pass, or the run.
        updates: made since the run's start.
        loss: mean over the patterns of the pass, each before its update.
        training_error: of the same patterns, each before its update.
        training_error_after: of all training rows, undistorted, after the last update; where the recipe asks for it.
        validation_error: of the watched rows, after the last update.
        validation_loss: of the watched rows.
        test_error: where the recipe asks for it; it chooses nothing.
        rate: of the last update.
        seconds: of training since the run's start, measuring left out.
        digits_per_second: trained on in this pass.
    """

    pass_: int
    complete: bool
    updates: int
    loss: float
    training_error: float
    training_error_after: float | None
    validation_error: float | None
    validation_loss: float | None
    test_error: float | None
    rate: float
    seconds: float
    digits_per_second: float

    def as_dict(self) -> dict[str, float | int | bool | None]:
        """Return the row by column, ``pass_`` as ``pass``."""
        return {name.rstrip("_"): value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, columns: dict[str, object]) -> Row:
        """Return the row that ``as_dict`` gave these columns."""
        return cls(**{f.name: columns[f.name.rstrip("_")] for f in fields(cls)})  # type: ignore[arg-type]


COLUMNS = tuple(f.name.rstrip("_") for f in fields(Row))


def write(folder: Path, rows: Sequence[Row]) -> None:
    """Write both files anew with ``rows``.

    Raises:
        LenetError: they can't be written.
    """
    write_atomically(folder / LINES, "".join(map(_line, rows)).encode(), durable=False)
    write_atomically(folder / SHEET, (_record(COLUMNS) + "".join(map(_values, rows))).encode(), durable=False)


def append(folder: Path, row: Row) -> None:
    """Add a row to both files. Should a kill leave half a line, resuming writes them anew from the checkpoint.

    Raises:
        LenetError: they can't be written.
    """
    for name, text in ((LINES, _line(row)), (SHEET, _values(row))):
        append_to(folder / name, text.encode())


def read(folder: Path) -> tuple[Row, ...]:
    """Return the rows in a run's folder; a last line that was cut short is left out.

    Raises:
        LenetError: there is no history, or it is damaged.
    """
    path = folder / LINES
    try:
        text = path.read_text(encoding="utf-8")
        return tuple(Row.from_dict(json.loads(line)) for line in text.splitlines(keepends=True) if line[-1] == "\n")
    except OSError as error:
        raise LenetError(f"{path} can't be read: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError):
        raise LenetError(f"{path} is damaged: a line of it isn't a row of a history") from None


def _line(row: Row) -> str:
    return json.dumps(row.as_dict()) + "\n"


def _values(row: Row) -> str:
    return _record(["" if v is None else json.dumps(v) for v in row.as_dict().values()])


def _record(values: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()
