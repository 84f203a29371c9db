"""`wirewatch schema`: the JSON Schema of config.yaml, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from wirewatch.cli.common import say


@click.command()
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), help="Write it to this file instead."
)
def schema(output: Path | None) -> None:
    """Print the JSON Schema of config.yaml.

    Editors with a YAML language server complete and check keys when the first line of the file is
    `# yaml-language-server: $schema=./config.schema.json`.
    """
    from wirewatch.config.schema import schema_text

    text = schema_text()
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        say(f"wrote {output}")
