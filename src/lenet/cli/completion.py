"""``lenet completion``: the script by which a shell completes the commands, options and names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from .common import examples


@click.command(
    short_help="Let a shell complete the commands.",
    epilog=examples(
        "lenet completion bash >> ~/.bashrc",
        "lenet completion zsh >> ~/.zshrc",
        "lenet completion fish > ~/.config/fish/completions/lenet.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that lets a shell complete commands, options and the names of networks."""
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(context.find_root().command, {}, "lenet", "_LENET_COMPLETE").source())
