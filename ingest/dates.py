"""Read the dates that feeds print.

A date is evidence, not a clock: what can't be read is None, never now. The forms that feeds really
use are read here, strictly; what is rarer is left to feedparser's readers, which know more
calendars but read CEST as UTC and the epoch second 1709550000 as a day in 2017.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

EARLIEST_YEAR = 1990  # news feeds began in 1999; 28 of 2,940 real entries said year 1
LATEST_AHEAD = timedelta(days=366)

_ISO = re.compile(
    r"(?P<Y>\d{4})-(?P<M>\d{1,2})-(?P<D>\d{1,2})"
    r"(?:(?:\s*[Tt]\s*|\s+)(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<zone>\S.*)?"
)
_RFC = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(?P<D>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<month>[^\W\d]+)\.?[\s,-]+(?P<Y>\d{4}|\d{2})"
    r"(?:[\s,:T-]+(?P<h>\d{1,2}):(?P<m>\d{1,2})(?::(?P<s>\d{1,2})(?:\.\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
    r"\s*(?P<zone>\S.*)?"
)
_AMERICAN = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(?P<month>[^\W\d]+)\.?\s+(?P<D>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<Y>\d{4})"
    r"(?:(?:[\s,-]|at)+(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}))?\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
    r"\s*(?P<zone>\S.*)?"
)
_ASCTIME = re.compile(
    r"[^\W\d]+\s+(?P<month>[^\W\d]+)\s+(?P<D>\d{1,2})\s+(?P<h>\d{1,2}):(?P<m>\d{2}):(?P<s>\d{2})"
    r"\s+(?:(?P<zone>[A-Z]{3,5})\s+)?(?P<Y>\d{4})"
)
_DOTTED = re.compile(
    r"(?P<D>\d{1,2})\.(?P<M>\d{1,2})\.(?P<Y>\d{4})"
    r"(?:[\s,-]+(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}))?)?\s*(?P<zone>\S.*)?"
)
_COMPACT = re.compile(
    r"(?P<Y>\d{4})(?P<M>\d{2})(?P<D>\d{2})T(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})\s*(?P<zone>\S.*)?"
)
_FORMS = (_ISO, _RFC, _AMERICAN, _ASCTIME, _DOTTED, _COMPACT)
_EPOCH = re.compile(r"(\d{9,10})(?:\d{3})?(?:\.\d+)?")
_OFFSET = re.compile(r"(?:GMT|UTC|Z)?\s*([+-])(\d{1,2}):?(\d{2})?(?:\s*\(.*\))?", re.IGNORECASE)

# Names in minutes east of Greenwich. Where a name has several meanings, the one that feeds in
# English, or from where it is official, use.
_ZONES = {
    **dict.fromkeys(("", "z", "ut", "utc", "gmt", "wet", "g"), 0),
    **dict.fromkeys(("bst", "cet", "met", "mez", "west", "wat"), 60),
    **dict.fromkeys(("cest", "mest", "mesz", "eet", "cat", "sast"), 120),
    **dict.fromkeys(("eest", "msk", "trt", "idt", "eat", "arabia", "ast+3"), 180),
    "irst": 210,
    "gst": 240,
    "irdt": 270,
    "aft": 270,
    "pkt": 300,
    "ist": 330,
    "npt": 345,
    **dict.fromkeys(("ict", "wib"), 420),
    **dict.fromkeys(("sgt", "hkt", "myt", "awst", "pht"), 480),
    "jst": 540,
    "kst": 540,
    "acst": 570,
    "aest": 600,
    "aedt": 660,
    "nzst": 720,
    "nzdt": 780,
    "nst": -210,
    "ndt": -150,
    "ast": -240,
    "adt": -180,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "akst": -540,
    "akdt": -480,
    "hst": -600,
    "brt": -180,
    "art": -180,
    "clt": -240,
    "cot": -300,
    "pet": -300,
    "et": -300,
    "ct": -360,
    "mt": -420,
    "pt": -480,
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier janv enero ene gennaio gen janeiro januari ocak oca января янв січня يناير",
            "feb february februar février fév févr fevrier febrero febbraio fevereiro fev februari şubat февраля фев лютого فبراير",
            "mar march märz mär maerz mars marzo março maart mrt mart марта мар березня مارس",
            "apr april avril avr abril abr aprile nisan апреля апр квітня أبريل ابريل",
            "may mai mayo maggio mag maio mei mayıs мая май травня مايو",
            "jun june juni juin junio giugno giu junho haziran июня июн червня يونيو",
            "jul july juli juillet juil julio luglio lug julho temmuz июля июл липня يوليو",
            "aug august août aout agosto ago augustus ağustos августа авг серпня أغسطس اغسطس",
            "sep sept september septembre septiembre settembre set setembro eylül сентября сен вересня سبتمبر",
            "oct october oktober okt octobre octubre ottobre ott outubro out ekim октября окт жовтня أكتوبر اكتوبر",
            "nov november novembre noviembre novembro kasım ноября ноя листопада نوفمبر",
            "dec december dezember dez décembre déc decembre diciembre dic dicembre dezembro aralık декабря дек грудня ديسمبر",
        ),
        start=1,
    )
    for name in names.split()
}


@lru_cache(maxsize=256)
def read_date(text: str) -> datetime | None:
    """Return an instant, aware UTC; None for what is no date in one of the common forms.

    Without a zone it is UTC, without a time of day midnight; a zone nobody knows makes it None.
    """
    text = " ".join(text.split())
    if not text or len(text) > 100:
        return None
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    for form in _FORMS:
        if found := form.fullmatch(text):
            return _instant(found.groupdict())
    return None


def sensible(at: datetime | None, *, now: datetime | None = None) -> datetime | None:
    """Return a date unless it is absurd: before 1990, or more than a year ahead of `now`."""
    if at is None or at.year < EARLIEST_YEAR:
        return None
    return None if now is not None and at - now > LATEST_AHEAD else at


def _instant(parts: dict[str, str | None]) -> datetime | None:
    month = parts.get("M") or _MONTHS.get((parts.get("month") or "").lower())
    offset = _offset(parts.get("zone") or "")
    hour = _hour(int(parts.get("h") or 0), (parts.get("half") or "")[:1].lower())
    if not month or offset is None or hour is None:
        return None
    try:
        local = datetime(
            _year(parts["Y"] or ""),
            int(month),
            int(parts["D"] or 0),
            0,
            int(parts.get("m") or 0),
            min(int(parts.get("s") or 0), 59),  # a leap second is the second before it
            tzinfo=timezone(timedelta(minutes=offset)),
        )
        return (local + timedelta(hours=hour)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _year(text: str) -> int:
    # RFC 2822, 4.3: two digits up to 49 are of this century.
    year = int(text)
    if len(text) == 2:
        year += 2000 if year < 50 else 1900
    return year


def _hour(hour: int, half: str) -> int | None:
    if half:
        return hour % 12 + (12 if half == "p" else 0) if 0 < hour <= 12 else None
    return hour if hour <= 24 else None


def _offset(zone: str) -> int | None:
    """Minutes east of Greenwich, None for what nobody knows."""
    zone = zone.strip()
    if (known := _ZONES.get(zone.strip("()").rstrip(".").lower())) is not None:
        return known
    if found := _OFFSET.fullmatch(zone):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        return (minutes if found[1] == "+" else -minutes) if minutes <= 15 * 60 else None
    return None
