"""``lenet summary``: what a network is, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..errors import LenetError
from .common import complete_network, examples, is_path, is_written, json_option, print_json, width

if TYPE_CHECKING:
    from ..network import Network
    from ..recipe import Recipe
    from ..zoo import Entry


@click.command(
    short_help="A network's layers and counts.",
    epilog=examples(
        "lenet summary lenet5", "lenet summary runs/my-run --json", "lenet summary lenet5 --toml > my-network.toml"
    ),
)
@click.argument("network", shell_complete=complete_network)
@click.option("--markdown", is_flag=True, help="Print the table in Markdown.")
@click.option("--toml", is_flag=True, help="Print a TOML file of it, to change and to train.")
@json_option
def summary(network: str, markdown: bool, toml: bool, as_json: bool) -> None:
    """Show a network's layers: shapes, parameters, connections as the paper counts them, multiply-adds.

    NETWORK is a name that `lenet models` lists, a network of your own in a TOML file, a trained model's file, or the
    folder of a run. "sees" is how many pixels of the input an output depends on.
    """
    if markdown + toml + as_json > 1:
        raise click.UsageError("--markdown, --toml and --json: one at a time")
    from ..recipe import words
    from ..report import summary
    from ..written import recipe_to_dict, write

    described, recipe, entry = _find(network)
    table = summary.table(described)
    if as_json:
        about: dict[str, Any] = {} if entry is None else {"source": entry.source, "claim": entry.claim}
        about["recipe"] = None if recipe is None else recipe_to_dict(recipe)
        if entry is not None:
            about["recipes"] = {name: recipe_to_dict(other) for name, other in entry.recipes().items()}
        print_json({**summary.document(described), **about})
    elif markdown:
        click.echo(table.markdown())
    elif toml:
        if entry is None:
            raise LenetError(f"--toml needs a name that `lenet models` lists or a TOML file, but {network} is a model")
        click.echo(write(entry), nl=False)
    else:
        channels, rows, columns = described.input
        click.echo(f"{described.name}: reads {channels} x {rows} x {columns} pixels, {described.classes} classes\n")
        click.echo(table.text(width()))
        if entry is not None:
            click.echo(f"\nfrom {entry.source}; its claim: {entry.claim or 'none'}")
        if recipe is not None:
            click.echo(f"\nrecipe:\n{words.text(recipe)}")
        for name, other in (entry.further() if entry else {}).items():
            click.echo(f"\nrecipe {name}, where it is another:\n{words.text(other, recipe)}")


def _find(what: str) -> tuple[Network, Recipe | None, Entry | None]:
    """Return the network that an argument names, its recipe, and its row of the zoo or of a TOML file."""
    from ..weights import names
    from ..zoo import ZOO, entry

    if is_written(what):
        from ..written import read

        written = read(what)
        return written.network, written.recipe, written
    if what not in ZOO and (what in names() or is_path(what)):
        from ..weights import load

        model = load(what)
        return model.network, model.recipe, None
    row = entry(what)
    return row.network, row.recipe, row
