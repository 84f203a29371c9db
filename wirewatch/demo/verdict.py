"""Compare what arrived with what the demo's world should cause. Pure.

The demo is no film: the service really polled, matched, grouped and sent. What it must have
caused is written down in `world/expected.yaml` and beside each article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import yaml

from wirewatch.demo.dialects import link
from wirewatch.demo.loopback import Hook
from wirewatch.demo.world import FOLDER, Outlet, World, WorldArticle


@dataclass(frozen=True, slots=True)
class Arrived:
    """What is there when the demo is over.

    Attributes:
        matched: Ids of the matching rules by address of each stored article.
        mails: In order of arrival, each with its kind ("alert", "digest", "system").
        files: Names of the files in the file channel's folder.
    """

    matched: Mapping[str, frozenset[str]]
    mails: Sequence[tuple[str, EmailMessage]]
    hooks: Sequence[Hook]
    files: Collection[str]


@dataclass(frozen=True, slots=True)
class Expected:
    """What `world/expected.yaml` says."""

    alerts: Sequence[Mapping[str, Any]]
    told_again: Sequence[Mapping[str, Any]]
    ill_feeds: Sequence[str]


def expected() -> Expected:
    """Read the packaged expectations."""
    return Expected(**yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8")))


def complaints(world: World, wanted: Expected, arrived: Arrived) -> list[str]:
    """Return a sentence for everything that is not as the world should cause it."""
    return [
        *_articles(world, arrived),
        *_alerts(world, wanted, arrived),
        *_digest(world, wanted, arrived),
        *_identities(arrived),
    ]


def _articles(world: World, arrived: Arrived) -> list[str]:
    found = []
    for outlet, article in world.reachable():
        rules = arrived.matched.get(link(outlet, article))
        if rules is None:
            found.append(f'"{article.title}" ({outlet.name}) was not taken in')
        elif rules != set(article.rules):
            found.append(
                f'"{article.title}" ({outlet.name}) matched {_names(rules)} '
                f"instead of {_names(article.rules)}"
            )
    strangers = len(arrived.matched) - len(world.reachable())
    if strangers > 0:
        found.append(f"{strangers} articles more than were printed were taken in")
    return found


def _alerts(world: World, wanted: Expected, arrived: Arrived) -> list[str]:
    alerts = _texts(arrived, "alert")
    found = []
    for each in (*wanted.alerts, *wanted.told_again):
        links = [link(outlet, a) for outlet, a in _named(world, each["articles"])]
        if not any(address in text for text in alerts for address in links):
            found.append(f"no alert came by mail about {each['about']}")
    for _, article in world.reachable():
        if not article.rules and any(article.title in text for text in alerts):
            found.append(f'an alert came about "{article.title}", which is no such news')
    return found


def _digest(world: World, wanted: Expected, arrived: Arrived) -> list[str]:
    digests = _texts(arrived, "digest")
    if len(digests) != 1:
        return [f"{len(digests)} digests came by mail instead of one"]
    (digest,) = digests
    found = [
        f"the digest does not say that {feed} can't be read"
        for feed in wanted.ill_feeds
        if feed not in digest
    ]
    found += [
        f'the digest lists "{article.title}", which is no such news'
        for _, article in world.reachable()
        if not article.rules and article.title in digest
    ]
    for suffix in (".html", ".txt", ".eml"):
        if not any("digest" in name and name.endswith(suffix) for name in arrived.files):
            found.append(f"no digest was written as {suffix}")
    if not any("digest" in str(hook.event.get("type")) for hook in arrived.hooks):
        found.append("no digest came by webhook")
    return found


def _identities(arrived: Arrived) -> list[str]:
    found = [f"a webhook was refused: {hook.problem}" for hook in arrived.hooks if hook.problem]
    seen = Counter(str(mail["Message-ID"]) for _, mail in arrived.mails)
    seen.update(hook.id for hook in arrived.hooks)
    found += [f"{identity} came {count} times" for identity, count in seen.items() if count > 1]
    return found


def _named(world: World, keys: Collection[str]) -> list[tuple[Outlet, WorldArticle]]:
    return [(outlet, a) for outlet, a in world.reachable() if a.key in keys]


def _names(rules: Collection[str]) -> str:
    return ", ".join(sorted(rules)) or "no rule"


def _texts(arrived: Arrived, kind: str) -> list[str]:
    """All readable parts of each mail of a kind."""
    return [
        "\n".join(p.get_content() for p in mail.walk() if p.get_content_maintype() == "text")
        for of_kind, mail in arrived.mails
        if of_kind == kind
    ]
