"""Plain values as the text of a TOML file."""

from __future__ import annotations

import json
import re
from typing import Any

Table = dict[str, Any]


def text(table: Table) -> str:
    """Return a table of plain values as a TOML file. None is left out: TOML has no such thing."""
    return "\n".join(_lines(table, ())).strip() + "\n"


def inline(value: Any) -> str:
    """Return a value as it stands after a ``=``, a table in braces."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key(name)} = {inline(part)}' for name, part in value.items() if part is not None)} }}"
    if isinstance(value, list):
        return f"[{', '.join(inline(part) for part in value)}]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # JSON's, but for one character


def key(name: str) -> str:
    """Return a key, in quotes where it takes them."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else inline(name)


def _lines(table: Table, path: tuple[str, ...]) -> list[str]:
    """Return the lines of a table: its own values, then the tables in it."""
    lines: list[str] = []
    for name, value in table.items():
        if value is not None and not _is_table(value):
            lines.append(f"{key(name)} = {inline(value)}")
    for name, value in table.items():
        header = ".".join((*path, key(name)))
        if isinstance(value, dict):
            lines += ["", f"[{header}]", *_lines(value, (*path, key(name)))]
        elif _is_table(value):
            for part in value:
                lines += ["", f"[[{header}]]", *_lines(part, (*path, key(name)))]
    return lines


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))
