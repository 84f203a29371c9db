"""What an edit of the configuration would have changed: `wirewatch check --diff`.

Both versions rehearse the same articles of the archive, with the real identity, stories and alert
policy; what they would have told is compared, rule by rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wirewatch.clock import ManualClock
from wirewatch.model import Article, FirstPoll
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.lines import Line
from wirewatch.pipeline.rehearse import EPOCH, rehearse
from wirewatch.store import Store

MAX_EXAMPLES = 5
# Stories take articles for so long: what came before the time asked about is rehearsed with it.
WARM_UP = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Change:
    """One rule's alerts and matches under both versions.

    Attributes:
        more, fewer: Titles of articles that only the new, only the old version would have told, at most 5.
    """

    rule_id: str
    alerts_before: int
    alerts_after: int
    matches_before: int
    matches_after: int
    more_count: int
    fewer_count: int
    more: tuple[str, ...] = ()
    fewer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """The whole answer; `changes` holds only rules for which something differs."""

    articles: int
    changes: tuple[Change, ...]

    @property
    def more(self) -> int:
        """How many alerts more."""
        return sum(change.more_count for change in self.changes)

    @property
    def fewer(self) -> int:
        """How many alerts fewer."""
        return sum(change.fewer_count for change in self.changes)

    def sentence(self, since: str) -> str:
        """Return the answer as people want it; `since` is a duration such as 7d."""
        if not self.articles:
            return f"there is nothing to try this edit on: no article of the last {since}"
        if not self.changes:
            return f"this edit would have changed nothing in the last {since}"
        return (
            f"this edit would have sent {self.more} more and {self.fewer} fewer alerts "
            f"in the last {since}"
        )


@dataclass(frozen=True, slots=True)
class _Run:
    """(rule, line) of what was told at once, and of what matched."""

    alerts: frozenset[tuple[str, str]]
    matches: frozenset[tuple[str, str]]

    def among(self, counted: frozenset[str]) -> _Run:
        """Return what is of these lines."""
        return _Run(
            frozenset(pair for pair in self.alerts if pair[1] in counted),
            frozenset(pair for pair in self.matches if pair[1] in counted),
        )


def compare(store: Store, *, since: datetime, before: Desk, after: Desk) -> Difference:
    """Rehearse the archive under two versions.

    Args:
        store: The archive.
        since: Aware, UTC: from when on differences count.
        before: Of this and of `after` only configuration, program and renderer are used.
        after: The edited version.
    """
    lines, counted = _lines(store, since, after)
    return _difference(lines, counted, _run(lines, before), _run(lines, after))


def compare_with_recorded(store: Store, *, since: datetime, after: Desk) -> Difference:
    """Rehearse the archive under one version and compare with what was really found and told."""
    lines, counted = _lines(store, since, after)
    alerts, matches = store.archive.recorded_since(since)
    recorded = _Run(
        frozenset((rule, str(article)) for rule, article in alerts),
        frozenset((rule, str(article)) for rule, article in matches),
    )
    return _difference(lines, counted, recorded, _run(lines, after))


def _lines(store: Store, since: datetime, desk: Desk) -> tuple[list[Line], frozenset[str]]:
    """Return what to rehearse, oldest first, and the ids of what counts.

    What a feed's first poll brought only founds stories: it never alerts, whatever the rules (but
    for `on_first_poll: alert`).
    """
    states = store.feeds.all()
    begun = {
        feed.name: states[feed.name].baseline_at
        for feed in desk.config.feeds
        if feed.name in states and feed.on_first_poll is not FirstPoll.ALERT
    }
    lines, counted = list[Line](), set[str]()
    for article, _ in store.archive.since(since - WARM_UP):
        baseline = begun.get(article.feed)
        is_backlog = baseline is not None and article.first_seen_at <= baseline
        lines += _texts(store, replace(_line(article), is_backlog=is_backlog))
        if article.first_seen_at >= since and not is_backlog:
            counted.add(str(article.id))
    return sorted(lines, key=lambda line: line.published or since), frozenset(counted)


def _texts(store: Store, line: Line) -> Iterator[Line]:
    """Yield an article as it was first printed, and each later text when it came."""
    came_at = line.published
    for _, replaced_at, (title, summary, body) in store.articles.revisions(int(line.id)):
        yield replace(line, title=title, summary=summary, body=body, published=came_at)
        came_at = replaced_at
    yield replace(line, published=came_at, is_backlog=line.is_backlog and came_at == line.published)


def _difference(lines: Sequence[Line], counted: frozenset[str], old: _Run, new: _Run) -> Difference:
    titles = {line.id: line.title or line.url for line in lines}
    old, new = old.among(counted), new.among(counted)
    rules = sorted({rule for rule, _ in old.alerts | new.alerts | old.matches | new.matches})
    changes = [_change(rule, old, new, titles) for rule in rules]
    return Difference(len(counted), tuple(change for change in changes if change is not None))


def _line(article: Article) -> Line:
    """Return a stored article as a line of a stream; its number is its id."""
    return Line(
        id=str(article.id),
        title=article.title,
        summary=article.summary,
        body=article.body,
        url=article.url,
        feed=article.feed,
        published=article.first_seen_at,
        language=article.language,
        guid=article.guid_key,
        authors=article.authors,
        categories=article.categories,
    )


def _run(lines: Sequence[Line], desk: Desk) -> _Run:
    scratch = Store.scratch()
    try:
        quiet = Desk(desk.config, desk.program, desk.renderer, ManualClock(EPOCH))
        alerts, matches = set[tuple[str, str]](), set[tuple[str, str]]()
        for result in rehearse(lines, quiet, scratch):
            alerts.update((rule, result.line.id) for rule, _ in result.alerts)
            matches.update((match.rule_id, result.line.id) for match in result.reading.matches)
        return _Run(frozenset(alerts), frozenset(matches))
    finally:
        scratch.close()


def _change(rule: str, old: _Run, new: _Run, titles: dict[str, str]) -> Change | None:
    def of(pairs: frozenset[tuple[str, str]]) -> set[str]:
        return {line for each, line in pairs if each == rule}

    alerts_before, alerts_after = of(old.alerts), of(new.alerts)
    matches_before, matches_after = of(old.matches), of(new.matches)
    if alerts_before == alerts_after and matches_before == matches_after:
        return None
    more, fewer = alerts_after - alerts_before, alerts_before - alerts_after
    return Change(
        rule,
        len(alerts_before),
        len(alerts_after),
        len(matches_before),
        len(matches_after),
        len(more),
        len(fewer),
        tuple(titles[line] for line in sorted(more)[:MAX_EXAMPLES]),
        tuple(titles[line] for line in sorted(fewer)[:MAX_EXAMPLES]),
    )
