"""`wirewatch feeds add | check | import | export`: getting feeds in, out, and looked over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirewatch.cli.common import configuration, is_quiet, json_option, print_rows, say
from wirewatch.errors import UsageError

if TYPE_CHECKING:
    from wirewatch.model import Config, Feed
    from wirewatch.pipeline.trial import Verdict

_CHECKED = ("name", "verdict", "entries", "newest_at", "took", "problem", "advice")


@click.command("add")
@click.argument("url")
@click.option("--name", help="What to call it (default: its own title).")
@click.option("--tag", "tags", multiple=True, help="A tag; repeatable.")
@click.option("--tier", type=click.IntRange(1, 5), default=3, show_default=True)
@click.option("--all", "take_all", is_flag=True, help="Of a page that names several feeds, all.")
@click.option("--dry-run", is_flag=True, help="Try it and say what would be added.")
@click.pass_context
def add(
    ctx: click.Context,
    *,
    url: str,
    name: str | None,
    tags: tuple[str, ...],
    tier: int,
    take_all: bool,
    dry_run: bool,
) -> int:
    """Try a feed, or find the feeds of a page, and add it to config.yaml in place, comments kept."""
    from dataclasses import replace

    from wirewatch.model import Feed

    config = configuration(ctx).config
    wanted = Feed(name=name or url, url=_with_scheme(url), tags=tags, tier=tier)
    (verdict,) = _tried(config, [wanted])
    if not verdict.is_good and not verdict.feeds:
        raise click.ClickException(
            f"{wanted.url}: {verdict.problem}. {verdict.advice}".rstrip(". ")
        )
    if verdict.feeds:
        if len(verdict.feeds) > 1 and not take_all:
            for found in verdict.feeds:
                click.echo(f"{found.url}\t{found.title}")
            say("this page names several feeds: add one of them by its URL, or use --all")
            return 1
        verdicts = _tried(config, [replace(wanted, url=each.url) for each in verdict.feeds])
    else:
        verdicts = [verdict]
    feeds = [_named(each, name) for each in verdicts if each.is_good]
    return _write(config, feeds, dry_run=dry_run)


@click.command("check")
@click.argument("names", nargs=-1)
@json_option
@click.pass_context
def check(ctx: click.Context, *, names: tuple[str, ...], as_json: bool) -> int:
    """Try feeds (all of them without NAMES) and say how each did; exit status 1 if one can't be read."""
    from wirewatch.config.words import did_you_mean

    config = configuration(ctx).config
    known = [feed.name for feed in config.feeds]
    for name in names:
        if name not in known:
            raise UsageError(f"no feed is called {name!r}; {did_you_mean(name, known)}")
    chosen = [feed for feed in config.feeds if not names or feed.name in names]
    verdicts = _tried(config, chosen)
    verdicts.sort(key=lambda each: (each.is_good, each.feed.name))
    print_rows(map(row, verdicts), columns=_CHECKED, as_json=as_json)
    bad = sum(not each.is_good for each in verdicts)
    say(f"{len(verdicts) - bad} of {len(verdicts)} feeds can be read")
    return int(bad > 0)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--try", "try_first", is_flag=True, help="Add only those that can be read now.")
@click.option("--dry-run", is_flag=True, help="Say what would be added.")
@click.pass_context
def import_(ctx: click.Context, *, file: Path, try_first: bool, dry_run: bool) -> int:
    """Add the feeds of an OPML file to config.yaml, folders as tags; those it has already stay."""
    from ingest.opml import read_opml
    from wirewatch.model import Feed

    config = configuration(ctx).config
    feeds = [
        Feed(each.title or each.url, each.url, tags=each.tags, language=each.language)
        for each in read_opml(file.read_bytes())
    ]
    if try_first:
        verdicts = _tried(config, feeds)
        for each in verdicts:
            if not each.is_good:
                say(f"left out {each.feed.name}: {each.problem}")
        feeds = [each.feed for each in verdicts if each.is_good]
    return _write(config, feeds, dry_run=dry_run)


@click.command("export")
@click.pass_context
def export(ctx: click.Context) -> None:
    """Print the feeds as OPML, for any other reader."""
    from ingest.opml import write_opml

    config = configuration(ctx).config
    click.echo(write_opml(config.feeds, title=config.title).decode(), nl=False)


COMMANDS = (add, check, import_, export)


def row(verdict: Verdict) -> dict[str, object]:
    """Return a verdict as it is printed."""
    return {
        "name": verdict.feed.name,
        "url": verdict.feed.url,
        "verdict": verdict.verdict,
        "entries": verdict.entry_count,
        "newest_at": verdict.newest_at,
        "took": f"{verdict.took_s:.1f} s",
        "problem": verdict.problem,
        "advice": verdict.advice,
        "moved_to": verdict.moved_to,
        "feeds": [each.url for each in verdict.feeds],
    }


def added(config: Config, feeds: Sequence[Feed]) -> list[Feed]:
    """Return the feeds that a configuration does not have, with names that are free in it."""
    from dataclasses import replace

    from ingest.opml import same_feed

    names = {feed.name.casefold() for feed in config.feeds}
    new: list[Feed] = []
    for feed in feeds:
        if any(same_feed(feed.url, each.url) for each in (*config.feeds, *new)):
            say(f"{feed.name} is there already: {feed.url}")
            continue
        name, count = feed.name, 1
        while name.casefold() in names:
            count += 1
            name = f"{feed.name} {count}"
        names.add(name.casefold())
        new.append(replace(feed, name=name))
    return new


def _write(config: Config, feeds: Sequence[Feed], *, dry_run: bool) -> int:
    from wirewatch.config.edit import add_feeds

    new = added(config, feeds)
    if not dry_run:
        add_feeds(config.path, new)
    for feed in new:
        click.echo(f"{feed.name}\t{feed.url}")
    verb = "would be added" if dry_run else "added"
    say(f"{len(new)} feed{'s' * (len(new) != 1)} {verb} to {config.path}")
    return 0 if new or not feeds else 1


def _named(verdict: Verdict, name: str | None) -> Feed:
    from dataclasses import replace
    from urllib.parse import urlsplit

    from ingest.normalise import language_of
    from wirewatch.text import clean_line

    title = name or clean_line(verdict.title, 80) or urlsplit(verdict.feed.url).hostname or "feed"
    language = language_of(verdict.language)
    url = verdict.moved_to or verdict.feed.url
    # English is what rules and stories take for granted.
    return replace(
        verdict.feed, name=title, url=url, language=language if language != "en" else None
    )


def _with_scheme(url: str) -> str:
    url = url.strip()
    return url if "://" in url else f"https://{url}"


def _tried(config: Config, feeds: Sequence[Feed]) -> list[Verdict]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=is_quiet(), transient=True) as progress:
        task = progress.add_task("trying feeds", total=len(feeds), visible=len(feeds) > 1)
        return asyncio.run(_try(config, feeds, lambda: progress.advance(task)))


async def _try(config: Config, feeds: Iterable[Feed], step: Callable[[], None]) -> list[Verdict]:
    from ingest.workers import Workers
    from wirewatch.clock import SystemClock
    from wirewatch.http import make_client
    from wirewatch.pipeline.trial import try_all

    workers, verdicts = Workers(), []
    try:
        async with make_client(config.fetch, contact=config.contact) as client:
            trial = try_all(client, feeds, config.fetch, clock=SystemClock(), workers=workers)
            async with aclosing(trial) as results:
                async for verdict in results:
                    verdicts.append(verdict)
                    step()
    finally:
        await workers.close()
    return verdicts
