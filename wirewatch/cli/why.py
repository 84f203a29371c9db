"""`wirewatch why`: the whole road of an article, from the feed to the inbox, and where it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from wirewatch.cli.common import (
    check_rule,
    find_article,
    json_option,
    legible,
    print_json,
    reading,
    shown,
)

if TYPE_CHECKING:
    from rules import Program
    from rules.explain import Explanation
    from wirewatch.config.load import Legible
    from wirewatch.model import Article, Config, Facts, Match
    from wirewatch.store import Store


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, or did not.

    Attributes:
        stage: "seen", "text", "story", "facts", "rule", "told", "message".
        reason: Of a decision, as a stable word.
        level: How far it is indented for people.
    """

    stage: str
    says: str
    at: datetime | None = None
    rule: str = ""
    level: int = 0
    reason: str = ""


@click.command()
@click.argument("article")
@click.option("--rule", help="Only this rule; also says why it did not match.")
@click.option("--all-rules", is_flag=True, help="Say of every rule why it did not match.")
@json_option
@click.pass_context
def why(
    ctx: click.Context, *, article: str, rule: str | None, all_rules: bool, as_json: bool
) -> None:
    """Say why ARTICLE (its number or address) was told, or was not.

    Which feeds listed it and when, edits, whose copy it is, its story, each group of each rule
    found or missing with what came closest, what excluded it, what held it back, when it was sent
    and how that was answered. Ends with status 1 when the article was never seen.
    """
    loaded = legible()
    if rule is not None:
        check_rule(loaded, rule)
    with reading(loaded.config) as store:
        found = find_article(store, article)
        steps = list(
            _never_seen(store, loaded, article)
            if found is None
            else _road(store, loaded, found, rule=rule, everything=all_rules)
        )
    for step in steps:
        if as_json:
            print_json(step)
        else:
            when = f"{shown(step.at)}  " if step.at else ""
            click.echo(f"{'  ' * step.level}{when}{step.says}")
    ctx.exit(int(found is None))


def _never_seen(store: Store, loaded: Legible, key: str) -> Iterator[Step]:
    if key.isdecimal():
        yield Step("seen", f"there is no article {key}; `wirewatch articles` lists them")
        return
    if "." not in key:
        says = f'"{key}" is no address; `wirewatch articles WORDS` finds an article by its words'
        yield Step("seen", says)
        return
    yield Step("seen", f"no feed that is watched has listed {key}, as far as is remembered")
    states = store.feeds.all()
    for feed in loaded.config.feeds:
        state = states.get(feed.name)
        if state is None or state.succeeded_at is None:
            yield Step("seen", f"{feed.name} has never been read", level=1)
        elif state.failures:
            says = f"{feed.name} could not be read since then: {state.error or state.error_kind}"
            yield Step("seen", says, state.succeeded_at, level=1)


def _road(
    store: Store, loaded: Legible, article: Article, *, rule: str | None, everything: bool
) -> Iterator[Step]:
    yield Step("seen", f"article {article.id}: {article.title or article.url}")
    for seen in store.archive.appearances(article.id):
        says = f"listed by {seen.feed} ({seen.source}), last on {shown(seen.listed_at)}"
        yield Step("seen", says, seen.first_seen_at, level=1)
    for number, replaced_at, _ in store.articles.revisions(article.id):
        yield Step(
            "text", f"edited: text {number + 1} replaced text {number}", replaced_at, level=1
        )
    holder = store.archive.copy_of(article.id)
    if holder is not None:
        yield Step("text", f"a copy of article {holder}", level=1)
    for number, source, seen_at in store.stories.copies_of(article.id):
        yield Step("text", f"copied by {source}: article {number}", seen_at, level=1)
    yield from _story(store, article)
    facts = store.matches.facts([article.id]).get(article.id)
    if facts is not None:
        yield Step("facts", f"facts: {_facts(facts)}", level=1)
    matched = {
        match.rule_id: (match_id, match, at)
        for match_id, match, at in store.matches.of_articles([article.id]).get(article.id, [])
    }
    good = store.labels.of_article(article.id)
    for rule_id, (match_id, match, at) in matched.items():
        if rule in (None, rule_id):
            yield from _matched(store, loaded, match_id, match, at)
            if rule_id in good:
                verdict = "good" if good[rule_id] else "bad"
                yield Step("rule", f"labelled a {verdict} match", rule=rule_id, level=2)
    yield from _not_matched(store, loaded, article, set(matched), rule=rule, everything=everything)


def _story(store: Store, article: Article) -> Iterator[Step]:
    story = store.articles.story_of(article.id)
    if story is None:
        return
    yield Step("story", f"in story {story}", level=1)
    placing = store.stories.placings(story).get(article.id)
    if placing is not None:
        moved = "" if placing.story_id == story else f", into story {placing.story_id} then"
        says = f"{placing.how} p={placing.p:.2f}{moved}: {placing.why}"
        yield Step("story", says, article.first_seen_at, level=2)
    for each in store.stories.by_hand(story):
        what = "put together" if each.together else f"kept apart from story {each.story_id}"
        yield Step("story", f"{what} by {each.author}", each.at, level=2)


def _facts(facts: Facts) -> str:
    tolls = (facts.killed, facts.injured)
    said = [f'{toll.kind} "{toll.span.text}"' for toll in tolls if toll is not None]
    if facts.countries:
        said.append(", ".join(facts.countries))
    if facts.event_date is not None:
        said.append(facts.event_date.day.isoformat())
    said += [facts.status.value] if facts.status else []
    return "; ".join((*said, *facts.tags)) or "none that are shown here"


def _matched(
    store: Store, loaded: Legible, match_id: int, match: Match, at: datetime
) -> Iterator[Step]:
    score = "" if match.score is None else f", score {match.score:g}"
    yield Step("rule", f"{match.rule_id} matched ({match.severity}{score})", at, match.rule_id, 1)
    known = (
        {}
        if loaded.program is None
        else {rule.id: rule.hash for rule in loaded.program.rules if rule.id in loaded.sound}
    )
    if known.get(match.rule_id, match.rule_hash) != match.rule_hash:
        says = "the rule has been changed since; this is what the former version found"
        yield Step("rule", says, rule=match.rule_id, level=2)
    for span in match.spans:
        says = f'{span.group}: "{span.text}" ({span.field} {span.start}-{span.end}) by {span.term}'
        yield Step("rule", says, rule=match.rule_id, level=2)
    yield from _told(store, match_id, match.rule_id)


def _told(store: Store, match_id: int, rule_id: str) -> Iterator[Step]:
    from alerts.show import HELD, REASONS
    from wirewatch.model import Hold

    for decided_at, verdict, told_at in store.alerts.verdicts(match_id):
        detail = f" ({verdict.detail})" if verdict.detail else ""
        if isinstance(verdict, Hold):
            until = f" until {shown(verdict.until)}" if verdict.until else ""
            says = f"held back: {HELD[verdict.reason]}{detail}{until}"
        else:
            says = f"to be told at once: {REASONS[verdict.reason]}{detail}"
        yield Step("told", says, decided_at, rule_id, 2, verdict.reason.value)
        if told_at is not None:
            yield Step("told", "told", told_at, rule_id, 2)
    for digest, closed_at in store.archive.digests_owed(match_id):
        says = f"in digest {digest}" if closed_at else f"waits for the next digest {digest}"
        yield Step("told", says, closed_at, rule_id, 2)
    for number in store.archive.messages_about(match_id):
        yield from _message(store, number, rule_id)


def _message(store: Store, number: int, rule_id: str) -> Iterator[Step]:
    row = store.outbox.get(number)
    if row is None:
        return
    to = f"{row.message.channel} {row.message.recipient}".strip()
    says = f"message {number} to {to}: {row.state.value}"
    yield Step("message", says, row.settled_at, rule_id, 3)
    for attempt in store.outbox.attempts(number):
        answer = " ".join(str(each) for each in (attempt.code, attempt.detail) if each)
        says = f"try {attempt.n}: {attempt.outcome}{': ' + answer if answer else ''}"
        yield Step("message", says, attempt.started_at, rule_id, 4)


def _not_matched(
    store: Store,
    loaded: Legible,
    article: Article,
    matched: set[str],
    *,
    rule: str | None,
    everything: bool,
) -> Iterator[Step]:
    """Walk the rules of today over the article: what lacks a group, or is excluded."""
    excluded = {rule_id for rule_id, _, _ in store.archive.suppressed(article.id)}
    sought = [
        each.id
        for each in loaded.config.rules.rules
        if each.id not in matched and rule in (None, each.id)
    ]
    walked = [
        _explain(loaded.config, loaded.program, each, article)
        for each in sought
        if loaded.program is not None and each in loaded.sound
    ]
    if loaded.mistakes and (len(walked) < len(sought) or not loaded.sound):
        which = f"{len(sought) - len(walked)} of {len(sought)}" if walked else "the"
        says = f"{which} rules could not be tried, as the configuration has mistakes"
        yield Step("rule", f"{says}: `wirewatch check` lists them", level=1)
    told = 0
    for each in walked:
        missing = [group for group in each.groups if group.required and not group.is_found]
        close = len(missing) <= 1 or each.rule_id in excluded
        if rule is not None or everything or each.matches or close:
            told += 1
            yield from _ladder(each)
    if told < len(walked):
        says = f"{len(walked) - told} other rules lack two groups or more; --all-rules shows them"
        yield Step("rule", says, level=1)


def _explain(config: Config, program: Program, rule_id: str, article: Article) -> Explanation:
    from rules.explain import explain
    from rules.facts import read_facts
    from wirewatch.model import Appearance

    feed = next((each for each in config.feeds if each.name == article.feed), None)
    appearance = Appearance(
        article.feed, article.source, feed.tags if feed else (), feed.tier if feed else 3
    )
    return explain(program, rule_id, article, appearance, read_facts(article))


def _ladder(explanation: Explanation) -> Iterator[Step]:
    first, *rest = explanation.lines()
    if explanation.matches:
        first += " today, but did not when the article came"
    yield Step("rule", first, rule=explanation.rule_id, level=1)
    for line in rest:
        yield Step("rule", line.strip(), rule=explanation.rule_id, level=2)
