"""Tell on the terminal what happens in the demo, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from wirewatch.clock import Clock
from wirewatch.demo.loopback import Hook
from wirewatch.demo.mailbox import Mail
from wirewatch.demo.morning import ZONE
from wirewatch.model import Article, HeldBack, Hold, Join, Relation

if TYPE_CHECKING:
    from wirewatch.pipeline.admit import Admitted, Round

_RELATIONS = {
    Relation.NEW: "",
    Relation.DERIVED: "partly copied",
    Relation.COPY: "a text we know",
    Relation.REVISION: "edited",
    Relation.KNOWN: "seen elsewhere",
}
_JOINS = {
    Join.FOUNDED: "a new story",
    Join.SILENT: "same story",
    Join.POSSIBLE: "possibly the same story",
}


class Narrator:
    """Prints lines with the demo's time; remembers what was said to not say it twice."""

    def __init__(self, console: Console, clock: Clock) -> None:
        """Print to a console."""
        self._console, self._clock = console, clock
        self._errors: dict[str, str | None] = {}
        self.article_count = 0

    def say(self, label: str, style: str, text: str) -> None:
        """Print a line: time, a short label, and what happened (rich markup)."""
        at = self._clock.now().astimezone(ZONE)
        self._console.print(
            f"[dim]{at:%H:%M:%S}[/] [{style}]{label:>8}[/] {text}", highlight=False, soft_wrap=True
        )

    def polled(self, round_: Round) -> None:
        """Tell of a poll: a feed that fell ill or recovered, articles that matched or were kept out."""
        feed, state = round_.feed.name, round_.state
        error = state.error if state.failures or state.disabled else None
        if error != self._errors.get(feed):
            self._errors[feed] = error
            text = f"{escape(error)} [dim](the others go on)[/]" if error else "can be read again"
            self.say("feed", "red" if error else "green", f"{escape(feed)}: {text}")
        for warning in round_.warnings:
            self.say("feed", "red", f"{escape(feed)}: {escape(warning)}")
        self.article_count += round_.new_count
        for admitted in round_.admitted:
            self._admitted(admitted)

    def _admitted(self, admitted: Admitted) -> None:
        article, reading = admitted.article, admitted.reading
        if reading is None:
            return
        if reading.matches:
            rules = ", ".join(match.rule_id for match in reading.matches)
            how = _how(admitted)
            self.say("match", "cyan", f"{_headline(article)} [cyan]{rules}[/] [dim]({how})[/]")
        elif reading.suppressed:
            words = {each.span.text for each in reading.suppressed if each.span}
            self.say(
                "no match", "dim", f"{_headline(article)} [dim]because of {escape(_list(words))}[/]"
            )

    def mail(self, mail: Mail) -> None:
        """Tell of a mail that arrived."""
        subject = str(mail.read()["Subject"])
        self.say("mail", "bold yellow", f"{escape(mail.recipients[0])}: [bold]{escape(subject)}[/]")

    def hook(self, hook: Hook) -> None:
        """Tell of a webhook that arrived."""
        if hook.problem:
            self.say("webhook", "red", f"refused: {escape(hook.problem)}")
        else:
            kind = escape(str(hook.event.get("type", "?")))
            self.say("webhook", "yellow", f"{kind}, {len(hook.body)} bytes, signature verified")


def _how(admitted: Admitted) -> str:
    if any(isinstance(v, Hold) and v.reason is HeldBack.BASELINE for _, v in admitted.verdicts):
        return "there before we came: left to the digest"
    join = _JOINS[admitted.placement.join] if admitted.placement else ""
    return ", ".join(filter(None, (_RELATIONS[admitted.relation], join)))


def _list(words: set[str]) -> str:
    return ", ".join(f'"{word}"' for word in sorted(words))


def _headline(article: Article) -> str:
    return f"{escape(article.title)} [dim]· {escape(article.feed)}[/]"
