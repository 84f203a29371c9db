"""Why a rule matches an article, or what it lacks and what came closest.

Slow and exact, for one rule and one article at a time: `wirewatch why`, near-misses, failing tests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rules.closest import Rests, closest, is_likely, rests_of
from rules.engine import CompiledGroup, CompiledRule, Program, Verdict, ask
from rules.nodes import Beside, Either, InContext, InField, Node, Terms, find, listed, numbers_of
from rules.page import FIELDS, MASKS, TEXT, Hit, Page
from rules.where import stands, unmet, unread
from wirewatch.model import Appearance, Article, Facts, Field, Span

_ANY = MASKS["any"]
_SHOWN_SPANS = 5
_LONGEST_ROW = 4


@dataclass(frozen=True, slots=True)
class GroupStory:
    """What became of one group.

    Attributes:
        spans: Where it was found, at most five.
        nearest: What came closest, as a sentence without a full stop, or ""; it begins with
            "perhaps" where a short word is as likely another one (base, case).
        weight: What it adds to the rule's score, or None.
    """

    name: str
    spans: tuple[Span, ...]
    required: bool
    nearest: str = ""
    weight: float | None = None

    @property
    def label(self) -> str:
        """Its name, with its weight where it has one."""
        return self.name if self.weight is None else f"{self.name} ({self.weight:+g})"

    @property
    def is_found(self) -> bool:
        """Whether it is there."""
        return bool(self.spans)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one rule makes of one article.

    Attributes:
        reason: One sentence: why it matches or does not.
        groups: In the order of the rule file.
        excluded: (what excluded it, where), or None.
    """

    rule_id: str
    matches: bool
    reason: str
    groups: tuple[GroupStory, ...]
    excluded: tuple[str, Span] | None = None
    score: float | None = None

    def lines(self) -> list[str]:
        """Return the ladder that people read."""
        lines = [f"{self.rule_id}: {self.reason}"]
        for group in self.groups:
            if group.is_found:
                shown = ", ".join(f'"{s.text}" ({s.field} {s.start}-{s.end})' for s in group.spans)
                lines.append(f"  {group.label}: {shown}")
            else:
                state = "missing" if group.required else "not there"
                lines.append(
                    f"  {group.label}: {state}{'; ' + group.nearest if group.nearest else ''}"
                )
        if self.excluded:
            by, span = self.excluded
            lines.append(
                f'  excluded by {by}: "{span.text}" ({span.field} {span.start}-{span.end})'
            )
        return lines


def explain(
    program: Program, rule_id: str, article: Article, appearance: Appearance, facts: Facts
) -> Explanation:
    """Walk one rule over one article.

    Raises:
        KeyError: The program has no such rule.
    """
    rule, page = program.rule(rule_id), program.only({rule_id}).page(article)
    verdict = ask(rule, page, thorough=True)
    order = [group.name for group in rule.spec.match]
    groups = sorted(
        (_group(program, rule, group, verdict, page) for group in rule.groups),
        key=lambda story: order.index(story.name),
    )
    excluded = None
    if verdict.excluded:
        by, hit = verdict.excluded
        excluded = by, _span("exclude", hit, page)
    reason = _reason(rule, verdict, page, appearance, facts)
    matches = verdict.matches and not reason.startswith("does not")
    return Explanation(rule_id, matches, reason, tuple(groups), excluded, verdict.score)


def _group(
    program: Program, rule: CompiledRule, group: CompiledGroup, verdict: Verdict, page: Page
) -> GroupStory:
    hits = verdict.hits.get(group.name, ())
    spans = tuple(_span(group.name, hit, page) for hit in hits[:_SHOWN_SPANS])
    required = group.name in rule.required
    nearest = "" if spans else nearest_to(program, group.node, page, rule.mask)
    return GroupStory(group.name, spans, required, nearest, dict(rule.weights).get(group.name))


def _reason(
    rule: CompiledRule, verdict: Verdict, page: Page, appearance: Appearance, facts: Facts
) -> str:
    if not rule.spec.enabled:
        return "does not match: it is switched off (enabled: no)"
    if rule.where is not None:
        lacking = [*unmet(rule.where, page.article, appearance), *unread(rule.where, facts)]
        said = (f"{key} {asked} ({found or 'there is none'})" for key, asked, found in lacking)
        if lacking:
            return f"does not match: its where asks for {' and '.join(said)}"
    if verdict.missing:
        written = (group.name for group in rule.spec.match)
        names = " and ".join(name for name in written if name in verdict.missing)
        return f"does not match: {names} {'is' if len(verdict.missing) == 1 else 'are'} missing"
    if verdict.excluded:
        return f"does not match: {verdict.excluded[0]} excludes it"
    match verdict.failed:
        case "near" if verdict.apart is not None:
            spec = verdict.apart
            stretch = _counted(spec.within, spec.unit.removesuffix("s"))
            names = ", ".join(rule.close_groups(spec, verdict.hits))
            return f"does not match: {names} don't stand within {stretch}"
        case "score":
            return f"does not match: its score is {verdict.score:g}, not {rule.minimum:g}"
        case "condition":
            return f"does not match: its condition does not hold: {rule.spec.condition}"
        case _:
            return "matches" if verdict.score is None else f"matches with score {verdict.score:g}"


def nearest_to(program: Program, node: Node, page: Page, mask: int) -> str:
    """Say what came closest to a group that was not found, or return ""."""
    elsewhere = find(node, page, _ANY if page.has_extra else TEXT)
    if elsewhere:
        span = _span("", elsewhere[0], page)
        return f'closest: "{span.text}", but in the {span.field} ({span.start}-{span.end})'
    plain = [hit for part in _caseless(node) for hit in find(part, page, mask)]
    if plain:
        span = _span("", plain[0], page)
        return f'closest: "{span.text}" ({span.field}), but the case of "{plain[0].term}" counts'
    apart = next(_too_far(node, page, mask), None)
    if apart is not None:
        return apart
    terms, longest = _terms_of(program, node)
    rows = _open_rows(page, mask, longest)
    found = closest(terms, rows.rests)
    if found is None:
        return ""
    word, term, letters = found
    field, start, end = rows.places[word]
    text = page.article.text(field)[start:end]
    spelt = "one letter" if letters == 1 else f"{letters} letters"
    close = "closest" if is_likely(word, term) else "perhaps"
    return f'{close}: "{text}" ({field} {start}-{end}), {spelt} from "{term}"'


@lru_cache(maxsize=256)
def _terms_of(program: Program, node: Node) -> tuple[Rests, int]:
    """Return what a node looks for, as `closest` wants it, and how many words a row of them has."""
    wanted = [program.patterns[n].decode().strip() for n in numbers_of(node, context=False)]
    longest = max((term.count(" ") + 1 for term in wanted), default=1)
    return rests_of(wanted), min(longest, _LONGEST_ROW)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The words of a page that a rule may read, and rows of them; where each stands first."""

    places: Mapping[str, tuple[Field, int, int]]
    rests: Rests


@lru_cache(maxsize=16)
def _open_rows(page: Page, mask: int, longest: int) -> _Rows:
    places: dict[str, tuple[Field, int, int]] = {}
    for number, field in enumerate(FIELDS[: 6 if page.has_extra else 3]):
        tokens, base = page.tokens(number), page.field_start(number)
        for length in range(1, longest + 1):
            for n in range(len(tokens) - length + 1):
                row = tokens[n : n + length]
                if page.is_open(Hit(base + n, base + n + length, number, ""), mask):
                    folded = " ".join([token.text for token in row])
                    places.setdefault(folded, (field, row[0].start, row[-1].end))
    return _Rows(places, rests_of(places))


@lru_cache(maxsize=256)
def _caseless(node: Node) -> tuple[Node, ...]:
    return tuple(_without_case(node))


def _without_case(node: Node) -> Iterable[Node]:
    match node:
        case Terms(entries):
            cased = {
                number: tuple(each._replace(cased=()) for each in listed(found) if each.cased)
                for number, found in entries.items()
            }
            yield Terms({number: found for number, found in cased.items() if found})
        case Either(parts):
            for part in parts:
                yield from _without_case(part)
        case InField(mask, inner):
            for each in _without_case(inner):
                yield InField(mask, each)
        case InContext(inner):
            yield from _without_case(inner)
        case _:
            return


def _too_far(node: Node, page: Page, mask: int) -> Iterator[str]:
    """Yield a sentence for each NEAR or THEN whose sides are there, but too far apart."""
    match node:
        case Beside(left, right, words, ordered):
            pair = _closest_pair(find(left, page, mask), find(right, page, mask), ordered=ordered)
            if pair is not None:
                one, other, gap = pair
                first, second = (_span("", hit, page).text for hit in (one, other))
                yield f'closest: "{first}" and "{second}" with {_counted(gap, "word")} between, not {words}'
        case Either(parts):
            for part in parts:
                yield from _too_far(part, page, mask)
        case InField(inner_mask, inner):
            yield from _too_far(inner, page, inner_mask)
        case InContext(inner, _, words):
            hits = find(inner, page, mask)
            if hits:
                text = _span("", hits[0], page).text
                yield f'closest: "{text}", an ambiguous name with no word of conflict within {words} words'
        case _:
            return


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _closest_pair(
    left: Collection[Hit], right: Collection[Hit], *, ordered: bool
) -> tuple[Hit, Hit, int] | None:
    pairs = [
        (max(a.start - b.end, b.start - a.end), a, b)
        for a in list(left)[:100]
        for b in list(right)[:100]
        if a.field == b.field and (not ordered or b.start >= a.end)
    ]
    apart = [pair for pair in pairs if pair[0] >= 0]
    if not apart:
        return None
    gap, one, other = min(apart, key=lambda pair: pair[0])
    return one, other, gap


def _span(group: str, hit: Hit, page: Page) -> Span:
    start, end = page.chars(hit)
    stored = FIELDS[hit.field]
    return Span(group, stored, start, end, page.article.text(stored)[start:end], hit.term)


def nearly(
    program: Program, rule: CompiledRule, page: Page, appearance: Appearance
) -> tuple[str, str] | None:
    """Return (missing group, what came closest) when a rule lacks just one required group.

    For `rules near-misses`: unlike what is stored with each article, this also takes rules of
    two groups, where the one that is there stands in title or lead. What is missing may be the
    rarest group, which the rule is about, only where something is spelt nearly like it.

    Args:
        program: The rule's.
        rule: Any of its rules.
        page: Of the same program.
        appearance: Where the article stands.
    """
    required = [group for group in rule.groups if group.name in rule.required]
    lacking = sum(
        group.needs is not None and page.numbers.isdisjoint(group.needs) for group in required
    )
    if len(required) < 2 or lacking > 1:
        return None
    if rule.where is not None and not stands(rule.where, page.article, appearance):
        return None
    verdict = ask(rule, page, thorough=True)
    if len(verdict.missing) != 1:
        return None
    (missing,) = (group for group in required if group.name in verdict.missing)
    present = [hit for group in required for hit in verdict.hits[group.name]]
    if len(required) == 2 and not any(page.in_lead(hit) for hit in present):
        return None
    nearest = nearest_to(program, missing.node, page, rule.mask)
    if missing.name == rule.required[0] and not nearest.startswith("closest"):
        return None
    return missing.name, nearest
