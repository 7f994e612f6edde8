"""What a process does that reads pictures for another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .pages import Portable, attempt
from .result import Reading

if TYPE_CHECKING:
    from .settings import Settings


def begin(settings: Settings) -> Callable[[tuple[Portable, bool]], list[Reading]]:
    """Return what reads (source, whether all its pages); raise ``LenetError`` where the settings are wrong."""
    reader = settings.reader()
    return lambda asked: attempt(asked[0], reader, asked[1])
