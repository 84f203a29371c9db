"""Decide whether a silence that someone asked for covers a rule, a story or words of a text. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from wirewatch.model import HeldBack, Hold, Mute
from wirewatch.text import clean_line, words


def muted_by(mutes: Sequence[Mute], rule_id: str, story_id: int, text: str) -> Mute | None:
    """Return the first silence that covers a rule, a story or words of a text, or None.

    Words are compared whole, folded, in order: "port strike" covers "the Port strikes" only
    when it is spelt so.
    """
    spoken: str | None = None
    for mute in mutes:
        if (mute.kind == "rule" and mute.value == rule_id) or (
            mute.kind == "story" and mute.value == str(story_id)
        ):
            return mute
        if mute.kind == "words":
            spoken = spoken if spoken is not None else f" {' '.join(words(text))} "
            sought = " ".join(words(mute.value))
            if sought and f" {sought} " in spoken:
                return mute
    return None


def muted(mute: Mute) -> Hold:
    """Return what a silence leads to: who asked for it, why, and until when."""
    because = clean_line(mute.because, 200)
    by = f"by {clean_line(mute.author, 60)}" if mute.author else ""
    return Hold(HeldBack.MUTED, ": ".join(filter(None, [by, because])), mute.ends_at)
