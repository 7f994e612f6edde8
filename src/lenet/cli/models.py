"""``lenet models``: the networks there are."""

from __future__ import annotations

import click

from .common import examples, further, json_option, print_json, width


@click.command(short_help="The networks there are.", epilog=examples("lenet models", "lenet models --json"))
@json_option
def models(as_json: bool) -> None:
    """List the networks there are: what each is, how large, where it comes from, and what was claimed of it.

    A network whose weights are in the package reads digits at once; the others are trained first. "recipes" are those
    that `lenet train --recipe NAME` follows in place of the first.
    """
    from ..report.table import Table
    from ..weights import names
    from ..zoo import ZOO

    weights = set(names())
    if as_json:
        print_json(
            [
                {
                    "name": name,
                    "parameters": entry.network.parameters,
                    "input": list(entry.recipe.preparation.shape),
                    "data": entry.recipe.data,
                    "source": entry.source,
                    "claim": entry.claim,
                    "weights": name in weights,
                    "recipes": list(entry.recipes()),
                }
                for name, entry in ZOO.items()
            ]
        )
        return
    rows = [
        (
            name,
            f"{entry.network.parameters:,}",
            "x".join(map(str, entry.recipe.preparation.shape[1:])),
            "yes" if name in weights else "no",
            ", ".join(further(entry)),
            f"{entry.source}{': ' if entry.claim else ''}{entry.claim}",
        )
        for name, entry in ZOO.items()
    ]
    heads = ("name", "parameters", "reads", "weights", "recipes", "source and claim")
    click.echo(Table(heads, rows, words=heads[3:] + heads[:1], spare=("reads", "recipes", "weights")).text(width()))
