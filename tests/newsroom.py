"""A newsroom in memory: articles come in that rules match, time passes, messages go out."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from alerts.render import Renderer
from tests.builders import NOON, a_match, a_rule, an_article
from tests.desks import ADesk, AProgram, ARule
from wirewatch.model import (
    Config,
    Digest,
    Facts,
    Field,
    FileChannel,
    RuleBook,
    RuleSpec,
    Severity,
    Span,
)
from wirewatch.pipeline.place import place
from wirewatch.pipeline.tell import close_digests, compose_due, tell
from wirewatch.store import Store

RENDERER = Renderer()
MINUTE = timedelta(minutes=1)
NO_FACTS = Facts()
TEXT = (
    "A drone struck a depot of a militia near the village of Tal Sahin on Monday morning, killing at least "
    "five fighters, two security officials said. Windows were broken in houses nearby and a fire burned."
)


class Newsroom:
    """A store, a desk and a clock hand: articles come in, time passes, messages go out."""

    def __init__(self, *specs: RuleSpec, **config: Any) -> None:
        specs = specs or (a_rule(),)
        values: dict[str, Any] = {
            "path": Path("config.yaml"), "hash": "h", "contact": "", "database": Path("w.db"), "rules": RuleBook(specs),
            "channels": (FileChannel(name="desk"),), "digests": (Digest("morning", ("desk",)),),
        }  # fmt: skip
        rules = tuple(ARule(spec, spec.id, spec.title or spec.id) for spec in specs)
        self.desk = ADesk(Config(**(values | config)), AProgram(rules), RENDERER)
        self.store = Store.scratch()
        self.now = NOON
        self.count = 0
        close_digests(self.store, self.desk, now=self.now)

    def read(
        self,
        title: str,
        *,
        facts: Facts = NO_FACTS,
        hold=None,
        rule_ids=("strike",),
        summary=TEXT,
        severity=Severity.HIGH,
    ):
        """An article comes in that these rules match; return the verdicts."""
        self.count += 1
        with self.store.transaction():
            article = self.store.articles.add(
                an_article(
                    title,
                    summary=summary,
                    guid_key=f"g{self.count}",
                    source=f"s{self.count}.example",
                    first_seen_at=self.now,
                )
            )
            placement = place(self.store, article, facts, severity=severity, now=self.now)
            word = title.split(maxsplit=1)[0]
            spans = (Span("attack", Field.TITLE, 0, len(word), word, word),)
            matches = [a_match(each, severity=severity, spans=spans) for each in rule_ids]
            stored = self.store.matches.put(article.id, matches, config_hash="h", now=self.now)
            self.store.matches.put_facts(article.id, facts)
            return tell(
                self.store, self.desk, article=article, stored=stored, placement=placement, facts=facts, hold=hold, now=self.now
            )  # fmt: skip

    def pass_time(self, delta: timedelta):
        """Move the clock and do what a tick does; return the messages."""
        self.now += delta
        return [
            *compose_due(self.store, self.desk, now=self.now),
            *close_digests(self.store, self.desk, now=self.now),
        ]


def text_of(message) -> str:
    mail = message_from_bytes(message.payload, policy=policy.default)
    return mail.get_body(("plain",)).get_content()
