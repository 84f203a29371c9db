"""Write what is made of the code itself: two pages of docs/ and the JSON Schema (`make docs`)."""

from __future__ import annotations

from pathlib import Path

from wirewatch.cli import reference as commands
from wirewatch.config import reference as keys
from wirewatch.config.schema import schema_text

ROOT = Path(__file__).parents[1]


def pages() -> dict[str, str]:
    """Return what each made file should hold, by its path in the checkout."""
    return {
        "docs/configuration.md": keys.markdown(),
        "docs/commands.md": commands.markdown(),
        "config.schema.json": schema_text(),
    }


def main(root: Path = ROOT) -> None:
    """Write them all."""
    for name, text in pages().items():
        (root / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
