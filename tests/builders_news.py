"""Invented news, as much as is wanted: events with places, people and numbers of their own."""

from __future__ import annotations

from random import Random  # noqa: TID251 - seeded: the same news each time

_SYLLABLES = [
    "ba",
    "be",
    "bo",
    "da",
    "de",
    "dor",
    "fa",
    "fel",
    "ga",
    "gor",
    "ha",
    "hel",
    "ka",
    "kel",
    "ko",
    "la",
    "lem",
    "lo",
    "ma",
    "mir",
    "mo",
    "na",
    "nel",
    "no",
    "ra",
    "rin",
    "ro",
    "sa",
    "sel",
    "ta",
    "tor",
    "va",
    "vel",
    "za",
]
_PLAIN = [
    "according",
    "official",
    "report",
    "government",
    "area",
    "region",
    "authority",
    "statement",
    "morning",
    "evening",
    "people",
    "worker",
    "family",
    "company",
    "service",
    "road",
    "market",
    "plan",
    "meeting",
    "leader",
    "member",
    "group",
    "country",
    "security",
    "capital",
    "border",
    "weather",
    "price",
    "hospital",
    "school",
    "station",
    "bridge",
    "court",
    "council",
    "minister",
    "police",
    "agency",
    "witness",
    "resident",
    "damage",
    "help",
    "water",
    "power",
    "season",
    "team",
    "match",
    "budget",
    "vote",
    "law",
    "trade",
    "export",
    "harvest",
    "project",
    "research",
    "museum",
    "festival",
    "concert",
    "airline",
]
_KINDS = (
    ("drones hit a fuel depot near {place}", "killed", "strike"),
    ("a flood swept through {place}", "missing", "flood"),
    ("a ferry capsized off {place}", "drowned", "ferry"),
    ("gunmen attacked a checkpoint outside {place}", "wounded", "attack"),
    ("lawmakers in {place} passed the pension bill", "voted", "bill"),
    ("a fire gutted the textile works of {place}", "hurt", "fire"),
)


class Newsroom:
    """Makes events, reports of them in differing words, and copies cut short."""

    def __init__(self, seed: int = 1) -> None:
        self.random = Random(seed)

    def name(self) -> str:
        return "".join(self.random.choices(_SYLLABLES, k=self.random.choice((2, 3)))).capitalize()

    def event(self) -> dict:
        kind, verb, noun = self.random.choice(_KINDS)
        return {
            "place": self.name(), "person": f"{self.name()} {self.name()}", "other": self.name(),
            "number": self.random.randint(3, 400), "kind": kind, "verb": verb, "noun": noun,
        }  # fmt: skip

    def report(self, event: dict, words: int = 50) -> tuple[str, str]:
        """Return a headline and a text of about so many words."""
        what = event["kind"].format(place=event["place"])
        parts = [
            f"At least {event['number']} people were {event['verb']} when {what}, {event['person']} said.",
            f"{event['person']} of the {event['other']} authority spoke of {event['number']} {event['verb']}.",
            f"In {event['place']} the {event['noun']} left {event['number']} {event['verb']}, officials in {event['other']} said.",
        ]
        self.random.shuffle(parts)
        title = f"{event['number']} {event['verb']} as {what}"
        text = [*parts[:2]]
        while sum(len(part.split()) for part in text) < words:
            filler = self.random.choices(_PLAIN, k=11)
            text.append(f"The {' '.join(filler)} of {self.name()}.")
        return title, " ".join(text)
