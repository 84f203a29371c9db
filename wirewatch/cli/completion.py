"""`wirewatch completion`: what makes a shell complete commands and options."""

from __future__ import annotations

import click

_LINES = {
    "bash": "echo 'eval \"$(wirewatch completion bash)\"' >> ~/.bashrc",
    "zsh": "echo 'eval \"$(wirewatch completion zsh)\"' >> ~/.zshrc",
    "fish": "wirewatch completion fish > ~/.config/fish/completions/wirewatch.fish",
}


@click.command(
    epilog="\b\n" + "\n".join(f"{shell:<5} {line}" for shell, line in _LINES.items()),
)
@click.argument("shell", type=click.Choice(list(_LINES)))
def completion(shell: str) -> None:
    """Print what makes SHELL complete commands and options; below, how to switch it on for good."""
    from click.shell_completion import get_completion_class

    from wirewatch.cli import cli

    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(cli, {}, "wirewatch", "_WIREWATCH_COMPLETE").source())
