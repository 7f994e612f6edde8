"""Readings as rows of Parquet."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from ...extras import require
from ...reading import Reading

Numbered = tuple[int, Reading]  # the picture's place in the source, and the reading of one of its pages
SIDES = ("left", "top", "right", "bottom")


def schema() -> Any:
    """Return the columns, which docs/commands.md lists."""
    arrow = require("pyarrow", "ray", "writing Parquet")
    box = arrow.struct([(side, arrow.int32()) for side in SIDES])
    judged = [("confidence", arrow.float64()), ("box", box), ("rejected", arrow.bool_())]
    return arrow.schema(
        [
            ("number", arrow.int64()),
            ("path", arrow.string()),
            ("page", arrow.int32()),
            ("kind", arrow.string()),
            ("text", arrow.string()),
            ("confidence", arrow.float64()),
            ("rejected", arrow.bool_()),
            ("reason", arrow.string()),
            ("digits", arrow.list_(arrow.struct([("label", arrow.string()), *judged]))),
            ("lines", arrow.list_(arrow.struct([("text", arrow.string()), *judged, ("reason", arrow.string())]))),
            ("seconds", arrow.float64()),
            ("error", arrow.string()),
        ]
    )


def pack(readings: Iterable[Numbered]) -> bytes:
    """Return a Parquet file of them."""
    arrow, parquet = require("pyarrow", "ray", "writing Parquet"), require("pyarrow.parquet", "ray", "writing Parquet")
    file = io.BytesIO()
    rows = [_row(number, reading) for number, reading in readings]
    parquet.write_table(arrow.Table.from_pylist(rows, schema()), file, compression="zstd")
    return file.getvalue()


def _row(number: int, reading: Reading) -> dict[str, Any]:
    document = reading.to_dict()
    lines = [_boxed(line) for line in document["lines"]]
    digits = [_boxed(digit) for line in document["lines"] for digit in line["digits"]]
    path = reading.file.encode(
        "utf-8", "backslashreplace"
    ).decode()  # a name that is no UTF-8 is told as well as can be
    return {**document, "number": number, "path": path, "lines": lines, "digits": digits}


def _boxed(what: dict[str, Any]) -> dict[str, Any]:
    return {**what, "box": dict(zip(SIDES, what["box"], strict=True))}
