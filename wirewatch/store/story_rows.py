"""What a story is compared by, as its row in the table has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ingest.novelty import Said
from ingest.stories import LONGEST, WINDOW
from ingest.weigh import Vector, unpack
from wirewatch.store.codec import load

COLUMNS = "id, founded_at, last_at, weights, language, known"
_WINDOW_MS, _LONGEST_MS = (each // timedelta(milliseconds=1) for each in (WINDOW, LONGEST))


@dataclass(slots=True)  # frozen ones take twice as long to make
class StoryRow:
    """A story as it is compared with; never changed.

    Attributes:
        founded_ms, last_ms: When its first and its last article were seen.
        vector: The sum of its articles; empty once it is over.
        known: What it has said; as JSON until it is asked for.
    """

    id: int
    founded_ms: int
    last_ms: int
    vector: Vector
    known: Said | str

    @property
    def said(self) -> Said:
        """What it has said so far."""
        if isinstance(self.known, str):
            self.known = _said(self.known)
        return self.known

    def is_open(self, at_ms: int) -> bool:
        """Whether an article may still join: 72 h after the last, 7 days after the first."""
        return (
            bool(self.vector.count)
            and at_ms - self.last_ms <= _WINDOW_MS
            and at_ms - self.founded_ms <= _LONGEST_MS
        )


def to_story(row: tuple[Any, ...]) -> StoryRow:
    """Build a story from its COLUMNS."""
    story_id, founded_ms, last_ms, weights, language, known = row
    return StoryRow(story_id, founded_ms, last_ms, unpack(weights, language), known)


def _said(text: str) -> Said:
    known = load(text)
    return Said(
        killed=known["killed"],
        injured=known["injured"],
        tolls=tuple(known["tolls"]),
        places=tuple(known["places"]),
        countries=tuple(known["countries"]),
        actors=tuple(known["actors"]),
        severity=known["severity"],
        sources=tuple(known["sources"]),
        denied=known["denied"],
        # Not in a row of an older version:
        towns=tuple(known.get("towns", ())),
        aloud=known.get("aloud", 1),
        sites=tuple((within, name) for within, name in known.get("sites", ())),
        targets=tuple(known.get("targets", ())),
        days=tuple(known.get("days", ())),
        regions=tuple(known.get("regions", ())),
        occasion=known.get("occasion", 1),
        confirmed=known.get("confirmed", False),
        is_several=known.get("is_several", False),
    )
