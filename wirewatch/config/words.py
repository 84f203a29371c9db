"""How people write durations, times of day, weekdays, numbers, truth values and paths."""

from __future__ import annotations

import os
import re
from datetime import time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    **dict.fromkeys(("s", "sec", "second", "seconds"), timedelta(seconds=1)),
    **dict.fromkeys(("m", "min", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(weeks=1)),
}
_PART = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]+)")
_DISTANCE = re.compile(r"(\d{1,6})\s*(word|words|sentence|sentences|paragraph|paragraphs)")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_LONGEST = timedelta(days=36_500)


class Wrong(ValueError):
    """A value that can't be what it should; pydantic collects them."""

    def __init__(self, problem: str, hint: str = "", *, key: str | None = None) -> None:
        """Say what is wrong and what to write instead; `key` points at one key of a mapping."""
        self.problem, self.hint, self.key = problem, hint, key
        super().__init__(f"{problem}; {hint}" if hint else problem)


def duration(text: str) -> timedelta:
    """Read `60s`, `15m`, `4h`, `1h30m`, `90d`, `2w`.

    Raises:
        Wrong: It isn't one, or is longer than a century.
    """
    written = text.strip().lower()
    total, end = timedelta(), 0
    for part in _PART.finditer(written):
        unit = _UNITS.get(part[2])
        if unit is None or written[end : part.start()].strip():
            break
        try:
            total += float(part[1]) * unit
        except OverflowError:
            total = _LONGEST * 2
        end = part.end()
    if not written or end != len(written):
        raise Wrong(f'"{text}" is no duration', "write a number with s, m, h, d or w: 60s, 4h, 90d")
    if total > _LONGEST:
        raise Wrong(f'"{text}" is longer than a century', "write it in h or d")
    return total


def spell(delta: timedelta) -> str:
    """Write a duration as `duration` reads it, in the largest unit that leaves no remainder."""
    if delta % timedelta(seconds=1):
        return f"{round(delta / timedelta(milliseconds=1))}ms"
    for unit in ("d", "h", "m"):
        if delta and not delta % _UNITS[unit]:
            return f"{delta // _UNITS[unit]}{unit}"
    return f"{delta // _UNITS['s']}s"


def distance(text: str) -> tuple[int, str]:
    """Read `40 words`, `1 sentence`, `2 paragraphs` as (number, "words" | "sentence" | "paragraph")."""
    found = _DISTANCE.fullmatch(text.strip().lower())
    if not found or int(found[1]) == 0:
        raise Wrong(f'"{text}" is no distance', "write `40 words`, `1 sentence` or `1 paragraph`")
    unit = found[2].removesuffix("s")
    return int(found[1]), "words" if unit == "word" else unit


def clock(text: str) -> time:
    """Read a time of day: `07:00`."""
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        raise Wrong(f'"{text}" is no time of day', 'write hours and minutes: "07:00"')
    return time(int(found[1]), int(found[2]))


def weekdays(text: str) -> tuple[int, ...]:
    """Read `mon`, `Monday`, `mon-fri`, `fri-sun` as numbers, 0 is Monday."""
    first, dash, last = text.strip().lower().partition("-")
    start = _weekday(first, text)
    end = _weekday(last, text) if dash else start
    return tuple((start + n) % 7 for n in range((end - start) % 7 + 1))


def _weekday(name: str, text: str) -> int:
    name = name.strip()
    for n, (short, full) in enumerate(zip(DAYS, _DAY_NAMES, strict=True)):
        if name in {short, full}:
            return n
    raise Wrong(f'"{text}" is no weekday', "write mon, tue, … sun, or mon-fri")


def zone(text: str) -> str:
    """Read the name of an IANA time zone."""
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError) as error:
        raise Wrong(
            f'unknown time zone "{text}"',
            did_you_mean(text, available_timezones()) or "write Area/City, or UTC",
        ) from error
    return text


def listen_address(text: str) -> tuple[str, int]:
    """Read `host:port`, `[::1]:port`, or `:port` for this machine only."""
    host, colon, port = text.strip().rpartition(":")
    if not colon or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65_535 or " " in host:
        raise Wrong(f'"{text}" is no host:port', "write 127.0.0.1:9464")
    return host.strip("[]") or "127.0.0.1", int(port)


def truth(text: str) -> bool:
    """Read `true` or `false`; yes, no, on and off are words in YAML 1.2."""
    match text.strip().lower():
        case "true":
            return True
        case "false":
            return False
        case "yes" | "on" | "y":
            raise Wrong(f'"{text}" is a word', "write true")
        case "no" | "off" | "n":
            raise Wrong(f'"{text}" is a word', "write false")
        case _:
            raise Wrong(f'"{text}" is neither true nor false', "write true or false")


def whole(text: str) -> int:
    """Read a whole number in decimal digits."""
    if not re.fullmatch(r"[+-]?[0-9]{1,15}", text.strip()):
        raise Wrong(f'"{text}" is no whole number', "write it in digits: 5")
    return int(text)


def real(text: str) -> float:
    """Read a number: `3`, `-0.5`."""
    if not re.fullmatch(r"[+-]?([0-9]{1,15}(\.[0-9]{0,15})?|\.[0-9]{1,15})", text.strip()):
        raise Wrong(f'"{text}" is no number', "write it in digits: 3, or -0.5")
    return float(text)


def did_you_mean(word: str, known: set[str] | list[str] | tuple[str, ...]) -> str:
    """Return `did you mean "…"?`, or what there is when that is little, or ""."""
    folded: dict[str, str] = {}
    for name in sorted(known):
        folded.setdefault(_folded(name), name)
    close = get_close_matches(_folded(word), list(folded), n=1, cutoff=0.6)
    if close:
        return f'did you mean "{folded[close[0]]}"?'
    if 0 < len(folded) <= 8:
        names = list(known) if isinstance(known, (list, tuple)) else sorted(known)
        return f"it is one of {', '.join(names)}" if len(names) > 1 else f"there is only {names[0]}"
    return ""


def _folded(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


def path(text: str) -> Path:
    """Return a path, `~` at its beginning resolved; the home of nobody stays as it is written."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser raises for nobody's home
