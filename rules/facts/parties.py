"""Read who and with what: armed groups, forces and states by name, and the platform."""

from __future__ import annotations

import re
from functools import cache

from rules.gazetteer.parties import PARTIES, PLATFORMS


@cache
def _party_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern for all spellings, longest first, and the party each stands for."""
    by_spelling: dict[str, str] = {}
    for line in PARTIES.strip().splitlines():
        name, spellings = (part.strip() for part in line.split("|"))
        for spelling in spellings.split(";"):
            by_spelling[spelling.strip()] = name
    parts = sorted(by_spelling, key=len, reverse=True)
    pattern = "|".join(
        f"(?i:{re.escape(p[:-1])})" if p.endswith("~") else re.escape(p) for p in parts
    )
    lookup = {spelling.rstrip("~").lower(): name for spelling, name in by_spelling.items()}
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), lookup


@cache
def _platforms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in PLATFORMS)


def actors(texts: list[str]) -> tuple[str, ...]:
    """Return the parties named, canonical, in text order."""
    pattern, lookup = _party_pattern()
    found: dict[str, None] = {}
    for text in texts:
        for match in pattern.finditer(text.replace("’", "'")):
            found.setdefault(lookup[match.group().lower()])
    return tuple(found)


def platforms(texts: list[str]) -> tuple[str, ...]:
    """Return what carried the attack, the first named first."""
    first: dict[str, tuple[int, int]] = {}
    for number, text in enumerate(texts):
        for name, pattern in _platforms():
            match = None if name in first else pattern.search(text)
            if match:
                first[name] = (number, match.start())
    if "car bomb" in first or "suicide bomber" in first:
        first.pop("bomb", None)
    return tuple(sorted(first, key=lambda name: first[name]))
