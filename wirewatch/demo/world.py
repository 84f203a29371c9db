"""Read the demo's invented world: outlets, what they print in which round, what must match.

Rounds count from 1, the backlog that is there when the demo starts. Pure but for reading the
packaged files; times are computed from the time at which a round began.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

import yaml

FOLDER = files("wirewatch.demo") / "world"
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1)}
_ARABIC_DAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")


@dataclass(frozen=True, slots=True)
class Edit:
    """What an article says from a later round on."""

    round: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class WorldArticle:
    """An article as its outlet printed it.

    Attributes:
        key: Unique in the world; its link and guid derive from it.
        round: The first in which its feed lists it.
        ago: How long before that round began it was published.
        text: One paragraph; `body` is the full text where the outlet gives it, else "".
        rules: Ids of the rules that must match in the end, no others.
    """

    key: str
    round: int
    ago: timedelta
    title: str
    text: str
    body: str
    by: str
    section: str
    rules: tuple[str, ...]
    edit: Edit | None

    def standing(self, round_: int) -> WorldArticle:
        """Return the article as it stands in a round: edited, or not yet."""
        if self.edit is None or round_ < self.edit.round:
            return self
        return WorldArticle(
            key=self.key,
            round=self.round,
            ago=self.ago,
            title=self.edit.title,
            text=self.edit.text,
            body="",
            by=self.by,
            section=self.section,
            rules=self.rules,
            edit=None,
        )


@dataclass(frozen=True, slots=True)
class Outlet:
    """A newspaper, agency or magazine with one feed.

    Attributes:
        site: `https://…example`, a domain that can never exist (RFC 2606).
        path: Of its feed on the demo's server.
        dialect: `rss`, `rdf`, `atom` or `json`; `style` holds that dialect's quirks.
        faults: From a round on: `truncated`, `bot-wall` or `gone`.
    """

    name: str
    site: str
    path: str
    dialect: str
    style: Mapping[str, str]
    language: str
    faults: Mapping[int, str]
    articles: tuple[WorldArticle, ...]

    def listed(self, round_: int) -> list[WorldArticle]:
        """Return what the feed lists in a round, newest first, edits applied."""
        standing = [a.standing(round_) for a in self.articles if a.round <= round_]
        return sorted(standing, key=lambda a: (-a.round, a.ago))

    def fault(self, round_: int) -> str:
        """Return what is wrong with the feed in a round, or ""."""
        begun = [n for n in self.faults if n <= round_]
        return self.faults[max(begun)] if begun else ""


@dataclass(frozen=True, slots=True)
class World:
    """All outlets; `last_round` is the last in which anything changes."""

    outlets: tuple[Outlet, ...]

    @property
    def last_round(self) -> int:
        """The last round in which an article appears or changes."""
        articles = [a for outlet in self.outlets for a in outlet.articles]
        return max(max(a.round, a.edit.round if a.edit else 0) for a in articles)

    def outlet(self, path: str) -> Outlet | None:
        """Return the outlet whose feed is at a path, or None."""
        return next((outlet for outlet in self.outlets if outlet.path == path), None)

    def reachable(self) -> list[tuple[Outlet, WorldArticle]]:
        """Return the articles that are listed in a round in which their feed can be read."""
        return [
            (outlet, article)
            for outlet in self.outlets
            for article in outlet.articles
            if not outlet.fault(article.round)
        ]


def load(*, today: datetime) -> World:
    """Read the packaged world.

    Args:
        today: A local time of the day on which it plays: weekdays in the texts follow from it.
    """
    words = {
        "{today}": today.strftime("%A"),
        "{yesterday}": (today - timedelta(days=1)).strftime("%A"),
        "{today_ar}": _ARABIC_DAYS[today.weekday()],
    }
    wire = _read("agency.yaml")
    names = sorted(f.name for f in FOLDER.iterdir() if f.name.endswith(".yaml"))
    outlets = [_read(name) for name in names if name not in {"agency.yaml", "expected.yaml"}]
    return World(tuple(_outlet(each, wire, words) for each in outlets))


def _read(name: str) -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return raw


def _outlet(raw: dict[str, Any], wire: Mapping[str, str], words: Mapping[str, str]) -> Outlet:
    return Outlet(
        name=raw["outlet"],
        site=raw["site"],
        path=raw["path"],
        dialect=raw["format"],
        style=raw["style"],
        language=raw["language"],
        faults=raw.get("faults", {}),
        articles=tuple(_article(each, wire, words) for each in raw["articles"]),
    )


def _article(
    raw: dict[str, Any], wire: Mapping[str, str], words: Mapping[str, str]
) -> WorldArticle:
    body = ""
    text = raw.get("text", "")
    if "wire" in raw:
        paragraphs = wire[raw["wire"]].strip().split("\n\n")[: raw.get("cut")]
        text, body = paragraphs[0], "\n\n".join(paragraphs)
    edit = raw.get("edit")
    return WorldArticle(
        key=raw["key"],
        round=raw.get("round", 1),
        ago=_ago(raw.get("ago", "0m")),
        title=raw["title"],
        text=_fill(text, words),
        body=_fill(body, words),
        by=raw.get("by", ""),
        section=raw.get("section", ""),
        rules=tuple(raw.get("rules", ())),
        edit=Edit(edit["round"], edit["title"], _fill(edit["text"], words)) if edit else None,
    )


def _ago(text: str) -> timedelta:
    return int(text[:-1]) * _UNITS[text[-1]]


def _fill(text: str, words: Mapping[str, str]) -> str:
    return re.sub(r"\{\w+\}", lambda found: words[found[0]], text.strip())
