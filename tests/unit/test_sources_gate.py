"""Leaving out what stands unchanged decides nothing: news, edits, churn and archives come out the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.identify import identify, keys
from ingest.read import read
from tests.builders import NOON, a_feed
from wirewatch.model import Fetched, Hints, Relation, Validators
from wirewatch.store import Store

FEED = a_feed()


@dataclass(frozen=True)
class Item:
    """An entry; a document is a tuple of them."""

    guid: str
    link: int
    title: int
    age_h: int

    def xml(self) -> str:
        guid = f"<guid isPermaLink='false'>{self.guid}</guid>" if self.guid else ""
        return (
            f"<item><title>Report {self.title}</title><link>https://wire.example/{self.link}</link>"
            f"{guid}<pubDate>{format_datetime(NOON - timedelta(hours=self.age_h))}</pubDate></item>"
        )


def an_item(number: int, edition: int, age_h: int) -> Item:
    """One of a site's reports: some have no guid, some count their edits in it."""
    guid = ("", f"g{number}", f"https://x.example/{number}#{edition}")[number % 3]
    return Item(guid, number, 100 * number + edition, age_h)


items = st.builds(an_item, st.integers(1, 30), st.integers(0, 2), st.sampled_from([1, 2, 400]))
# A document often repeats most of the one before; now and then every id in it is another.
documents = st.lists(
    st.tuples(
        st.lists(items, max_size=4), st.integers(0, 12), st.sampled_from(["", "", "", "new"])
    ),
    min_size=2,
    max_size=4,
)


def bodies(steps: list[tuple[list[Item], int, str]]) -> list[bytes]:
    standing: list[Item] = [an_item(40 + n, 0, n) for n in range(8)]
    found = []
    for added, kept, renamed in steps:
        fresh = {item.link: item for item in added}
        standing = [*fresh.values(), *(i for i in standing[:kept] if i.link not in fresh)]
        if renamed:
            standing = [Item(f"{renamed}{i.guid}", i.link, i.title, i.age_h) for i in standing]
        inner = "\n".join(item.xml() for item in standing)
        found.append(f"<rss version='2.0'><channel>{inner}</channel></rss>".encode())
    return found


@dataclass
class Book:
    """A store that takes in one document after the other, with the gate or without."""

    gate: bool
    store: Store = field(default_factory=Store.scratch)
    since: datetime | None = None

    def take(self, body: bytes, now: datetime) -> tuple[object, ...]:
        """What was decided, and what is remembered afterwards."""
        articles = self.store.articles
        fetched = Fetched("https://feeds.example/rss", body, None, Validators(), Hints())
        listed = articles.listed_keys(FEED.name) if self.gate else {}
        found = read(fetched, listed, FEED, now=now)
        texts = {article.content_hash for article in found.articles}
        known = articles.known(FEED.name, *keys(found.articles), content_hashes=texts)
        decided = identify(found.articles, known, listed=found.feed.listed, since=self.since)
        self.since = now
        new, edited = set(), set()
        with self.store.transaction():
            for each in reversed(decided.identities):
                if each.relation is Relation.NEW:
                    articles.add(each.article, keys=each.keys)
                    new.add((each.article.title, each.article.url, each.is_backfill))
                    continue
                article_id = each.article_id or 0
                if each.relation is Relation.REVISION:
                    articles.revise(article_id, each.article, now)
                    edited.add(each.article.title)
                articles.appear(each.article, article_id, each.keys)
            articles.still_listed(FEED.name, found.feed.listed, now)
        stored = sorted((a.title, a.url) for a in articles.latest(limit=500))
        return new, edited, decided.churning, sorted(articles.listed_keys(FEED.name)), stored


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents)
def test_the_gate_changes_no_decision(steps: list[tuple[list[Item], int, str]]) -> None:
    gated, plain = Book(gate=True), Book(gate=False)
    for n, body in enumerate(bodies(steps)):
        now = NOON + timedelta(hours=n)
        assert gated.take(body, now) == plain.take(body, now)
