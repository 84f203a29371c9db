"""Read who and with what: armed groups, forces and states by name, and the platform."""

from __future__ import annotations

import re
from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

from rules.gazetteer.parties import PARTIES, PLATFORMS


@cache
def _parties() -> tuple[AhoCorasick, list[tuple[str, str]]]:
    """Make the automaton of all spellings, and (spelling, party) for each; at first use."""
    known: dict[str, tuple[str, str]] = {}
    for line in PARTIES.strip().splitlines():
        name, spellings = (part.strip() for part in line.split("|"))
        for spelling in (spelling.strip() for spelling in spellings.split(";")):
            known.setdefault(spelling.removesuffix("~").lower(), (spelling, name))
    return AhoCorasick(list(known), matchkind=MatchKind.LeftmostLongest), list(known.values())


@cache
def _platforms() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    return tuple((name, tuple(stems.split()), re.compile(rx)) for name, stems, rx in PLATFORMS)


def actor_names() -> tuple[str, ...]:
    """Return every party that can be read, as it is called then."""
    return tuple(dict.fromkeys(name for _, name in _parties()[1]))


def platform_names() -> tuple[str, ...]:
    """Return everything that can be read to have carried an attack."""
    return tuple(name for name, _, _ in PLATFORMS)


def actors(texts: list[str]) -> tuple[str, ...]:
    """Return the parties named, canonical, in text order."""
    automaton, parties = _parties()
    found: dict[str, None] = {}
    for text in texts:
        plain = text.replace("’", "'")
        low = plain.lower()
        if len(low) != len(plain):
            continue
        for number, start, end in automaton.find_matches_as_indexes(low):
            spelling, name = parties[number]
            is_whole = not (start and low[start - 1].isalnum()) and not low[end : end + 1].isalnum()
            if is_whole and _is_said(spelling, plain[start:end]):
                found.setdefault(name)
    return tuple(found)


def _is_said(spelling: str, said: str) -> bool:
    """Compare letter by letter: capitals in a spelling must be there; `~` means any case."""
    return spelling.endswith("~") or all(
        wanted == letter or not wanted.isupper()
        for wanted, letter in zip(spelling, said, strict=True)
    )


def platforms(texts: list[str]) -> tuple[str, ...]:
    """Return what carried the attack, the first named first."""
    text = "\n".join(texts).lower()
    first: dict[str, int] = {}
    for name, stems, pattern in _platforms():
        if any(stem in text for stem in stems):
            match = pattern.search(text)
            if match:
                first[name] = match.start()
    if "car bomb" in first or "suicide bomber" in first:
        first.pop("bomb", None)
    return tuple(sorted(first, key=lambda name: first[name]))
