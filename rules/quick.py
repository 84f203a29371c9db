"""Deciding a rule from what stands on a page, without working out a single hit.

Most rules that get this far are groups of phrases, fields, `near` in words, exclusions anywhere.
Whether one of these matches follows from which patterns were found and, for fields and distances,
from where; only what is left undecided is asked in full.
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
    """Tell whether a rule matches; None: it has to be asked in full.

    Args:
        rule: One that has all it needs somewhere on the page, of the program that made it.
        page: An article.
    """
    missing_in_text = page.numbers_in(TEXT).isdisjoint
    for exclusion in rule.exclusions:
        if exclusion.sure and not missing_in_text(exclusion.sure):
            return False
    here = page.numbers_in(rule.mask)
    missing, sure = here.isdisjoint, rule.is_plain
    for group in rule.unsure if here is page.numbers else rule.groups:
        if missing(group.sure):
            if group.name in rule.required and group.inside is not None and missing(group.inside):
                return False
            sure = False
    # An exclusion may look at fields that its rule doesn't: `author:(…)`.
    for exclusion in rule.exclusions if sure else ():
        if exclusion.needs is None or not page.numbers.isdisjoint(exclusion.needs):
            return None
    return _all_near(rule, page) if sure else None


def _all_near(rule: CompiledRule, page: Page) -> bool | None:
    for near in rule.near:
        close = _is_near(near, rule, page)
        if not close:
            return close
    return True


def _places(group: CompiledGroup, rule: CompiledRule, page: Page) -> Iterable[Place]:
    """Yield (start, end) bytes of a group in the fields that its rule reads.

    From the blank before its first word to behind the blank after its last one: a beginning
    (`milit*`) is found in the middle of that.
    """
    for number in page.numbers_in(rule.mask).intersection(group.sure):
        for start, end in page.places_in(number, rule.mask):
            yield start, page.line.find(b" ", end - 1) + 1


def _is_near(near: NearSpec, rule: CompiledRule, page: Page) -> bool | None:
    groups = [group for name in near.groups for group in rule.groups if group.name == name]
    one, other = (list(_places(group, rule, page)) for group in groups)
    if len(one) * len(other) > MAX_PAIRS:
        return None
    if any(_words(*pair, page) <= near.within for pair in product(one, other)):
        return True
    return False if all(group.is_plain for group in groups) else None


def _words(one: Place, other: Place, page: Page) -> float:
    """Return how many words two places and what is between them have; infinite in two fields."""
    start, end = min(one[0], other[0]), max(one[1], other[1])
    if page.line.find(SEPARATOR, start, end) >= 0:
        return float("inf")
    return page.line.count(b" ", start, end) - 1
