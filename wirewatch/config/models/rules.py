"""Rules, lists and filters, as they stand in the file; `wirewatch.config.rulebook` makes a RuleBook of them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from wirewatch.config import words
from wirewatch.config.models.base import (
    Duration,
    Many,
    Model,
    Reads,
    Shorthand,
    Truth,
    Words,
    lasting,
    or_one,
    real,
    whole,
)
from wirewatch.config.models.terms import TEXT, Country, Terms, is_language
from wirewatch.config.words import Wrong
from wirewatch.model import Field as ArticleField
from wirewatch.model import Severity, WhenSpec

_ID = re.compile(r"[\w][\w.-]{0,99}")
_COUNT = re.compile(r"(>=|<=|>|<|=)?\s*\d{1,9}")
_D = WhenSpec(())


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise Wrong(f'"{text}" can\'t be a name', "use letters, digits, - and _")
    return text


def _count(text: str) -> str:
    if not _COUNT.fullmatch(text.strip()):
        raise Wrong(f'"{text}" is no condition on a number', 'write ">=5", "<20" or "5"')
    return text.strip()


def _tier(text: str) -> str:
    if not re.fullmatch(r"(>=|<=|>|<|=)?\s*[1-5]", text.strip()):
        raise Wrong(f'"{text}" is no condition on the tier', 'write "1" or "<=2"')
    return text.strip()


def _source(text: str) -> str:
    domain = text.strip().lower().removeprefix("www.")
    if "/" in domain or "." not in domain:
        raise Wrong(f'"{text}" is no domain', "write it alone: reuters.com")
    return domain


def _language(text: str) -> str:
    if not is_language(text.strip().lower().replace("_", "-")):
        raise Wrong(f'"{text}" is no language code', "write ISO 639 letters: ar, en")
    return text.strip()


Source = Annotated[str, Reads(_source, schema=TEXT, references=False)]
Language = Annotated[str, Reads(_language, schema=TEXT, references=False)]
Id = Annotated[str, Reads(_id, schema=TEXT, references=False)]
Count = Annotated[str, Reads(_count, schema=TEXT, references=False)]
Tier = Annotated[str, Reads(_tier, schema=TEXT, references=False)]


def _one_group(value: object) -> object:
    """A list or phrase under `match` is one group; it is called `text`."""
    return {"text": value} if isinstance(value, (str, list)) else value


def _several(value: object) -> object:
    return [value] if isinstance(value, dict) else value


def _or_its_terms(long: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [long, long["additionalProperties"]]}


OneGroup = Shorthand(_one_group, describe=_or_its_terms)
Several = Shorthand(_several, describe=or_one)


class NearModel(Model):
    """Groups that must stand close together."""

    groups: Annotated[list[Words], Many] = Field(
        default=[],
        description="Which groups; without it all, beside a condition or score those that are there.",
    )
    within: Annotated[
        tuple[int, str],
        Reads(
            words.distance,
            schema={"type": "string", "examples": ["40 words", "1 sentence"]},
            references=False,
        ),
    ] = Field(description="`40 words`, `1 sentence` or `1 paragraph`.")
    ordered: Truth = Field(default=False, description="In the order of `groups`.")


class WhereModel(Model):
    """What an article must be, besides its text."""

    feed: Annotated[list[Words], Many] = Field(default=[], description="From one of these feeds.")
    source: Annotated[list[Source], Many] = Field(
        default=[],
        description="Published by one of these outlets (registrable domains: `reuters.com`).",
    )
    tag: Annotated[list[Words], Many] = Field(
        default=[], description="From a feed with one of these tags."
    )
    tier: Tier | None = Field(default=None, description='From a feed of this tier: `1`, `"<=2"`.')
    author: Annotated[list[Words], Many] = Field(default=[], description="By one of these authors.")
    category: Annotated[list[Words], Many] = Field(
        default=[], description="In one of these categories of the feed."
    )
    language: Annotated[list[Language], Many] = Field(
        default=[], description="In one of these languages (`ar`)."
    )
    killed: Count | None = Field(
        default=None, description='So many killed, as read from the text: `">=5"`.'
    )
    injured: Count | None = Field(default=None, description='So many injured: `">=5"`.')
    country: Annotated[list[Country], Many] = Field(
        default=[], description="Happened in one of these countries (ISO 3166: `[IQ, SY]`)."
    )
    place: Annotated[list[Words], Many] = Field(
        default=[], description="Happened at one of these places."
    )
    actor: Annotated[list[Words], Many] = Field(
        default=[], description="One of these groups or forces is named."
    )
    platform: Annotated[list[Words], Many] = Field(
        default=[], description="One of these weapons is named."
    )
    status: Annotated[list[Literal["confirmed", "claimed", "denied"]], Many] = Field(
        default=[], description="How firmly it is said."
    )


class WhenModel(Model):
    """How often, before it is told."""

    within: Annotated[timedelta, lasting("1m", "730d")] = Field(
        default=_D.within, description="The time that counts."
    )
    articles: Annotated[int, whole(1, 1_000_000)] | None = Field(
        default=None, description="At least so many matches."
    )
    sources: Annotated[int, whole(1, 1_000_000)] | None = Field(
        default=None, description="Matches from at least so many independent sources."
    )
    spike: Annotated[float, real(1.0, 1_000_000)] | None = Field(
        default=None, description="At least so many times the rule's own usual rate."
    )
    first_mention: Words | None = Field(
        default=None, description="The first mention of an entity of this group in `within`."
    )
    absent: Truth = Field(default=False, description="Tell when nothing matched for `within`.")
    per: Literal["rule", "story", "place"] = Field(
        default="rule", description="What is counted together."
    )

    @model_validator(mode="after")
    def _asks_for_one_thing(self) -> Self:
        counted = (self.articles, self.sources, self.spike, self.first_mention)
        if not any(counted) and not self.absent:
            hint = "add articles: 5, sources: 3, spike: 4, first_mention: GROUP or absent: true"
            raise Wrong("waits for nothing", hint)
        if any(counted) and self.absent:
            hint = "write a rule of its own for what must not go missing"
            raise Wrong("can't wait for articles and for their absence", hint)
        return self


class ScoreModel(Model):
    """Weak evidence that adds up."""

    weights: dict[str, Annotated[float, real(-1_000, 1_000)]] = Field(
        min_length=1, description="What each group adds."
    )
    minimum: Annotated[float, real(-1_000_000, 1_000_000)] = Field(
        description="The least sum that matches."
    )


class RuleAlertModel(Model):
    """How a rule's alerts go out; what is left out is as `alerts:` says."""

    cooldown: Duration | None = Field(default=None, description="Pause between updates.")
    per: Literal["story", "rule", "place"] = Field(
        default="story", description="What the cooldown counts by."
    )
    channels: Annotated[list[Words], Many] | None = Field(
        default=None, description="Where its alerts go."
    )
    wait: Annotated[timedelta, lasting("0s", "1d")] | None = Field(
        default=None, description="Wait so long for the story to form."
    )
    instant: Truth | None = Field(
        default=None, description="Always (`true`) or never (`false`) at once."
    )
    max_per_day: Annotated[int, whole(1, 1_000_000)] | None = Field(
        default=None, description="Alerts a day at most."
    )
    more_sources: Annotated[int, whole(1, 10_000)] | None = Field(
        default=None, description="So many more independent sources lift the cooldown."
    )


class TestsModel(Model):
    """Texts that prove the rule; one that fails is an error."""

    match: Annotated[list[Words], Many] = Field(default=[], description="Texts it must match.")
    no_match: Annotated[list[Words], Many] = Field(
        default=[], description="Texts it must not match."
    )


class RuleModel(Model):
    """A named condition."""

    id: Id = Field(description="Unique; matches are stored under it.")
    match: Annotated[dict[str, Terms], OneGroup] = Field(
        min_length=1, description="Named groups of terms; every group must be present."
    )
    title: Words = Field(default="", description="What people read; the id without it.")
    severity: Severity = Field(
        default=Severity.MEDIUM,
        description="`medium` and above claim that an attack or incident is happening; `low` and `info` are about one.",
    )
    enabled: Truth = Field(default=True, description="`false` keeps the rule but doesn't run it.")
    fields: Annotated[list[ArticleField], Many] = Field(
        default=[], description="What its groups read; title, summary and body without it."
    )
    condition: Words | None = Field(
        default=None,
        description='Over group names, instead of "all of them": `attack and (place or 2 of hint)`.',
    )
    score: ScoreModel | None = Field(default=None, description="Weak evidence that adds up.")
    exclude: Terms = Field(
        default=[],
        description="None of these in title and summary, or in the body near a match; counted, never silent.",
    )
    exclude_anywhere: Terms = Field(
        default=[], description="None of these anywhere in the article."
    )
    unless: Terms = Field(default=[], description="One of these overrides an exclusion.")
    near: Annotated[list[NearModel], Several] = Field(
        default=[], description="Groups that must stand close together."
    )
    where: WhereModel | None = Field(
        default=None, description="What an article must be, besides its text."
    )
    when: WhenModel | None = Field(default=None, description="How often, before it is told.")
    alert: RuleAlertModel | None = Field(default=None, description="How its alerts go out.")
    tags: Annotated[list[Words], Many] = Field(
        default=[], description="Words for routes and digests to select by."
    )
    owner: Words = Field(default="", description="Who looks after it; its alerts say so.")
    note: Words = Field(default="", description="Shown with its alerts.")
    tests: TestsModel | None = Field(default=None, description="Texts that prove the rule.")

    @field_validator("match")
    @classmethod
    def _filled(cls, groups: dict[str, list[object]]) -> dict[str, list[object]]:
        for name, terms in groups.items():
            if not terms:
                raise Wrong(f'the group "{name}" is empty', "give it a term, or leave it out")
        return groups


class FilterModel(Model):
    """Exclusions applied to many rules."""

    name: Id = Field(description="Unique; shown where it keeps a rule from matching.")
    exclude: Terms = Field(min_length=1, description="The terms.")
    unless: Terms = Field(default=[], description="One of these overrides the exclusion.")
    applies_to: Annotated[list[Words], Many] = Field(
        default=[], description="Rule ids, or `tag:NAME`; every rule without it."
    )
    anywhere: Truth = Field(
        default=False, description="Look everywhere in the article, not only near a match."
    )
