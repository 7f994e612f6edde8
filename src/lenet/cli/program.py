"""The program ``lenet``: its commands, its exit codes, and how it tells of what went wrong."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from errno import ENOSPC
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

import click

from ..errors import LenetError
from .calibrate import calibrate
from .common import Interrupted, examples, print_json
from .completion import completion
from .convert import convert
from .data import data
from .evaluate import evaluate
from .export import export
from .models import models
from .predict import predict
from .read import read
from .report import report
from .reproduce import reproduce
from .summary import summary
from .train import train
from .tune import tune

WRONG, USAGE, BUG, INTERRUPTED = 1, 2, 70, 130  # exit codes; 70 is EX_SOFTWARE of sysexits.h
DEBUG = "LENET_DEBUG"


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from ..version import version

        click.echo(f"lenet {version()}")
        context.exit()


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "lenet models              the networks there are",
        "lenet train               train LeNet-5 on MNIST: seconds on a CPU",
        "lenet evaluate            its error on the test digits",
        "lenet read photo.jpg      the digits in a picture",
        "lenet summary lenet5      its layers, counted as in the paper",
    ),
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Its version."
)
@click.pass_context
def program(context: click.Context) -> None:
    """Train the LeNet networks of the literature, and read digits with them.

    Each command has its own --help. With --json, a command prints one JSON document.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (
    train,
    evaluate,
    predict,
    read,
    calibrate,
    summary,
    report,
    models,
    data,
    reproduce,
    tune,
    convert,
    export,
    completion,
):
    program.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program and exit: 0 fine, 1 a mistake told in words, 2 a wrong command line, 130 interrupted, 70 a bug.

    Args:
        arguments: the command line without the program's name; None: the process's.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in (given[: given.index("--")] if "--" in given else given)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what the terminal can't show must not end the program
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_: click.echo(f"lenet: {message}", err=True)
        sys.exit(_run(given, as_json))


def _run(given: list[str], as_json: bool) -> int:
    try:
        code = program.main(given, prog_name="lenet", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except BrokenPipeError:
        # The reader has left, as in `lenet models | head -1`: nobody to tell. Python would try to flush once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return WRONG
    except click.UsageError as error:
        if not as_json:
            error.show()
        code, text = USAGE, error.format_message()
    except Exception as error:
        code, text = _told(error)
        click.echo(f"lenet: {text}", err=True)
    if as_json:
        print_json({"error": text})
    return code


def _told(error: Exception) -> tuple[int, str]:
    """Return the exit code and the words for an error."""
    if isinstance(error, LenetError):
        return WRONG, str(error)
    if isinstance(error, (Interrupted, click.Abort)):
        return INTERRUPTED, str(error) or "interrupted"
    if isinstance(error, click.ClickException):
        return error.exit_code, error.format_message()
    if isinstance(error, MemoryError):
        return WRONG, "there is not enough memory; a smaller --batch, fewer --threads or a smaller data set needs less"
    if isinstance(error, OSError):
        return WRONG, _system(error)
    return BUG, _bug(error)


def _system(error: OSError) -> str:
    """Return what the system refused, such as room on a disk."""
    where = f": {error.filename}" if error.filename else ""
    if error.errno == ENOSPC:
        return f"the disk is full{where}; make room and try again"
    return f"{error.strerror or error}{where}"


def _bug(error: Exception) -> str:
    if os.environ.get(DEBUG):
        return "this is a bug in lenet:\n" + "".join(traceback.format_exception(error)).rstrip()
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"this is a bug in lenet: {type(error).__name__}: {error} (line {last.lineno} of {Path(last.filename).name}); "
        f"run it again with {DEBUG}=1 in the environment for the whole traceback, and report that"
    )
