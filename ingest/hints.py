"""How soon a server wants to be asked again, read out of its headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from wirewatch.model import Hints

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_LONGEST = timedelta(days=3650)


def http_hints(headers: Mapping[str, str], *, now: datetime) -> Hints:
    """Return Retry-After and the freshness of an answer.

    Args:
        headers: With lower-case names.
        now: Aware, UTC; stands in for a missing Date, so that a server's wrong clock cancels out.
    """
    served = http_date(headers.get("date")) or now
    return Hints(
        retry_after=retry_after(headers.get("retry-after"), served=served),
        max_age=_freshness(headers, served),
    )


def retry_after(value: str | None, *, served: datetime) -> timedelta | None:
    """Return how long Retry-After asks to wait (RFC 9110, 10.2.3), or None for none or nonsense."""
    value = (value or "").strip()
    if re.fullmatch(r"\d{1,12}(?:\.\d+)?", value):
        return min(timedelta(seconds=float(value)), _LONGEST)
    until = http_date(value)
    return max(min(until - served, _LONGEST), timedelta()) if until else None


def _freshness(headers: Mapping[str, str], served: datetime) -> timedelta | None:
    """RFC 9111, 4.2: max-age beats Expires; what the answer aged on its way is gone already."""
    control = headers.get("cache-control", "")
    if re.search(r"no-cache|no-store", control, re.IGNORECASE):
        return None
    if found := _MAX_AGE.search(control):
        lifetime = timedelta(seconds=min(int(found[1]), _LONGEST.total_seconds()))
    elif until := http_date(headers.get("expires")):
        lifetime = min(until - served, _LONGEST)
    else:
        return None
    age = headers.get("age", "").strip()
    if age.isascii() and age.isdigit():
        lifetime -= timedelta(seconds=min(int(age[:12]), _LONGEST.total_seconds()))
    return lifetime if lifetime > timedelta() else None


def http_date(value: str | None) -> datetime | None:
    """Return an HTTP date (RFC 9110, 5.6.7, all three forms), aware UTC; None for anything else."""
    if not value or not value.strip():
        return None
    try:
        found = parsedate_to_datetime(value.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None
