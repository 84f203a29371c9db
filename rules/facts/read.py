"""Put an article's facts together from its headline and lead. Pure; empty beats wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from rules.facts.attribution import attribution, speakers, status
from rules.facts.dates import event_date
from rules.facts.parties import actors, platforms
from rules.facts.places import countries, places
from rules.facts.prior import is_prior
from rules.facts.sentences import sentences
from rules.facts.tolls import statements
from wirewatch.model import Article, Claim, Facts, Field, Span, Toll, TollKind

LEAD_SENTENCES = 3  # of summary and of body; numbers behind them are mostly other events'
MAX_SENTENCES = 60  # what is looked through for further attributed tolls


class _Piece(NamedTuple):
    """A sentence of an article."""

    field: Field
    text: str
    start: int
    in_lead: bool


def read_facts(article: Article) -> Facts:
    """Return what an article says happened.

    Args:
        article: Weekdays and relative words are resolved against `published_at`, else
            `first_seen_at` (UTC).

    Returns:
        Tolls from headline and lead (three sentences of summary and of body); from further
        sentences only those that name who says so. `killed` and `injured` are this event's.
    """
    published = (article.published_at or article.first_seen_at).date()
    pieces = list(_pieces(article))
    lead = [piece.text for piece in pieces if piece.in_lead]
    tolls = tuple(_tolls(pieces, published))
    said = status(lead)
    names: dict[str, None] = {}
    for piece in pieces:
        if piece.in_lead or any(
            t.span.field is piece.field
            and piece.start <= t.span.start < piece.start + len(piece.text)
            for t in tolls
        ):
            for name, _ in speakers(piece.text):
                names.setdefault(name)
    return Facts(
        killed=_shown(tolls, TollKind.KILLED),
        injured=_shown(tolls, TollKind.INJURED),
        tolls=tolls,
        countries=countries(lead, article.body or article.summary),
        places=places([(p.field, p.text, p.start) for p in pieces if p.in_lead]),
        actors=actors(lead),
        event_date=event_date(lead, published=published),
        platforms=platforms(lead),
        attributions=tuple(names),
        status=said,
        tags=(said.value,) if said in {Claim.DENIED, Claim.CLAIMED} else (),
    )


def _pieces(article: Article) -> Iterator[_Piece]:
    for sentence in sentences(article.title, LEAD_SENTENCES + 2):
        yield _Piece(Field.TITLE, sentence.text, sentence.start, in_lead=True)
    for number, sentence in enumerate(sentences(article.summary, MAX_SENTENCES)):
        yield _Piece(Field.SUMMARY, sentence.text, sentence.start, number < LEAD_SENTENCES)
    for number, sentence in enumerate(sentences(article.body, MAX_SENTENCES)):
        yield _Piece(Field.BODY, sentence.text, sentence.start, number < LEAD_SENTENCES)


def _tolls(pieces: list[_Piece], published: date) -> Iterator[Toll]:
    for piece in pieces:
        found = statements(piece.text)
        for number, statement in enumerate(found):
            following = found[number + 1].start if number + 1 < len(found) else None
            who_says = attribution(piece.text, statement.at)
            if not piece.in_lead and not who_says:
                continue
            start, end = piece.start + statement.start, piece.start + statement.end
            yield Toll(
                kind=statement.kind,
                min=statement.low,
                max=statement.high,
                span=Span("", piece.field, start, end, piece.text[statement.start : statement.end]),
                who=statement.who,
                attribution=who_says,
                prior=is_prior(piece.text, statement.at, published=published, until=following),
            )


def _shown(tolls: tuple[Toll, ...], kind: TollKind) -> Toll | None:
    """Choose this event's toll: the first one, or a later one that says the same more exactly."""
    current = [toll for toll in tolls if toll.kind is kind and not toll.prior]
    if not current:
        return None
    first = current[0]
    if first.max is not None and first.min is not None:
        return first
    for later in current[1:]:
        if _refines(later, first):
            return later
    return first


def _refines(later: Toll, first: Toll) -> bool:
    """Say whether a later figure lies within an open one and says more: "dozens" … "at least 47"."""
    if later.min is None:
        return False
    if later.span.field is first.span.field:
        return False
    return (first.min is None or later.min >= first.min) and (
        first.max is None or (later.max is not None and later.max <= first.max)
    )
