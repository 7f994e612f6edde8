"""``lenet convert``: a model of weights that a PyTorch program saved."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import LenetError
from .common import complete_network, examples, json_option, print_json, width

SUFFIX = ".safetensors"


@click.command(
    short_help="Weights that a PyTorch program saved.",
    epilog=examples(
        "lenet convert model.pth --as relu-valid",
        "lenet convert checkpoint.pt --as d2l --out d2l.safetensors",
        "lenet convert mine.pth --as my-network.toml --mean 0.1307 --std 0.3081",
    ),
)
@click.argument("path", type=click.Path())
@click.option(
    "--as",
    "as_",
    metavar="NETWORK",
    shell_complete=complete_network,
    help="A name that `lenet models` lists, or a TOML file; by default the one network that the arrays fit.",
)
@click.option("--out", metavar="FILE", help=f"Where the model goes; by default beside PATH, with {SUFFIX}.")
@click.option("--mean", type=float, help="Of Normalize((MEAN,), (STD,)), which the program prepared its pictures by.")
@click.option("--std", type=float, help="Of the same.")
@click.option("--range", "ends", type=(float, float), metavar="LOW HIGH", help="What pixels of 0 and 255 became.")
@click.option("--classes", metavar="A,B,...", help="The name of each class; by default 0, 1, 2, ...")
@json_option
def convert(
    *,
    path: str,
    as_: str | None,
    out: str | None,
    mean: float | None,
    std: float | None,
    ends: tuple[float, float] | None,
    classes: str | None,
    as_json: bool,
) -> None:
    """Make a model of the weights in PATH, which torch.save wrote, or of a safetensors file.

    PATH holds a state dict, or a checkpoint with one in it. Its arrays are matched by shape, then by name and order.
    How pictures are prepared is as the network's recipe has it, unless --mean and --std, or --range, say otherwise.
    Only arrays are read: nothing in the file is run.
    """
    low, high = _ends(mean, std, ends)
    target = _target(Path(path), out)
    from ..converting import converted
    from ..report.table import Table

    names = None if classes is None else tuple(name.strip() for name in classes.split(","))
    made = converted(path, as_=as_, low=low, high=high, classes=names)
    made.model.save(target)
    p, data = made.model.preparation, made.entry.recipe.data
    after = f"lenet evaluate {target}" + (f" --data {data}" if data != "mnist" else "")
    if as_json:
        print_json(
            {
                "network": made.model.name,
                "file": str(target),
                "preparation": {"low": p.low, "high": p.high, "padding": p.padding},
                "classes": list(made.model.classes),
                "arrays": [
                    {"from": a.found, "shape": a.found_shape, "to": a.wanted, "becomes": a.wanted_shape}
                    for a in made.pairs
                ],
                "next": after,
            }
        )
        return
    rows = [(a.found or "", _shape(a.found_shape), a.wanted or "", _shape(a.wanted_shape)) for a in made.pairs]
    heads = ("in the file", "shape", "in the network", "its shape")
    click.echo(f"{path} is a {made.model.name}:\n")
    click.echo(Table(heads, rows, words=heads).text(width()))
    border = f", with a border of {p.padding} pixels" if p.padding else ""
    click.echo(f"\npixels of 0 and 255 become {p.low:g} and {p.high:g}{border}")
    click.echo(f"written to {target}; see how well it reads: {after}")


def _ends(
    mean: float | None, std: float | None, ends: tuple[float, float] | None
) -> tuple[float, float] | tuple[None, None]:
    """Return what pixels of 0 and 255 become; None: as the network's recipe has it."""
    if (mean is None) != (std is None):
        raise click.UsageError("--mean and --std go together")
    if mean is None or std is None:
        return ends or (None, None)
    if ends is not None:
        raise click.UsageError("--mean with --std, or --range: one of them")
    if not std > 0:
        raise click.UsageError(f"--std must be above 0, but is {std:g}")
    return -mean / std, (1 - mean) / std


def _target(path: Path, out: str | None) -> Path:
    if out is not None:
        return Path(out)
    target = path.with_suffix(SUFFIX)
    if target.exists():
        raise LenetError(f"{target} exists; say where the model goes by --out, which overwrites")
    return target


def _shape(shape: tuple[int, ...] | None) -> str:
    return "" if shape is None else " x ".join(map(str, shape))
