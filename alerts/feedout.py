"""Write what is told as feeds: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1 in one folder.

`feed.json` is the memory: it is read, the new entry put in front, and all three files are written
whole or not at all. An entry that is there already is not added again.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from alerts.notify import Tools, refused, taken
from alerts.show import counted
from alerts.shown import shown
from wirewatch.model import Delivery, FeedChannel, Message, Owed
from wirewatch.text import clean_line, sendable

VERSION = "https://jsonfeed.org/version/1.1"
Item = dict[str, Any]  # an item of JSON Feed


class FeedNotifier:
    """The three files of one channel."""

    def __init__(self, channel: FeedChannel, tools: Tools) -> None:  # noqa: ARG002 - as all notifiers are made
        self._channel = channel

    async def send(self, owed: Owed, *, now: datetime) -> Delivery:
        """Add one message to the feeds."""
        try:
            count = await asyncio.to_thread(put, self._channel, owed.message)
        except OSError as error:
            return refused(owed, now=now, code=None, detail=f"{type(error).__name__}: {error}")
        return taken(owed, now=now, code=None, detail=counted(count, "entry", "entries"))

    async def rest(self) -> None:
        """Nothing to let go."""

    async def close(self) -> None:
        """Nothing to stop."""


def put(channel: FeedChannel, message: Message) -> int:
    """Add a message to a channel's feeds; return how many entries they have.

    Raises:
        OSError: The folder can't be made, read or written.
    """
    folder = channel.folder
    folder.mkdir(parents=True, exist_ok=True)
    known = remembered(folder / "feed.json")
    item = to_item(message)
    items = [item, *(each for each in known if each["id"] != item["id"])]
    items = sorted(items, key=lambda each: str(each["date_published"]), reverse=True)[
        : channel.keep
    ]
    for name, content in (
        ("feed.json", json_feed(channel, items)),
        ("atom.xml", atom(channel, items)),
        ("rss.xml", rss(channel, items)),
    ):
        _replace(folder / name, content)
    return len(items)


def remembered(path: Path) -> list[Item]:
    """Return the entries of an earlier `feed.json`; a file that is none of ours is set aside."""
    try:
        items = json.loads(path.read_text(encoding="utf-8"))["items"]
        return [each for each in items if {"id", "title", "date_published"} <= set(each)]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError):
        path.replace(path.with_suffix(".broken"))
        return []


def to_item(message: Message) -> Item:
    """Return a message as an item of JSON Feed."""
    seen = shown(message)
    item: Item = {
        "id": f"urn:wirewatch:{message.uid}",
        "title": clean_line(seen.title, 300),
        "content_text": sendable(seen.text),
        "date_published": message.created_at.astimezone(UTC).isoformat(timespec="seconds"),
        "tags": [message.kind.value],
    }
    if seen.html:
        item["content_html"] = sendable(seen.html)
    if seen.link:
        item["url"] = seen.link
    return item


def json_feed(channel: FeedChannel, items: list[Item]) -> str:
    """Return the feed as JSON Feed 1.1."""
    feed = {"version": VERSION, "title": channel.title, "items": items}
    if channel.link:
        base = channel.link.rstrip("/")
        feed |= {"home_page_url": channel.link, "feed_url": f"{base}/feed.json"}
    return json.dumps(feed, ensure_ascii=False, indent=1)


def atom(channel: FeedChannel, items: list[Item]) -> str:
    """Return the feed as Atom."""
    updated = items[0]["date_published"] if items else "1970-01-01T00:00:00+00:00"
    entries = "".join(
        f"<entry><id>{escape(item['id'])}</id><title>{escape(item['title'])}</title>"
        f"<updated>{item['date_published']}</updated>{_atom_link(item)}{_atom_content(item)}</entry>\n"
        for item in items
    )
    link = channel.link.rstrip("/") if channel.link else ""
    own = f'<link rel="self" href={quoteattr(link + "/atom.xml")}/>' if link else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>urn:wirewatch:feed:{escape(channel.name)}</id><title>{escape(channel.title)}</title>"
        f"<updated>{updated}</updated><author><name>wirewatch</name></author>{own}\n{entries}</feed>\n"
    )


def rss(channel: FeedChannel, items: list[Item]) -> str:
    """Return the feed as RSS 2.0."""
    entries = "".join(
        f'<item><guid isPermaLink="false">{escape(item["id"])}</guid><title>{escape(item["title"])}</title>'
        f"<pubDate>{format_datetime(datetime.fromisoformat(item['date_published']))}</pubDate>"
        + (f"<link>{escape(item['url'])}</link>" if item.get("url") else "")
        + f"<description>{escape(_content(item))}</description></item>\n"
        for item in items
    )
    link = escape(channel.link or "urn:wirewatch")
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(channel.title)}</title><link>{link}</link>"
        f"<description>What {escape(channel.title)} told</description>\n{entries}</channel></rss>\n"
    )


def _atom_link(item: Item) -> str:
    return f"<link href={quoteattr(item['url'])}/>" if item.get("url") else ""


def _atom_content(item: Item) -> str:
    kind = "html" if item.get("content_html") else "text"
    return f'<content type="{kind}">{escape(_content(item))}</content>'


def _content(item: Item) -> str:
    return str(item.get("content_html") or item.get("content_text") or "")


def _replace(path: Path, content: str) -> None:
    """Put a file in place whole, so that a reader never fetches half of one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)  # a web server of another user reads it
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
