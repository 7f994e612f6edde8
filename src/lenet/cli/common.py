"""What the commands share: options, and what the terminal can show."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from ..report.terminal import Style

Command = TypeVar("Command", bound=Callable[..., Any])
FALLBACK_WIDTH = 80


class Interrupted(Exception):  # noqa: N818  no error: the user asked for it
    """Ctrl-C, with words on how to go on."""


def examples(*lines: str) -> str:
    """Return examples of a command, as the end of its help."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)  # \b: click wraps no line of it


def json_option(command: Command) -> Command:
    """Give a command ``--json``, which it receives as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")(command)


def engine_options(command: Command) -> Command:
    """Give a command ``--engine`` and ``--device``."""
    device = click.option("--device", metavar="cuda|mps|cpu", help="That PyTorch computes on; by default the best.")
    return click.option("--engine", metavar="NAME", help="native (by default), torch, or reference.")(device(command))


def print_json(document: Any) -> None:
    """Print one JSON document, in ASCII, on one line."""
    click.echo(json.dumps(document, allow_nan=False))


def is_terminal(stream: TextIO) -> bool:
    """Whether a person looks at the stream, on a terminal that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width(stream: TextIO | None = None) -> int | None:
    """Return how many characters wide the terminal is; None: what is printed goes elsewhere, as wide as it likes."""
    if not (stream or sys.stdout).isatty():
        return None
    return shutil.get_terminal_size((FALLBACK_WIDTH, 24)).columns


def style() -> Style:
    """Return how pictures are drawn on stdout: greys on a terminal unless NO_COLOR is set, ASCII if it must be."""
    from ..report.terminal import BLOCKS, Style

    try:
        BLOCKS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return Style.ASCII
    return Style.GREYS if is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") else Style.BLOCKS


def is_written(what: str) -> bool:
    """Whether an argument means a TOML file."""
    return Path(what).suffix.lower() == ".toml"


def is_path(what: str) -> bool:
    """Whether an argument means a file or a folder rather than a name."""
    return len(Path(what).parts) > 1 or bool(Path(what).suffix) or Path(what).exists()


def complete_network(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the names of networks and weights that begin so, and else files, for a shell to complete."""
    from ..weights import names as weights
    from ..zoo import ZOO

    names = [CompletionItem(name) for name in dict.fromkeys((*ZOO, *weights())) if name.startswith(begun)]
    return names or [CompletionItem(begun, type="file")]


def complete_data(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the names of data sets that begin so, and else files, for a shell to complete."""
    from ..data import names

    found = [CompletionItem(name) for name in names() if name.startswith(begun)]
    return found or [CompletionItem(begun, type="file")]
