"""Read who and with what: armed groups, forces and states by name, and the platform."""

from __future__ import annotations

import re
from functools import cache

from rules.gazetteer.parties import PARTIES, PLATFORMS

_TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|[^\W_](?:[\w'’ʼ-]*\w)?")


@cache
def _parties() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Index all spellings by first word, longest first; made at first use."""
    index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for line in PARTIES.strip().splitlines():
        name, spellings = (part.strip() for part in line.split("|"))
        for spelling in spellings.split(";"):
            key = tuple(_TOKEN.findall(spelling.strip().removesuffix("~")))
            index.setdefault(key[0].lower(), []).append((key, name))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return index


@cache
def _platforms() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    return tuple((name, tuple(stems.split()), re.compile(rx)) for name, stems, rx in PLATFORMS)


def actors(texts: list[str]) -> tuple[str, ...]:
    """Return the parties named, canonical, in text order."""
    index = _parties()
    found: dict[str, None] = {}
    for text in texts:
        tokens = _TOKEN.findall(text.replace("’", "'"))
        at = 0
        while at < len(tokens):
            entries = index.get(tokens[at].lower())
            hit = (
                next((e for e in entries if _is_said(e[0], tokens, at)), None) if entries else None
            )
            if hit is None:
                at += 1
            else:
                found.setdefault(hit[1])
                at += len(hit[0])
    return tuple(found)


def _is_said(key: tuple[str, ...], tokens: list[str], at: int) -> bool:
    """Compare word by word: capitals in a spelling must be there, small letters may be capitals."""
    said = tokens[at : at + len(key)]
    return len(said) == len(key) and all(
        word == wanted
        or (word.lower() == wanted.lower() and not (wanted.isupper() or word.islower()))
        or (word.lower() == wanted and not wanted[0].isupper())
        for word, wanted in zip(said, key, strict=True)
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
