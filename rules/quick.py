"""Deciding a rule from what stands on a page, without working out a single hit.

Most rules that get this far are plain: groups of phrases, fields, `near` in words, exclusions
anywhere. Whether one of these matches follows from which patterns were found and, for fields and
distances, from where; only what is left undecided is asked in full.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from rules.compiled import CompiledGroup, CompiledRule
from rules.page import TEXT, Page
from wirewatch.model import NearSpec
from wirewatch.text.tokens import SEPARATOR

# With more pairs of places than this, asking in full is faster.
MAX_PAIRS = 20

Place = tuple[int, int]


def decide(rule: CompiledRule, page: Page) -> bool | None:
    """Tell whether a plain rule matches; None: it has to be asked in full.

    Args:
        rule: One with `is_plain`, of the program that made the page.
        page: An article, without its extra fields.
    """
    missing = page.numbers.isdisjoint
    for group in rule.groups:
        if missing(group.sure):
            return False if group.is_plain else None
    for exclusion in rule.exclusions:
        if exclusion.needs is None:
            return None
        if not missing(exclusion.needs):
            return None if missing(exclusion.sure) else False
    if rule.mask == TEXT and not rule.near:
        return True
    return _where_it_counts(rule, page)


def _where_it_counts(rule: CompiledRule, page: Page) -> bool | None:
    if not all(group.is_plain for group in rule.groups):
        return None
    for group in rule.groups:
        if not any(True for _ in _open_places(group, rule, page)):
            return False
    for near in rule.near:
        close = _is_near(near, rule, page)
        if not close:
            return close
    return True


def _open_places(group: CompiledGroup, rule: CompiledRule, page: Page) -> Iterable[Place]:
    """Yield (start, end) bytes of a plain group in the fields that its rule reads.

    From the blank before its first word to behind the blank after its last one: a beginning
    (`milit*`) is found in the middle of that.
    """
    for number in page.numbers.intersection(group.sure):
        for start, end in page.places(number):
            if rule.mask == TEXT or rule.mask >> page.field_at(start) & 1:
                yield start, page.line.find(b" ", end - 1) + 1


def _is_near(near: NearSpec, rule: CompiledRule, page: Page) -> bool | None:
    by_name = {group.name: group for group in rule.groups}
    one, other = (list(_open_places(by_name[name], rule, page)) for name in near.groups)
    if len(one) * len(other) > MAX_PAIRS:
        return None
    return any(_words(*pair, page) <= near.within for pair in product(one, other))


def _words(one: Place, other: Place, page: Page) -> float:
    """Return how many words two places and what is between them have; infinite in two fields."""
    start, end = min(one[0], other[0]), max(one[1], other[1])
    if page.line.find(SEPARATOR, start, end) >= 0:
        return float("inf")
    return page.line.count(b" ", start, end) - 1
