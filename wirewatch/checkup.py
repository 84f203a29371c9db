"""Try everything the service depends on, one thing after the other, and say what to do about each.

Nothing is sent to anybody and nothing is stored: feeds are read, mail servers are logged in to,
webhooks get a HEAD.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
import sys
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from alerts.notify import Tools
from alerts.show import counted
from alerts.smtp import SmtpNotifier
from ingest.fetch import fetch
from ingest.parse import parse
from wirewatch.clock import Clock
from wirewatch.errors import FeedError, FetchError, StoreError
from wirewatch.http import Client, make_client
from wirewatch.model import (
    AppriseChannel,
    Channel,
    Config,
    EmailChannel,
    Feed,
    FeedChannel,
    Fetched,
    FileChannel,
    WebhookChannel,
)
from wirewatch.pipeline.load import overload_of
from wirewatch.store import Store, care
from wirewatch.store.lock import holder

SKEW_S = 120


class Grade(StrEnum):
    """How it went."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried.

    Attributes:
        what: "database", "feed BBC World", "channel desk".
        says: What was found, in a sentence without a full stop.
        advice: What to do about it; "" when nothing.
    """

    what: str
    grade: Grade
    says: str
    advice: str = ""


async def checkup(config: Config, *, clock: Clock, feeds: int | None = 5) -> AsyncIterator[Finding]:
    """Yield findings as they come.

    Args:
        config: Valid already.
        clock: For the comparison with other machines' clocks.
        feeds: How many feeds are tried, spread over the list; None tries all.
    """
    for finding in local(config):
        yield finding
    client = make_client(
        config.fetch, contact=config.contact, allow_private=config.fetch.allow_private
    )
    async with client:
        ahead: list[float] = []
        async with aclosing(
            _feeds(client, config, sample(config.feeds, feeds), clock, ahead)
        ) as found:
            async for finding in found:
                yield finding
        yield _clock(ahead)
        for channel in config.channels:
            yield await _channel(client, channel)


def sample(feeds: Sequence[Feed], count: int | None) -> list[Feed]:
    """Return so many feeds that are not paused, spread evenly over the list."""
    live = [feed for feed in feeds if not feed.paused]
    if count is None or count >= len(live):
        return live
    return [live[n * len(live) // count] for n in range(count)]


def local(config: Config) -> Iterator[Finding]:
    """Yield what can be told without the network."""
    yield Finding("python", Grade.GOOD, f"Python {'.'.join(map(str, sys.version_info[:3]))}")
    yield _sqlite()
    yield _database(config.database)
    yield _certificates()
    yield _load(config)


def _load(config: Config) -> Finding:
    intervals: Mapping[str, timedelta] = {}
    with suppress(StoreError), closing(Store.read(config.database)) as store:
        intervals = store.feeds.intervals()
    count = sum(not feed.paused for feed in config.feeds)
    if problem := overload_of(config, intervals):
        says, _, advice = problem.rpartition(": ")
        return Finding("load", Grade.DOUBTFUL, says, advice)
    return Finding("load", Grade.GOOD, f"{counted(count, 'feed')} can be polled in time")


def _sqlite() -> Finding:
    import sqlite3  # noqa: PLC0415 - only its version is asked for

    if warning := care.version_warning():
        return Finding("sqlite", Grade.DOUBTFUL, warning, "a newer Python brings a newer SQLite")
    return Finding("sqlite", Grade.GOOD, f"SQLite {sqlite3.sqlite_version}")


def _database(path: Path) -> Finding:
    if trouble := _unwritable(path.parent):
        return Finding(
            "database", Grade.BAD, trouble, f"give this user the right to write to {path.parent}"
        )
    if not path.exists():
        return Finding("database", Grade.GOOD, f"{path} will be made at the first start")
    if problems := care.check_file(path):
        return Finding(
            "database",
            Grade.BAD,
            "; ".join(problems),
            "`wirewatch db restore` takes the newest backup",
        )
    pid = holder(path)
    who = f", in use by process {pid}" if pid else ""
    return Finding("database", Grade.GOOD, f"{path} is sound{who}")


def _unwritable(folder: Path) -> str:
    """Why nothing can be written to a folder, which need not be there yet; "" when it can."""
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            return ""
    except OSError as error:
        return f"{there} can't be written to: {error.strerror or error}"


def _certificates() -> Finding:
    count = ssl.create_default_context().cert_store_stats()["x509_ca"]
    if not count:
        advice = "install your system's ca-certificates"
        return Finding(
            "tls",
            Grade.DOUBTFUL,
            "the system trusts no certificate authority; mail needs one",
            advice,
        )
    return Finding("tls", Grade.GOOD, f"the system trusts {count} certificate authorities")


async def _feeds(
    client: Client, config: Config, feeds: Sequence[Feed], clock: Clock, ahead: list[float]
) -> AsyncGenerator[Finding, None]:
    gate = asyncio.Semaphore(10)

    async def one(feed: Feed) -> Finding:
        async with gate:
            return await _feed(client, config, feed, clock, ahead)

    for task in asyncio.as_completed([one(feed) for feed in feeds]):
        yield await task


async def _feed(
    client: Client, config: Config, feed: Feed, clock: Clock, ahead: list[float]
) -> Finding:
    what, now = f"feed {feed.name}", clock.now()
    try:
        answer = await fetch(
            client,
            url=feed.url,
            validators=None,
            settings=config.fetch,
            now=now,
            headers=feed.headers,
            auth=feed.auth,
            allow_private=feed.allow_private,
        )
        assert isinstance(answer, Fetched)
        ahead += _ahead(answer, clock.now())
        found = await asyncio.to_thread(
            parse, answer.body, url=answer.url, content_type=answer.content_type
        )
    except FeedError as error:
        return Finding(what, Grade.BAD, str(error), _advice(error))
    moved = f"; it has moved to {answer.permanent_url}" if answer.permanent_url else ""
    return Finding(what, Grade.GOOD, f"{counted(len(found.entries), 'entry', 'entries')}{moved}")


def _advice(error: FeedError) -> str:
    match error.kind:
        case "dns":
            return "check the host's name, and this machine's DNS"
        case "tls":
            return "the server's certificate is not trusted; open the URL in a browser"
        case "blocked":
            return "the publisher turns programs away: set contact:, or use another feed of theirs"
        case "not-a-feed" | "empty":
            return "open the URL in a browser; `wirewatch feeds add PAGE` finds a page's feeds"
        case "refused":
            return "a private address? allow it: allow_private: true at the feed"
        case _ if isinstance(error, FetchError) and error.permanent:
            return "it is gone for good: delete it, or find its new address"
        case _:
            return "it will be tried again by itself; look again later"


def _ahead(answer: Fetched, now: datetime) -> list[float]:
    """Seconds by which our clock is ahead of the server's."""
    dates = [value for name, value in answer.headers if name.lower() == "date"]
    try:
        return [(now - parsedate_to_datetime(dates[0])).total_seconds()] if dates else []
    except (ValueError, TypeError):
        return []


def _clock(ahead: list[float]) -> Finding:
    if not ahead:
        return Finding("clock", Grade.DOUBTFUL, "no answer to compare it with")
    middle = sorted(ahead)[len(ahead) // 2]
    if abs(middle) <= SKEW_S:
        return Finding("clock", Grade.GOOD, f"within {SKEW_S} s of {len(ahead)} servers")
    where = "ahead of" if middle > 0 else "behind"
    says = f"{abs(middle):.0f} s {where} {len(ahead)} servers"
    return Finding(
        "clock", Grade.BAD, says, "switch time synchronisation on: timedatectl set-ntp true"
    )


async def _channel(client: Client, channel: Channel) -> Finding:
    what = f"channel {channel.name}"
    match channel:
        case EmailChannel():
            return await _mail(what, channel)
        case WebhookChannel():
            return await _webhook(what, client, channel)
        case FileChannel() | FeedChannel():
            if trouble := _unwritable(channel.folder):
                return Finding(what, Grade.BAD, trouble, "give this user the right to write there")
            return Finding(what, Grade.GOOD, f"{channel.folder} can be written to")
        case AppriseChannel():
            says = f"{len(channel.urls)} targets"
            return Finding(
                what, Grade.GOOD, says, f"`wirewatch channels test {channel.name}` tries them"
            )


async def _mail(what: str, channel: EmailChannel) -> Finding:
    notifier = SmtpNotifier(channel, Tools())
    where = f"{channel.host}:{channel.port}"
    try:
        return Finding(what, Grade.GOOD, await notifier.log_in())
    except smtplib.SMTPAuthenticationError as error:
        says = f"{where} does not take the password ({error.smtp_code})"
        return Finding(
            what, Grade.BAD, says, "check user: and password:; many providers want an app password"
        )
    except smtplib.SMTPNotSupportedError as error:
        return Finding(what, Grade.BAD, f"{where}: {error}", "use smtps://, or another port")
    except ssl.SSLError as error:
        says = f"{where}: no TLS: {error.reason or error}"
        return Finding(
            what, Grade.BAD, says, "smtps:// is TLS from the start (465), smtp:// is STARTTLS (587)"
        )
    except (OSError, smtplib.SMTPException) as error:
        return Finding(what, Grade.BAD, f"{where}: {error}", "check the host and port of server:")
    finally:
        await notifier.close()


async def _webhook(what: str, client: Client, channel: WebhookChannel) -> Finding:
    """Ask with HEAD: whatever the answer, somebody is there and TLS holds. The URL is never printed."""
    host = urlsplit(channel.url).hostname
    try:
        response = await client.head(channel.url, timeout=channel.timeout.total_seconds())
    except FetchError as error:
        advice = "a private address? allow it: fetch: {allow_private: [HOST]}"
        return Finding(what, Grade.BAD, f"{host}: {error.problem}", advice)
    except Exception as error:  # noqa: BLE001 - whatever the network does, the next channel is tried
        says = f"{host}: {type(error).__name__}"
        return Finding(what, Grade.BAD, says, "check the URL; is the receiver up?")
    if response.status_code >= 500:
        return Finding(
            what,
            Grade.DOUBTFUL,
            f"{host} answers {response.status_code}",
            "look at the receiver's log",
        )
    tried = f"`wirewatch channels test {channel.name}` sends a message"
    return Finding(
        what,
        Grade.GOOD,
        f"{host} is there",
        "" if channel.secrets else f"no secret: unsigned; {tried}",
    )
