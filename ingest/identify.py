"""Decide which entries of one document are new, known, or edited.

Identity is a set of keys, never a date and never a title: exact guid, guid without fragment,
canonical link unless the document carries it twice; across feeds the canonical link only.
Whatever else an entry says may change under it.

A document is judged whole. What the pre-scan left out of it counts as there (`listed`): otherwise
two entries that share a link would look like one as soon as the first of them is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from wirewatch.model import Article, Known, Relation

CHURN_SHARE = 0.6
CHURN_LEAST = 5
BACKFILL_LEAST = 10
BACKFILL_AGE = timedelta(hours=48)
_UNKNOWN_AGE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Identity:
    """What one entry turned out to be.

    Attributes:
        relation: NEW, KNOWN or REVISION.
        article_id: The stored article that it is; None for a new one.
        first_here: This feed did not list that article before (also true of a new one).
        keys: Under which to remember it in this feed.
        is_backfill: New to us, old by its date, and one of many: a feed put back its archive.
    """

    article: Article
    relation: Relation
    article_id: int | None
    first_here: bool
    keys: tuple[str, ...]
    is_backfill: bool = False


@dataclass(frozen=True, slots=True)
class Identified:
    """A document's entries, without those that repeat one before them.

    Attributes:
        churning: Most entries have new ids and known texts; these ids were taken for aliases.
        backfill: Some entries are old ones put back.
    """

    identities: tuple[Identity, ...]
    churning: bool = False
    backfill: bool = False


def keys(articles: Iterable[Article]) -> tuple[set[str], set[str]]:
    """Return what to look up for these articles: (keys in their feed, links in any feed)."""
    guids: set[str] = set()
    links: set[str] = set()
    for article in articles:
        guids |= {article.guid_key, article.exact_key or article.guid_key, _composite(article)}
        if article.link_key:
            links.add(article.link_key)
    return guids, links


def identify(
    articles: Sequence[Article],
    known: Sequence[Known],
    *,
    listed: Collection[str] = (),
    since: datetime | None = None,
) -> Identified:
    """Recognise the entries of one document.

    Args:
        articles: All of one feed, in document order.
        known: What is stored under any of `keys(articles)`; with rows of the same feed that hold
            the same texts, guid churn is found too.
        listed: Keys of this feed whose entries stand unchanged in the document.
        since: The last good poll before this one; None if unknown. For telling a backfill.

    Returns:
        One identity for each entry that repeats none before it, in the same order.
    """
    entries = _without_repeats(articles)
    document = _Document(entries, known, frozenset(listed))
    for step in (document.by_strict_key, document.by_guid, document.by_lone_guid, document.by_link):
        for index, article in enumerate(entries):
            if index not in document.found and (match := step(article)) is not None:
                document.claim(index, match)
    churning = document.alias_churned()
    identities = [document.identity(index) for index in range(len(entries))]
    old = {i for i, each in enumerate(identities) if _is_old(each, since)}
    backfill = len(old) >= BACKFILL_LEAST
    return Identified(
        identities=tuple(
            replace(each, is_backfill=True) if backfill and i in old else each
            for i, each in enumerate(identities)
        ),
        churning=churning,
        backfill=backfill,
    )


@dataclass(slots=True)
class _Document:
    """The entries of one document and what is known about them, while they are being recognised."""

    entries: Sequence[Article]
    known: Sequence[Known]
    listed: frozenset[str]
    found: dict[int, Known] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)  # keys that an entry of this document stands under
    claimed: set[int] = field(default_factory=set)  # stored articles that stand in it
    here: dict[str, Known] = field(default_factory=dict)
    links: dict[str, Known] = field(default_factory=dict)
    carriers: Counter[str] = field(default_factory=Counter)
    first_with: dict[str, int] = field(default_factory=dict)  # who gets a guid key that is free

    def __post_init__(self) -> None:
        feed = self.entries[0].feed if self.entries else ""
        self.here = {each.guid_key: each for each in self.known if each.feed == feed}
        for each in self.known:
            if each.link_key and (each.link_key not in self.links or each.feed == feed):
                self.links[each.link_key] = each
        standing = {k.article_id: k for key, k in self.here.items() if key in self.listed}
        self.claimed |= set(standing)
        self.carriers.update(a.link_key for a in self.entries if a.link_key)
        self.carriers.update(k.link_key for k in standing.values() if k.link_key)

    def by_strict_key(self, article: Article) -> Known | None:
        """Find it by what no other entry of a document shares."""
        return self.here.get(article.exact_key) or self.here.get(_composite(article))

    def by_guid(self, article: Article) -> Known | None:
        """Find it by its guid, where link or text bear it out."""
        match = self._under(article.guid_key)
        if match is None or (article.exact_key and article.guid_key in self.listed):
            return None
        same_link = match.link_key == article.link_key
        return match if same_link or match.content_hash == article.content_hash else None

    def by_lone_guid(self, article: Article) -> Known | None:
        """Find it by its guid alone."""
        return None if article.guid_key in self.listed else self._under(article.guid_key)

    def by_link(self, article: Article) -> Known | None:
        """Find it by its link, in any feed, unless the document carries that twice."""
        if not article.link_key or self.carriers[article.link_key] > 1:
            return None
        match = self.links.get(article.link_key)
        return None if match is None or match.article_id in self.claimed else match

    def _under(self, key: str) -> Known | None:
        return None if key in self.taken else self.here.get(key)

    def claim(self, index: int, match: Known) -> None:
        """Take a stored article for an entry; no other entry gets it by a weaker key."""
        article = self.entries[index]
        self.found[index] = match
        self.claimed.add(match.article_id)
        for key in (article.guid_key, article.exact_key, _composite(article)):
            owner = self.here.get(key)
            if owner is not None and owner.article_id == match.article_id:
                self.taken.add(key)

    def alias_churned(self) -> bool:
        """Take entries with new ids for the known ones with the same text, where most are like that."""
        texts = {k.content_hash: k for k in self.here.values() if k.article_id not in self.claimed}
        same: dict[int, Known] = {}
        for index, article in enumerate(self.entries):
            if index not in self.found and article.content_hash in texts:
                same[index] = texts.pop(article.content_hash)
        standing = {k.article_id for key, k in self.here.items() if key in self.listed}
        if len(same) < max(CHURN_LEAST, CHURN_SHARE * (len(self.entries) + len(standing))):
            return False
        for index, match in same.items():
            self.claim(index, match)
        return True

    def identity(self, index: int) -> Identity:
        """Say what became of an entry."""
        article, match = self.entries[index], self.found.get(index)
        if match is None:
            return Identity(article, Relation.NEW, None, first_here=True, keys=self._keys(index))
        before = {k.article_id for k in self.here.values()}
        edited = match.feed == article.feed and match.content_hash != article.content_hash
        return Identity(
            article,
            Relation.REVISION if edited else Relation.KNOWN,
            match.article_id,
            first_here=match.article_id not in before,
            keys=self._keys(index),
        )

    def _keys(self, index: int) -> tuple[str, ...]:
        """Return the keys to remember an entry under: never one that another entry owns."""
        article, match = self.entries[index], self.found.get(index)
        strict = article.exact_key or _composite(article)
        owner = self.here.get(article.guid_key)
        if owner is not None:
            mine = match is not None and owner.article_id == match.article_id
        else:
            mine = self.first_with.setdefault(article.guid_key, index) == index
        if not mine:
            return (strict,)
        return (article.guid_key, article.exact_key) if article.exact_key else (article.guid_key,)


def _without_repeats(articles: Sequence[Article]) -> list[Article]:
    """Leave out entries that a document lists twice; what differs in link or fragment stays."""
    seen: set[str] = set()
    kept = []
    for article in articles:
        key = article.exact_key or _composite(article)
        if key not in seen:
            seen.add(key)
            kept.append(article)
    return kept


def _composite(article: Article) -> str:
    """For documents that give several entries the same guid."""
    return f"{article.guid_key}\n{article.link_key or article.content_hash}"


def _is_old(identity: Identity, since: datetime | None) -> bool:
    article = identity.article
    if identity.relation is not Relation.NEW or article.published_at is None:
        return False
    edge = since - BACKFILL_AGE if since else article.first_seen_at - _UNKNOWN_AGE
    return article.published_at < edge
