"""`wirewatch story`: show how a story came together, and put right where it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wirewatch.cli.common import (
    json_option,
    legible,
    print_json,
    reading,
    say,
    shown,
    writing,
)
from wirewatch.cli.mute import known_story, login

if TYPE_CHECKING:
    from wirewatch.model import StoryView
    from wirewatch.store.story_views import Placing


@click.group()
def story() -> None:
    """Show, split or merge stories.

    What you split stays apart and what you merge stays together, whatever the scores say later. Nothing is
    told again because of it.
    """


@story.command()
@click.argument("number", metavar="STORY")
@json_option
def show(*, number: str, as_json: bool) -> None:
    """Show the articles of STORY, how each came into it, and why."""
    with reading(legible().config) as store:
        view = store.stories.view(known_story(store, number))
        placings = store.stories.placings(view.id)
        by_hand = store.stories.by_hand(view.id)
    if as_json:
        print_json({"story": view, "placings": placings, "by_hand": by_hand})
        return
    click.echo(f"{view.id}  {view.headline}")
    click.echo(f"{view.source_count} sources ({view.independent_count} independent)")
    for each in by_hand:
        what = "put together" if each.together else f"kept apart from story {each.story_id}"
        click.echo(f"{what} by {each.author}, {shown(each.at)}")
    click.echo()
    for line in _lines(view, placings):
        click.echo(line)


@story.command()
@click.argument("number", metavar="STORY")
@click.argument("articles", metavar="ARTICLE...", nargs=-1, required=True, type=int)
@click.option("--by", "author", default="", help="Who (default: the name you are logged in as).")
def split(*, number: str, articles: tuple[int, ...], author: str) -> None:
    """Move ARTICLEs (and copies of them) out of STORY into one of their own."""
    from wirewatch.clock import SystemClock
    from wirewatch.pipeline import mend

    with writing(legible().config) as store, store.transaction():
        new = mend.split(
            store,
            known_story(store, number),
            articles,
            author=author or login(),
            now=SystemClock().now(),
        )
    say(f"moved to story {new}; the two stay apart until `wirewatch story merge {number} {new}`")
    click.echo(new)


@story.command()
@click.argument("number", metavar="STORY")
@click.argument("other", metavar="OTHER")
@click.option("--by", "author", default="", help="Who (default: the name you are logged in as).")
def merge(*, number: str, other: str, author: str) -> None:
    """Make one story of STORY and OTHER; the older number stays, the other leads to it."""
    from wirewatch.clock import SystemClock
    from wirewatch.pipeline import mend

    with writing(legible().config) as store, store.transaction():
        left = mend.join(
            store,
            known_story(store, number),
            known_story(store, other),
            author=author or login(),
            now=SystemClock().now(),
        )
    say(f"story {left} holds the articles of both")
    click.echo(left)


def _lines(view: StoryView, placings: dict[int, Placing]) -> list[str]:
    lines = []
    for outlet in sorted(view.outlets, key=lambda each: (each.first_seen_at, each.article_id)):
        placing = placings.get(outlet.article_id)
        how = f"{placing.how} p={placing.p:.2f}: {placing.why}" if placing else ""
        copy = " (no text of its own)" if placing and placing.relation == "copy" else ""
        lines.append(
            f"{outlet.article_id:>7}  {shown(outlet.first_seen_at)}  {outlet.source}{copy}"
        )
        lines += [f"         {outlet.title}", f"         {how}"]
    return lines
