"""Talks to people: a file per group of commands."""


def main() -> None:
    """Run the command line."""
