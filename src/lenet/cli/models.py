"""``lenet models``: the networks there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .common import examples, json_option, print_json, width

if TYPE_CHECKING:
    from ..zoo import Entry


@click.command(short_help="The networks there are.", epilog=examples("lenet models", "lenet models --json"))
@json_option
def models(as_json: bool) -> None:
    """List the networks there are: what each is, how large, where it comes from, and what was claimed of it.

    A network whose weights are in the package reads digits at once; the others are trained first. Further weights in
    the package, such as ensembles, come last. "recipes" are those that `lenet train --recipe NAME` follows in place of
    the first.
    """
    from ..report.table import Table
    from ..weights import names
    from ..zoo import ZOO

    weights = names()
    documents = [_of_the_zoo(name, row, name in weights) for name, row in ZOO.items()]
    documents += [_beside_the_zoo(name) for name in weights if name not in ZOO]
    if as_json:
        print_json(documents)
        return
    rows = [
        (
            each["name"],
            f"{each['parameters']:,}",
            "x".join(map(str, each["input"][1:])),
            "yes" if each["weights"] else "no",
            ", ".join(ZOO[each["name"]].further()) if each["name"] in ZOO else "",
            f"{each['source']}{': ' if each['claim'] else ''}{each['claim']}",
        )
        for each in documents
    ]
    heads = ("name", "parameters", "reads", "weights", "recipes", "source and claim")
    click.echo(Table(heads, rows, words=heads[3:] + heads[:1], spare=("reads", "recipes", "weights")).text(width()))


def _of_the_zoo(name: str, row: Entry, weights: bool) -> dict[str, Any]:
    return {
        "name": name,
        "parameters": row.network.parameters,
        "input": list(row.recipe.preparation.shape),
        "data": row.recipe.data,
        "source": row.source,
        "claim": row.claim,
        "weights": weights,
        "recipes": list(row.recipes()),
    }


def _beside_the_zoo(name: str) -> dict[str, Any]:
    """Describe weights in the package that aren't those of a row of the zoo."""
    from ..weights import describe
    from ..written import network_from_dict

    about = describe(name)
    network, members = network_from_dict(about["network"]), about.get("members", [about])
    words = f"{len(members)} of {network.name} together" if "members" in about else f"{network.name} by another recipe"
    test = about["metrics"].get("test")
    return {
        "name": name,
        "parameters": network.parameters * len(members),
        "input": about["preparation"]["shape"],
        "data": members[0]["data"]["name"],
        "source": words if test is None else f"{words}, test error {test['error']:.2%} here",
        "claim": "",
        "weights": True,
        "recipes": [],
    }
