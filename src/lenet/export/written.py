"""What came of an export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Written:
    """A file that was written.

    Attributes:
        path: the file.
        model: what is in it, such as ``lenet5`` or ``16 x lenet5``.
        size: bytes.
        facts: what is true of it, as JSON has it.
        notes: the same in words, a line each.
    """

    path: Path
    model: str
    size: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
