"""``lenet tune``: a space of networks and recipes, searched for the best."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .common import Interrupted, complete_data, examples, json_option, print_json, width

if TYPE_CHECKING:
    from ..tuning import Tuned

COUNT, SOME = click.IntRange(1), click.IntRange(0)


@click.command(
    short_help="Search networks and recipes.",
    epilog=examples(
        "lenet tune docs/spaces/tanh-same.toml",
        "lenet tune my-space.toml --trials 100 --minutes 30 --workers 2",
        "lenet tune --resume tuned/my-space-001 --trials 200",
        "lenet tune my-space.toml --ray --ray-address 10.0.0.1:6379",
    ),
)
@click.argument("space", metavar="[SPACE.toml]", required=False, type=click.Path())
@click.option("--data", metavar="NAME|PATH", shell_complete=complete_data, help="Other data than the recipe's.")
@click.option("--trials", metavar="N", type=COUNT, help="Networks to train in all; by default what the space says, 50.")
@click.option("--minutes", metavar="M", type=click.FloatRange(0), help="Begin no trial after so many.")
@click.option("--seeds", metavar="N", type=SOME, help="Train the best three again from N seeds, to choose by the mean.")
@click.option("--out", metavar="FOLDER", type=click.Path(), help="Of the search; by default a new one in tuned/.")
@click.option("--resume", metavar="FOLDER", type=click.Path(), help="Go on with the search of this folder.")
@click.option("--workers", metavar="N", type=COUNT, help="Trials at a time, a core each; by default one a core.")
@click.option("--ray", is_flag=True, help="Train on a cluster of Ray's.")
@click.option("--ray-address", metavar="HOST:PORT", help="The cluster; by default $RAY_ADDRESS, or this machine.")
@json_option
def tune(space: str | None, resume: str | None, *, as_json: bool, **options: object) -> None:
    """Search the networks and recipes of a space for the lowest error on training digits that are held out.

    SPACE.toml is a network and a recipe as for `lenet train`, with a table [space] of what varies: see docs/tuning.md.
    Bad trials are stopped early. Ctrl-C keeps what is done; --resume goes on. In the end the best trial is measured
    on the test pictures, which have chosen nothing.
    """
    from .. import tuning
    from ..extras import require
    from ..tuning import table
    from .trials import watcher

    if (space is None) == (resume is None):
        raise click.UsageError("give a SPACE.toml to search, or --resume FOLDER to go on with a search")
    if options["ray_address"] is not None and not options["ray"]:
        raise click.UsageError("--ray-address goes with --ray")
    for module in ("optuna", "matplotlib"):
        require(module, "tune", "lenet tune")
    with watcher(sys.stderr) as watch:
        tuned = tuning.tune(space, resume=resume, watch=watch, **options)  # type: ignore[arg-type]
    files = tuned.draw()
    if as_json:
        print_json({**table.document(tuned), "figures": [str(file) for file in files]})
    else:
        _print(tuned, files)
    if tuned.stopped:
        raise Interrupted(f"stopped; go on by: lenet tune --resume {tuned.folder}")


def _print(tuned: Tuned, files: list[Path]) -> None:
    """Print the best trials, what mattered, how the best does on the test pictures, and what now."""
    from ..report import scores
    from ..tuning import table

    click.echo(table.counts(tuned))
    if tuned.best is None:
        click.echo("no trial came to its end")
        return
    click.echo(f"\n{table.table(tuned).text(width())}")
    if tuned.importances:
        click.echo(f"\n{table.importances(tuned).text(width())}")
    if tuned.test is not None:
        click.echo(f"\ntrial {tuned.best.number} is chosen; test {scores.line(tuned.test)}, which chose nothing")
    for file in files:
        click.echo(f"drawn: {file}")
    click.echo(
        f"\nThe search is in {tuned.folder}. What now?\n"
        f"  lenet train {tuned.folder / 'best.toml'}\n"
        f"  lenet evaluate {tuned.run} --worst 10\n"
        f"  lenet summary {tuned.folder / 'best.toml'}"
    )
