"""How what is told is worded and marked: everything templates ask for beyond plain values.

Pure and without a clock: every time comes from the data and is shown in a named zone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from wirewatch.model import (
    Article,
    Disposition,
    Field,
    Health,
    HeldBack,
    Outlet,
    Reason,
    Severity,
    SourcedToll,
    Span,
    StoryFacts,
    Trend,
    Update,
    UpdateKind,
)
from wirewatch.text import clean_line

MAX_TITLE = 240
_SNIPPET = 260
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BARS = "▁▂▃▄▅▆▇█"

REASONS = {
    Reason.FIRST_SIGHT: "first report",
    Reason.POSSIBLY_SAME: "possibly the same story",
    Reason.SEVERITY_RAISED: "more serious",
    Reason.TOLL_RAISED: "the toll rose",
    Reason.NEW_ACTOR: "another actor named",
    Reason.NEW_PLACE: "another place named",
    Reason.DENIED: "denied",
    Reason.CONFIRMED: "confirmed, after it was denied",
    Reason.MORE_SOURCES: "more independent sources",
    Reason.REVISED: "headline rewritten",
    Reason.THRESHOLD: "threshold reached",
    Reason.SPIKE: "unusually many",
    Reason.FIRST_MENTION: "first mention",
    Reason.ABSENT: "nothing seen",
}

HELD = {
    HeldBack.NOT_INSTANT: "below the severity that is told at once",
    HeldBack.NOTHING_NEW: "told before, nothing new in it",
    HeldBack.COOLDOWN: "in the cooldown of its story, rule or place",
    HeldBack.QUIET_HOURS: "came in quiet hours",
    HeldBack.MUTED: "muted",
    HeldBack.ACKED: "its story has been acknowledged",
    HeldBack.INHIBITED: "a critical alert of the same story covered it",
    HeldBack.STORM: "too many alerts at once",
    HeldBack.BUDGET: "the rule's daily budget was used up",
    HeldBack.BASELINE: "already in the feed when it was first polled",
    HeldBack.BACKFILL: "old entries that a feed listed again",
    HeldBack.THRESHOLD: "not yet often enough for its rule",
    HeldBack.SAME_ALERT: "told together with another report",
    HeldBack.UNDELIVERED: "could not be delivered in time",
    HeldBack.NO_CHANNEL: "no channel takes its alerts",
}

_UPDATES = {
    UpdateKind.TOLL_RAISED: "Toll",
    UpdateKind.NEW_ACTOR: "Now also named",
    UpdateKind.NEW_PLACE: "Now also in",
    UpdateKind.SEVERITY_RAISED: "Severity",
    UpdateKind.MORE_SOURCES: "Sources",
    UpdateKind.HEADLINE_REWRITTEN: "Headline",
    UpdateKind.DENIED: "Denied",
    UpdateKind.CONFIRMED: "Confirmed",
}

_HEALTH = {Health.LATE: "late", Health.QUIET: "unusually quiet", Health.CHURNING: "churning"}


def title(text: str, limit: int = MAX_TITLE) -> str:
    """Return a headline on one line, without control or bidi characters, at most `limit` long."""
    return clean_line(text, limit) or "(no headline)"


def subject(text: str, limit: int = 200) -> str:
    """Return text fit for a header: one line, and nothing that would be read as an encoded word.

    Python's `email` decodes RFC 2047 words in what it is given: `=?utf-8?q?=0d=0aBcc:…?=` in a title
    would become a line end and a header of its own.
    """
    return clean_line(text, limit).replace("=?", "= ?")


def direction(text: str) -> str:
    """Return "rtl" or "ltr" by the first letter that has a direction (Unicode's rule P2), as HTML's dir=auto.

    Written out because mail programs that know no `dir="auto"` know `dir="rtl"`.
    """
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


@cache
def countries() -> Mapping[str, str]:
    """Return the names of countries by ISO 3166 code, from the time zone database's own table."""
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    rows = (line.partition("\t") for line in table.splitlines() if not line.startswith("#"))
    return {code: name for code, _, name in rows}


def moment(at: datetime, timezone: str) -> str:
    """Return a time as people read it: `Mon 9 Mar 14:02`."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{day(local)} {local:%H:%M}"


def clock(at: datetime, timezone: str, reference: datetime) -> str:
    """Return `14:02` for a time on the same local day as `reference`, else with the day."""
    zone = ZoneInfo(timezone)
    local = at.astimezone(zone)
    same_day = local.date() == reference.astimezone(zone).date()
    return f"{local:%H:%M}" if same_day else moment(at, timezone)


def day(at: datetime) -> str:
    """Return `Mon 9 Mar`, in English whatever the machine's locale is."""
    return f"{_WEEKDAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]}"


def duration(delta: timedelta) -> str:
    """Return a length of time in its two largest units: `2 days 3 h`, `12 min`."""
    minutes = max(int(delta.total_seconds() // 60), 0)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        f"{days} day{'s' * (days != 1)}" if days else "",
        f"{hours} h" if hours else "",
        f"{rest} min" if (rest or not minutes) and not days else "",
    ]
    return " ".join(filter(None, parts))


def counted(count: int, one: str, many: str = "") -> str:
    """Return `1 match`, `1,204 articles`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def span_of_toll(toll: tuple[int | None, int | None]) -> str:
    """Return a range of casualties: `5`, `5–12`, `at least 5`, `up to 6`."""
    low, high = toll
    if low == high == 0:
        return "none"
    if low is not None and high is not None:
        return f"{low:,}" if low == high else f"{low:,}–{high:,}"
    if low is not None:
        return f"at least {low:,}"
    return f"up to {high:,}" if high is not None else "an unknown number"


def card(facts: StoryFacts) -> list[tuple[str, str]]:
    """Return the event card: (label, text) of what is known, nothing for what is not."""
    rows = [
        ("Killed", span_of_toll(facts.killed) if facts.killed else ""),
        ("Injured", span_of_toll(facts.injured) if facts.injured else ""),
        ("Where", _listed([*facts.places[:4], *(countries().get(c, c) for c in facts.countries[:3])])),
        ("When", f"{facts.event_date.day} {_MONTHS[facts.event_date.month - 1]}" if facts.event_date else ""),
        ("Who", _listed(facts.actors[:5])),
        ("With", _listed(facts.platforms[:4])),
        ("Status", facts.status.value if facts.status else ""),
        ("Says who", _listed(facts.attributions[:3])),
    ]  # fmt: skip
    return [(label, clean_line(text, 160)) for label, text in rows if text]


def disputed(facts: StoryFacts) -> list[str]:
    """Return who gives which toll, where the sources differ."""
    latest: dict[tuple[str, str], SourcedToll] = {}
    for toll in facts.tolls:
        latest[toll.kind.value, toll.source] = toll
    lines = []
    for kind in sorted({kind for kind, _ in latest}, reverse=True):
        said = [toll for (its, _), toll in latest.items() if its == kind]
        if len({(toll.min, toll.max) for toll in said}) > 1:
            each = (
                f"{span_of_toll((toll.min, toll.max))} ({title(toll.source, 40)}"
                f"{', quoting ' + title(toll.attribution, 60) if toll.attribution else ''})"
                for toll in said[:4]
            )
            lines.append(f"{kind.capitalize()}: {'; '.join(each)}")
    return lines


def change(update: Update) -> str:
    """Return one update as a line: `Toll: 5 → 12`."""
    before, after = (title(each, 120) if each else "" for each in (update.before, update.after))
    return ": ".join(
        filter(None, [_UPDATES[update.kind], " → ".join(filter(None, [before, after]))])
    )


def told(disposition: Disposition, timezone: str, reference: datetime) -> str:
    """Return what became of a match at once, in a few words with the time."""
    detail = clean_line(disposition.detail, 160)
    if disposition.told_at:
        why = REASONS[disposition.reason] if disposition.reason else ""
        when = clock(disposition.told_at, timezone, reference)
        where = f" to {', '.join(disposition.channels)}" if disposition.channels else ""
        bundled = ", together with many others" if disposition.held is HeldBack.STORM else ""
        return f"told at {when}{where}" + (f" ({why})" if why else "") + bundled
    if disposition.held:
        if disposition.held is HeldBack.NOT_INSTANT and detail:
            return f"not told at once: {detail}"
        return f"not told at once: {HELD[disposition.held]}" + (f" – {detail}" if detail else "")
    return "on its way"


def verified(text: str, spans: Iterable[Span], field: Field) -> list[tuple[int, int]]:
    """Return the ranges of a field's spans that hold what they say, merged, in order.

    Spans point into the text a rule read; one that no longer fits (an edit since) marks nothing.
    """
    ranges = sorted(
        (span.start, span.end)
        for span in spans
        if span.field is field and span.text and text[span.start : span.end] == span.text
    )
    merged: list[tuple[int, int]] = []
    for start, end in ranges:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def marked(text: str, ranges: Sequence[tuple[int, int]], window: tuple[int, int]) -> Markup:
    """Return a piece of text as HTML with the ranges in it marked, everything escaped."""
    out, at, stop = Markup(), window[0], window[1]
    for start, end in ranges:
        if end <= at or start >= stop:
            continue
        out += escape(text[at : max(start, at)])
        out += Markup('<b class="mark">{}</b>').format(text[max(start, at) : min(end, stop)])
        at = min(end, stop)
    return out + escape(text[at:stop])


def starred(text: str, ranges: Sequence[tuple[int, int]], window: tuple[int, int]) -> str:
    """Return a piece of text with the ranges in it between asterisks."""
    out, at, stop = "", window[0], window[1]
    for start, end in ranges:
        if end <= at or start >= stop:
            continue
        out += text[at : max(start, at)] + f"*{text[max(start, at) : min(end, stop)]}*"
        at = min(end, stop)
    return out + text[at:stop]


def snippet_window(text: str, ranges: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the stretch of text to show: about 260 characters around the first marked words."""
    if len(text) <= _SNIPPET:
        return (0, len(text))
    centre = ranges[0][0] if ranges else 0
    start = max(0, min(centre - _SNIPPET // 3, len(text) - _SNIPPET))
    end = start + _SNIPPET
    if start:
        start = _after_blank(text, start)
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + _SNIPPET // 2)
    return (start, end)


def snippet(article: Article, spans: Sequence[Span], *, html: bool) -> str:
    """Return the words around what matched, from the first field below the title that has any.

    Where only the title matched, the beginning of the summary (else the body); "" where there is
    no text at all. HTML is escaped and marked; plain text has asterisks around the words.
    """
    fields = [(Field.SUMMARY, article.summary), (Field.BODY, article.body)]
    found = [(text, verified(text, spans, field)) for field, text in fields if text]
    text, ranges = next((pair for pair in found if pair[1]), found[0] if found else ("", []))
    if not text:
        return Markup() if html else ""
    window = snippet_window(text, ranges)
    before, after = "… " * (window[0] > 0), " …" * (window[1] < len(text))
    if html:
        return before + marked(text, ranges, window) + after
    return before + " ".join(starred(text, ranges, window).split()) + after


def headline(article: Article, spans: Sequence[Span]) -> Markup:
    """Return an article's title as HTML, with the words that matched marked."""
    text = article.title
    cut = len(text) > MAX_TITLE
    window = (0, MAX_TITLE if cut else len(text))
    return marked(text, verified(text, spans, Field.TITLE), window) + ("…" if cut else "")


def sources(outlets: Sequence[Outlet], limit: int = 8) -> list[Outlet]:
    """Return the outlets to name, one per source, independent ones first."""
    ordered = sorted(outlets, key=lambda o: (not o.independent, o.first_seen_at, o.article_id))
    named: dict[str, Outlet] = {}
    for outlet in ordered:
        named.setdefault(outlet.source, outlet)
    return list(named.values())[:limit]


def terms(spans: Iterable[Span], limit: int = 8) -> str:
    """Return the words that matched, each once, however it is written."""
    found: dict[str, str] = {}
    for span in spans:
        found.setdefault(span.text.casefold(), clean_line(span.text, 60))
    return _listed(list(found.values())[:limit])


def bars(history: Sequence[int], count: int) -> str:
    """Return two weeks and the present as a line of block characters; "" without a history."""
    if not history:
        return ""
    values = [*history, count]
    top = max([*values, 1])
    return "".join(_BARS[round(value / top * (len(_BARS) - 1))] for value in values)


def exclusion(by: str) -> str:
    """Return the words of an exclusion without the marks of the rule language."""
    phrase = by.rpartition("→")[2].strip()
    return clean_line(phrase.strip("=~*") or by, 60)


def trend(line: Trend) -> str:
    """Return how a rule compares with its last two weeks: `7, usually 3.1`."""
    if not line.history:
        return f"{line.count}, no history yet"
    return f"{line.count}, usually {line.usual:.1f}".replace(".0", "")


def health(state: Health) -> str:
    """Return a feed's state in a word that fits after its name."""
    return _HEALTH.get(state, state.value)


def worst(severities: Iterable[Severity]) -> Severity:
    """Return the highest severity, INFO where there is none."""
    return max(severities, default=Severity.INFO)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(name for name in names if name))


def _after_blank(text: str, start: int) -> int:
    blank = text.find(" ", start, start + 30)
    return blank + 1 if blank >= 0 else start
