"""How often terms occur, roughly: rules are looked up by the group that is rarest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

# Of each hundred news articles, so many have one of these words; others are judged by length.
_COMMON = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "a",
        "for",
        "on",
        "is",
        "at",
        "was",
        "with",
        "as",
        "it",
        "by",
        "that",
        "from",
        "has",
        "be",
        "an",
        "are",
        "his",
        "were",
        "he",
        "not",
        "will",
        "have",
        "said",
        "us",
        "after",
        "its",
        "but",
        "who",
        "this",
        "their",
        "up",
        "new",
        "they",
        "been",
        "had",
        "one",
        "two",
        "year",
        "years",
        "first",
        "people",
        "also",
        "over",
        "more",
        "than",
        "all",
        "which",
        "state",
        "states",
        "government",
        "world",
        "country",
        "police",
        "president",
        "minister",
        "city",
    ]
)
_COMMON_SHARE = 0.5


class Rarity:
    """Estimates the share of articles that a set of patterns lets through."""

    def __init__(self, frequencies: Mapping[str, float]) -> None:
        self._frequencies = frequencies
        self._known: dict[bytes, float] = {}

    def share(self, numbers: Collection[int], patterns: Sequence[bytes]) -> float:
        """Return an estimate of how many articles have one of these patterns (may exceed 1)."""
        return sum(self._pattern(patterns[number]) for number in numbers)

    def _pattern(self, pattern: bytes) -> float:
        known = self._known.get(pattern)
        if known is None:
            texts = pattern.decode().split()
            known = min((self._word(text) for text in texts), default=1.0)
            # Words side by side are rarer than either; a beginning is commoner than a word.
            known *= 0.2 ** (len(texts) - 1) * (1 if pattern.endswith(b" ") else 3)
            self._known[pattern] = known
        return known

    def _word(self, word: str) -> float:
        if word in self._frequencies:
            return self._frequencies[word]
        if word in _COMMON:
            return _COMMON_SHARE
        return 1 / (len(word) + 2) ** 2 if not self._frequencies else 1e-4
