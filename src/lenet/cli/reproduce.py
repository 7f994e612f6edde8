"""``lenet reproduce``: the claims about LeNets, checked; the paper's figures from our runs; studies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from .common import Interrupted, examples, json_option, print_json, width

if TYPE_CHECKING:
    from ..report.table import Table
    from ..reproduce import Claim, Outcome
    from ..reproduce.studies import Study


def _complete(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    from ..reproduce import CLAIMS

    return [CompletionItem(name) for name in CLAIMS if name.startswith(begun)]


@click.command(
    short_help="Check the claims about LeNets.",
    epilog=examples(
        "lenet reproduce               the claims there are",
        "lenet reproduce lenet1 --seeds 3",
        "lenet reproduce --all         hours; after Ctrl-C the same command goes on",
        "lenet reproduce --figure 9 --all",
        "lenet reproduce --study pooling",
        "lenet reproduce --all --ray   on many machines",
    ),
)
@click.argument("claims", metavar="[CLAIM]...", nargs=-1, shell_complete=_complete)
@click.option("--all", "everything", is_flag=True, help="All claims; with --figure, all methods that it shows.")
@click.option("--figure", "figures", metavar="N", type=click.Choice(["5", "6", "8", "9"]), multiple=True,
              help="Draw this figure of the paper from our runs: 5, 6, 8 or 9.")  # fmt: skip
@click.option("--study", type=click.Choice(["pooling", "kernels", "maps", "recipes"]),
              help="Compare variants: of tanh-same, or of lenet5's best recipe, idea by idea.")  # fmt: skip
@click.option("--seeds", metavar="N", type=click.IntRange(1), default=5, show_default=True, help="Runs of each.")
@click.option("--out", metavar="FOLDER", type=click.Path(path_type=Path), default=Path("reproduced"), show_default=True,
              help="Where results, models and figures go.")  # fmt: skip
@click.option("--threads", metavar="N", type=click.IntRange(1), help="By default one a core; the results are the same.")
@click.option("--ray", is_flag=True, help="Run them on a cluster of Ray's; the results are the same.")
@click.option("--ray-address", metavar="HOST:PORT", help="The cluster; by default $RAY_ADDRESS, or this machine.")
@click.option("--markdown", is_flag=True, help="Print the table in Markdown.")
@json_option
@click.pass_context
def reproduce(context: click.Context, /, as_json: bool, markdown: bool, out: Path, **options: Any) -> None:
    """Run claims about LeNets over several seeds, and print what was claimed beside what came out.

    Results are written as they come: after Ctrl-C, the same command goes on. What is there already isn't run again,
    unless its recipe or its data have changed.
    """
    from ..reproduce.studies import STUDIES

    if markdown and as_json:
        raise click.UsageError("--markdown and --json: one at a time")
    if options["ray_address"] and not options["ray"]:
        raise click.UsageError("--ray-address goes with --ray")
    asked = _asked(options["claims"], options["everything"], options["figures"])
    study = STUDIES[options["study"]] if options["study"] else None
    if not asked and study is None:
        _list(markdown, as_json)
        return
    if options["figures"] or study:
        from ..report.plot import need_matplotlib

        need_matplotlib()
    outcome = _run([*asked, *(study.variants.values() if study else ())], out, options)
    files = [] if outcome.stopped else _draw(outcome, out, options["figures"], study)
    if as_json:
        _print_json(outcome, files)
    else:
        _print(outcome, asked, study, files, markdown)
    for unit, error in outcome.failed.items():
        click.echo(f"lenet: {unit.name}: {error}", err=True)
    if outcome.stopped:
        raise Interrupted(f"stopped; what is done is in {out}, and the same command goes on")
    if outcome.failed:
        context.exit(1)


def _list(markdown: bool, as_json: bool) -> None:
    """Print the claims there are."""
    from ..reproduce import CLAIMS, table

    if as_json:
        print_json({"claims": table.document({claim: [] for claim in CLAIMS.values()})})
        return
    _show(table.listing(CLAIMS.values()), markdown)
    if not markdown:
        click.echo("\nRun some by their names, or --all of them.")


def _show(table: Table, markdown: bool) -> None:
    click.echo(table.markdown() if markdown else table.text(width()))


def _print(outcome: Outcome, asked: list[Claim], study: Study | None, files: list[Path], markdown: bool) -> None:
    """Print what came out, and where it is drawn."""
    from ..reproduce import table

    if found := {claim: them for claim, them in table.by_claim(outcome.results).items() if claim in asked}:
        _show(table.table(found), markdown)
    if study:
        _show(study.table(outcome.results), markdown)
    for file in files:
        click.echo(f"drawn: {file}", err=markdown)


def _print_json(outcome: Outcome, files: list[Path]) -> None:
    from ..reproduce import table

    failed = {unit.name: str(error) for unit, error in outcome.failed.items()}
    found = table.document(table.by_claim(outcome.results))
    print_json({"claims": found, "figures": [str(file) for file in files], "failed": failed})


def _asked(claims: tuple[str, ...], everything: bool, figures: tuple[str, ...]) -> list[Claim]:
    """Return the claims that are to be run."""
    from ..reproduce import CLAIMS, find
    from ..reproduce.claims import of_figure

    asked = [find(name) for name in claims]
    for figure in figures:
        asked += of_figure(int(figure), everything=everything)
    if everything and not figures:
        asked += CLAIMS.values()
    return list(dict.fromkeys(asked))


def _run(claims: list[Claim], out: Path, options: dict[str, Any]) -> Outcome:
    from .. import reproduce
    from ..training.machine import facts
    from .data import loaded
    from .runs import watcher

    units, threads = reproduce.units(claims, options["seeds"]), options["threads"]
    with reproduce.Results(out) as results, watcher(sys.stderr) as watch:
        if options["ray"]:
            from ..reproduce.on_ray import perform_on_ray

            address = options["ray_address"]
            return perform_on_ray(units, results, data=loaded, address=address, workers=threads, watch=watch)
        cores = threads or int(facts()["cores"])
        return reproduce.perform(units, results, data=loaded, threads=cores, watch=watch)


def _draw(outcome: Outcome, out: Path, numbers: tuple[str, ...], study: Study | None) -> list[Path]:
    """Draw what was asked for, and return the files."""
    from ..reproduce import figures
    from .data import loaded

    files: list[Path] = []
    for number in dict.fromkeys(numbers):
        files += figures.draw(int(number), outcome.results, out, loaded)
    if study:
        files += figures.compare(study, outcome.results, out)
    return files
