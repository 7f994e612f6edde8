"""``lenet export``: a model as a file for other programs."""

from __future__ import annotations

import re
from pathlib import Path

import click

from .common import complete_network, examples, json_option, print_json

DEFAULT = "lenet5"


@click.command(
    short_help="A model as ONNX or plain C.",
    epilog=examples(
        "lenet export lenet5.onnx",
        "lenet export lenet5.onnx --with-preparation",
        "lenet export lenet5-int8.onnx --int8",
        "lenet export digits.onnx --model runs/my-run",
        "lenet export lenet5.h --int8",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--model",
    metavar="NAME|PATH",
    shell_complete=complete_network,
    help="Which one; by default the one that the file is named after, or lenet5.",
)
@click.option("--int8", is_flag=True, default=None, help="In whole numbers of 8 bits, calibrated on training digits.")
@click.option(
    "--data", metavar="NAME|PATH", help="With --int8: what to calibrate on; by default what it was trained on."
)
@click.option("--with-preparation", is_flag=True, default=None, help="ONNX: uint8 pictures in, labels out.")
@click.option("--opset", metavar="N", type=int, help="ONNX: the version of its operators.")
@json_option
def export(file: Path, model: str | None, as_json: bool, **options: object) -> None:
    """Write a model to FILE, whose suffix says the format: .onnx is ONNX, .h a header of plain C.

    A file named after a model whose weights are in the package, such as d2l.onnx or d2l-int8.onnx, gets that model;
    any other name gets lenet5. --model takes such a name too, a model's file, or the folder of a run.
    """
    from ..export import write

    given = {name: value for name, value in options.items() if value is not None}
    written = write(model or named_after(file), file, **given)
    if as_json:
        facts = {"file": str(written.path), "model": written.model, "bytes": written.size}
        print_json({**facts, **written.facts})
        return
    click.echo(f"{written.path}: {written.model}, {written.size:,} bytes")
    for note in written.notes:
        click.echo(note)


def named_after(file: Path) -> str:
    """Return the longest name of a network or of weights that a file's name is or begins with, else ``lenet5``.

    ``d2l.onnx``, ``d2l-int8.onnx`` and ``relu_valid.h`` are named after a network, ``model.onnx`` and ``d2lx.onnx``
    after none.
    """
    from ..weights import names
    from ..zoo import ZOO

    words = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()) + "-"
    return max((name for name in {*names(), *ZOO} if words.startswith(f"{name}-")), key=len, default=DEFAULT)
