"""`wirewatch ack`: someone has taken note of a story; its instant alerts end."""

from __future__ import annotations

import click

from wirewatch.cli.common import legible, say, writing
from wirewatch.cli.mute import known_story, login
from wirewatch.errors import UsageError


@click.command()
@click.argument("story")
@click.option("--because", default="", help="What you noted.")
@click.option("--by", "author", default="", help="Who (default: the name you are logged in as).")
@click.option("--undo", is_flag=True, help="Let its alerts come again.")
def ack(*, story: str, because: str, author: str, undo: bool) -> None:
    """End the instant alerts of STORY (its number); what is new in it still comes with the digest."""
    from wirewatch.clock import SystemClock
    from wirewatch.text import clean_line

    config = legible().config
    now = SystemClock().now()
    with writing(config) as store, store.transaction():
        number = known_story(store, story)
        if undo:
            if not store.silences.unack(number):
                raise UsageError(f"story {number} was not acknowledged")
            say(f"story {number} alerts again")
            return
        store.silences.ack(
            number,
            author=clean_line(author or login(), 60),
            because=clean_line(because, 200),
            now=now,
        )
    say(f"story {number} is silent until the digest; `wirewatch ack {number} --undo` takes it back")
