"""A wire that articles come in on: each is read for its facts and placed, on a store of its own."""

from __future__ import annotations

from datetime import timedelta

from rules.facts.read import read_facts
from tests.builders import NOON, an_article
from wirewatch.model import Facts, Placement, Severity
from wirewatch.pipeline.place import place
from wirewatch.store import Store


class Wire:
    """A store that articles come into, a minute apart unless said otherwise."""

    def __init__(self) -> None:
        self.store, self.now = Store.scratch(), NOON

    def gives(
        self,
        title: str,
        summary: str = "",
        *,
        source: str = "one.example",
        facts: Facts | None = None,
        severity: Severity | None = None,
        after: timedelta = timedelta(minutes=1),
        **text: str,
    ) -> Placement:
        """Place an article; its facts are none, where they are not given."""
        self.now += after
        article = an_article(
            title, summary=summary, source=source, feed=source, first_seen_at=self.now, published_at=self.now,
            guid_key=f"{source}-{self.now}", **text,
        )  # fmt: skip
        with self.store.transaction():
            stored = self.store.articles.add(article)
            return place(self.store, stored, facts or Facts(), severity=severity, now=self.now)

    def reports(
        self, title: str, summary: str = "", *, source: str = "one.example", after: timedelta
    ) -> Placement:
        """Place a report of an attack, with the facts that it states."""
        seen = self.now + after
        facts = read_facts(an_article(title, summary=summary, published_at=seen))
        return self.gives(
            title, summary, source=source, facts=facts, severity=Severity.HIGH, after=after
        )
