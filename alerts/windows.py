"""Judge a rule's `when:`: how often, from how many, how unusual, for the first time, not at all.

Pure: the counts come from the database, over windows that slide (fixed ones miss what straddles
their edges) and survive restarts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.show import counted, duration
from wirewatch.model import Reason, Span, WhenSpec
from wirewatch.text import clean_line

# Huginn's peak detector: fewer events than this are no peak, and two days are the least to know a habit.
MIN_SPIKE = 4
MIN_HISTORY = timedelta(days=2)
HISTORY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Window:
    """What a sliding window holds by now, this match included.

    Attributes:
        articles: Matches of the rule in it (of its story or place, where `per:` says so).
        sources: Distinct outlets among them with a text of their own.
        past: Matches in the two weeks before the window.
        past_span: How long of these two weeks there was anything to match.
        unseen: Names in the rule's group that were not there before, in the window.
    """

    articles: int = 0
    sources: int = 0
    past: int = 0
    past_span: timedelta = timedelta()
    unseen: tuple[str, ...] = ()


def judge(when: WhenSpec, window: Window) -> tuple[Reason | None, str]:
    """Return why a match is told now, or (None, what is missing); every given condition must hold."""
    if when.absent:
        return (None, f"told when nothing matches for {duration(when.within)}")
    missing: list[str] = []
    reason, said = Reason.THRESHOLD, list[str]()
    for need, have, one, many in (
        (when.articles, window.articles, "match", "matches"),
        (when.sources, window.sources, "independent source", "independent sources"),
    ):
        if need is not None and have < need:
            missing.append(f"{have} of {counted(need, one, many)} in {duration(when.within)}")
        elif need is not None:
            said.append(f"{counted(have, one, many)} in {duration(when.within)}")
    if when.spike is not None:
        times, detail = _spike(when, window)
        (said if times else missing).append(detail)
        reason = Reason.SPIKE
    if when.first_mention is not None:
        reason = Reason.FIRST_MENTION
        if window.unseen:
            names = ", ".join(clean_line(name, 60) for name in window.unseen[:4])
            said.append(f"{names}, for the first time in {duration(when.within)}")
        else:
            missing.append(f"nobody new in {when.first_mention}")
    return (None, "; ".join(missing)) if missing else (reason, "; ".join(said))


def absent_since(
    when: WhenSpec, *, last_match_at: datetime | None, known_since: datetime, now: datetime
) -> datetime | None:
    """Return since when nothing has matched, if that is too long, else None.

    Args:
        when: With `absent`.
        last_match_at: Of the rule, or None.
        known_since: When the rule was first heard of: nothing can be missed before.
        now: Aware, UTC.
    """
    since = max(last_match_at or known_since, known_since)
    return since if when.absent and now - since >= when.within else None


def names_in(spans: Sequence[Span], group: str) -> tuple[str, ...]:
    """Return the names that a match has in a group, each once: the entity's where it is one."""
    found = (
        span.term.rpartition("→")[2].strip() or span.text for span in spans if span.group == group
    )
    return tuple(dict.fromkeys(found))


def _spike(when: WhenSpec, window: Window) -> tuple[bool, str]:
    if window.past_span < MIN_HISTORY:
        return (False, f"less than {duration(MIN_HISTORY)} to compare with")
    assert when.spike is not None
    usual = window.past * (when.within / window.past_span)
    detail = f"{counted(window.articles, 'match', 'matches')} in {duration(when.within)}, usually {usual:.1f}"
    return (window.articles >= max(MIN_SPIKE, when.spike * usual), detail)
