"""Put an article's facts together from its headline and lead. Pure; empty beats wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import chain

from rules.facts.attribution import attribution, speakers, status, tells_speaker
from rules.facts.dates import event_date, tells_event
from rules.facts.harm import tells_harm
from rules.facts.marks import occasion, sites, tells_of_several
from rules.facts.mention import Mention
from rules.facts.numerals import Word, split
from rules.facts.parties import actors, platforms
from rules.facts.places import countries, dateline, is_shouted, mentions, places
from rules.facts.prior import is_prior
from rules.facts.targets import targets
from rules.facts.tolls import statements
from wirewatch.model import Article, Claim, EventDate, Facts, Field, Span, Toll, TollKind
from wirewatch.text.sentences import sentences

LEAD_SENTENCES = 3  # of summary and of body; numbers behind them are mostly other events'
TITLE_SENTENCES = 5
TARGET_SENTENCES = 2
MAX_SENTENCES = 60  # what is looked through for further attributed tolls
MAX_CHARS = 12_000  # of a field; a longer one is a page, not an article
_FRESH = timedelta(days=1)
MAX_SENTENCE = 1_500  # characters; beyond that it is a table or a list of names


@dataclass(frozen=True)
class _Piece:
    """A sentence of an article."""

    field: Field
    text: str
    start: int
    in_lead: bool
    shouted: bool

    @cached_property
    def words(self) -> list[Word]:
        return split(self.text)

    @cached_property
    def low(self) -> str:
        return self.text.lower()

    @cached_property
    def tells_speaker(self) -> bool:
        return tells_speaker(self.low)

    @cached_property
    def speakers(self) -> list[tuple[str, int]]:
        return speakers(self.words, shouted=self.shouted) if self.tells_speaker else []

    @cached_property
    def mentions(self) -> list[Mention]:
        return mentions(self.text, shouted=self.shouted)


def read_facts(article: Article) -> Facts:
    """Return what an article says happened.

    Args:
        article: Weekdays and relative words are resolved against `published_at`, else
            `first_seen_at` (UTC).

    Returns:
        Tolls from headline and lead (three sentences of summary and of body); from further
        sentences only those that name who says so. `killed` and `injured` are this event's.
    """
    try:
        return _read(article)
    except UnicodeEncodeError:
        # Half a surrogate pair, which can't be searched and is part of no word: offsets stay.
        title, summary, body = (
            _HALVES.sub("\ufffd", text) for text in (article.title, article.summary, article.body)
        )
        return _read(replace(article, title=title, summary=summary, body=body))


_HALVES = re.compile("[\ud800-\udfff]")


def _read(article: Article) -> Facts:
    published = (article.published_at or article.first_seen_at).date()
    pieces = _pieces(article)
    lead = [piece for piece in pieces if piece.in_lead]
    texts = [piece.text for piece in lead]
    told = list(_tolls(pieces, published))
    said = status(texts)
    where = places([(p.field, p.start, p.text, p.mentions) for p in lead])
    return Facts(
        killed=_shown(told, TollKind.KILLED),
        injured=_shown(told, TollKind.INJURED),
        tolls=tuple(one.toll for one in told),
        countries=_countries(article, lead),
        places=where,
        actors=actors(texts),
        event_date=_event_date(article, texts, published),
        platforms=platforms(texts),
        attributions=_attributions(lead, [one.piece for one in told]),
        status=said,
        tags=(said.value,) if said in {Claim.DENIED, Claim.CLAIMED} else (),
        occasion=occasion(article.title),
        sites=sites([(piece.text, piece.mentions) for piece in lead]),
        targets=targets(
            article.title, [p.text for p in lead if p.field is not Field.TITLE][:TARGET_SENTENCES]
        ),
        is_several=len(where) > 1 and tells_of_several(article.title),
    )


def _event_date(article: Article, texts: list[str], published: date) -> EventDate | None:
    found = event_date(texts, published=published)
    if found is None or article.published_at is None or found.precision != "day":
        return found
    return replace(found, is_fresh=published - found.day <= _FRESH)


def _pieces(article: Article) -> list[_Piece]:
    """Cut the fields into sentences; those behind the lead only where they may tell of casualties."""
    lead: list[_Piece] = []
    further: list[Iterator[_Piece]] = []
    for field, most in (
        (Field.TITLE, TITLE_SENTENCES),
        (Field.SUMMARY, LEAD_SENTENCES),
        (Field.BODY, LEAD_SENTENCES),
    ):
        text = article.text(field)[:MAX_CHARS]
        if not text:
            continue
        shouted = is_shouted(text)
        found = sentences(text, most=most)
        lead += [_piece(field, text, *ends, in_lead=True, shouted=shouted) for ends in found]
        if field is not Field.TITLE and len(found) == most:
            further.append(_further(field, text, found[-1][1], shouted=shouted))
    # Whose lead tells of no attack and no accident says of casualties what is by the way.
    if not further or not any(tells_event(piece.low) for piece in lead):
        return lead
    return [*lead, *chain.from_iterable(further)]


def _further(field: Field, text: str, behind: int, *, shouted: bool) -> Iterator[_Piece]:
    """Yield the sentences behind the lead that may say how many were killed, and who says so."""
    rest = text[behind:]
    low = rest.lower()
    if not (tells_harm(low) and tells_speaker(low)):
        return
    for start, end in sentences(rest, most=MAX_SENTENCES):
        if tells_harm(rest[start:end].lower()):
            yield _piece(field, text, behind + start, behind + end, in_lead=False, shouted=shouted)


def _piece(
    field: Field, text: str, start: int, end: int, *, in_lead: bool, shouted: bool
) -> _Piece:
    return _Piece(field, text[start : min(end, start + MAX_SENTENCE)], start, in_lead, shouted)


def _countries(article: Article, lead: list[_Piece]) -> tuple[str, ...]:
    text = (article.body or article.summary)[:MAX_CHARS]
    behind = max((p.start + len(p.text) for p in lead if p.field is Field.BODY), default=0)

    def beyond(only: frozenset[str]) -> list[Mention]:
        rest = article.body[behind:MAX_CHARS]
        return mentions(rest, shouted=is_shouted(article.body), only=only)

    return countries([piece.mentions for piece in lead], beyond, dateline(text))


def _attributions(lead: list[_Piece], telling: list[_Piece]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for piece in (*lead, *telling):
        for name, _ in piece.speakers:
            names.setdefault(name)
    return tuple(names)


@dataclass(frozen=True)
class _Told:
    """A toll, where it stands, and whether it adds to another or sums up."""

    piece: _Piece
    toll: Toll
    adds: bool
    sums_up: bool


def _tolls(pieces: list[_Piece], published: date) -> Iterator[_Told]:
    for piece in pieces:
        if not (tells_harm(piece.low) and (piece.in_lead or piece.tells_speaker)):
            continue
        found = statements(piece.text, piece.words)
        if not found or not (piece.in_lead or piece.speakers):
            continue
        for number, statement in enumerate(found):
            following = found[number + 1].start if number + 1 < len(found) else None
            start, end = piece.start + statement.start, piece.start + statement.end
            toll = Toll(
                kind=statement.kind,
                min=statement.low,
                max=statement.high,
                span=Span("", piece.field, start, end, piece.text[statement.start : statement.end]),
                who=statement.who,
                attribution=attribution(piece.speakers, statement.at),
                prior=is_prior(
                    piece.text,
                    statement.at,
                    published=published,
                    until=following,
                    grows=statement.grows,
                ),
            )
            yield _Told(piece, toll, statement.adds, statement.sums_up)


def _shown(told: list[_Told], kind: TollKind) -> Toll | None:
    """Choose this event's toll: the first one, or a later one that says the same more exactly."""
    current = [one for one in told if one.toll.kind is kind and not one.toll.prior]
    if not current:
        return None
    # "No casualties" in one place yields to a toll in another.
    first = next((one for one in current if one.toll.max != 0), current[0])
    later = current[current.index(first) + 1 :]
    total = next((one.toll for one in later if _totals(one, first)), None)
    if total is not None:
        return total
    if first.toll.max is not None and first.toll.min is not None:
        return first.toll
    return next((one.toll for one in later if _refines(one.toll, first.toll)), first.toll)


def _totals(later: _Told, first: _Told) -> bool:
    """Say whether a later figure is the sum that the first one is a part of: "raising the toll to 14"."""
    if not (later.sums_up and (first.adds or later.piece is first.piece)):
        return False
    return (later.toll.min or 0) >= (first.toll.min or 0)


def _refines(later: Toll, first: Toll) -> bool:
    """Say whether a later figure lies within an open one and says more: "dozens" … "at least 47"."""
    if later.min is None or later.span.field is first.span.field:
        return False
    return (first.min is None or later.min >= first.min) and (
        first.max is None or (later.max is not None and later.max <= first.max)
    )
