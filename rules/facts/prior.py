"""Tell an earlier event's toll from this one's: "had already killed 20 in February".

Marks of the past have a reach: some speak of their own clause, some of everything that
follows in the sentence. Years and months are judged against the publication date.
"""

from __future__ import annotations

import re
from datetime import date

from ahocorasick_rs import AhoCorasick

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "|".join(m.capitalize() for m in MONTHS)
_COUNT = r"(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|several|many|some|\d+|few|couple of)"

# Where one clause ends and another begins.
_CLAUSE = re.compile(
    r"[;:]|\s[—–-]+\s|,?\s\b(?:where|when|while|which|who|whose|that|but|after|bringing|whereas|although|though)\b"
    r"|,\s(?:and|as|since|a|the|in)\s",
)
_RELATIVE = re.compile(r",?\s(?:in |during |on )?(?:which|that|where|when|who|whose)\b")

# Speaks of its own clause only.
_OWN = re.compile(
    rf"\b(?:last week|had (?:already|earlier|previously)|previously|(?:last|previous|past) (?:year|month|decade|summer|autumn"
    rf"|fall|winter|spring|{_MONTH})|{_COUNT} (?:more )?(?:years?|months?|weeks?|decades?) (?:ago|earlier|before)"
    rf"|(?:a|an|another)? ?(?:similar|earlier|previous) (?:attack|bombing|incident|strike|raid|assault|explosion|ambush)s?"
    rf"|earlier this (?:year|month)|so far this (?:year|month)|this year|to date|in recent (?:weeks|months|years)"
    rf"|(?:over|in|during) the (?:past|last) (?:{_COUNT} )?(?:weeks|months?|years?|decades?)"
    rf"|since (?:(?:the|he|she|it|they|last|early|late|mid-?|{_MONTH})\b(?![^,;]{{0,40}}\b(?:\w+day|overnight)\b)|(?:19|20)\d\d)"
    rf"|during the (?:war|conflict|uprising|revolution|insurgency))\b",
    re.IGNORECASE,
)
# "Bringing to 60 the number killed" counts what went before, unless it is this attack's toll that grows.
_BRINGS = re.compile(
    r"\b(?:bring(?:s|ing)|brought)\b[^;]{0,50}\b(?:toll|number|total|tally|count|dead|deaths|killed)\b",
    re.IGNORECASE,
)
_ITS_TOLL = re.compile(
    r"\btoll (?:from|in|of) (?:the |this |that |\w+['’]s )?(?:[\w-]+ ){0,2}(?:attack|blast|bombing|explosion|strike|airstrike|raid"
    r"|shelling|assault|incident|disaster|quake|earthquake|massacre|ambush|crash|collapse|fire)s?\b",
    re.IGNORECASE,
)
# A long conflict's balance: "the conflict has killed more than 100,000".
_BALANCE = re.compile(
    r"\b(?:war|wars|conflict|uprising|insurgency|unrest|crackdown|revolt|campaign|rebellion|civil war|epidemic"
    r"|violence|fighting|offensive)\b[^,;]{0,60}\b(?:has|have|had|that|which|in which)\b",
    re.IGNORECASE,
)
# Speaks of all that follows in the sentence.
_ONWARD = re.compile(
    rf"\b(?:anniversary of [^,;]{{0,80}}?\b(?:that|which|when)|commemorat\w+|memorial|in retaliation (?:for|to)|retaliat(?:es?|ed|ing|ion) (?:for|against)|aveng\w+"
    rf"|in revenge for|revenge for|in (?:response|answer) to|respon(?:ds?|ded|ding) to"
    rf"|(?:{_COUNT}|just|only) (?:day|days|week|weeks|month|months|year|years|decade) (?:after|since)|hours after"
    rf"|accused of|suspected of|convicted (?:of|for|over|in)|charged (?:with|over|in)|sentenced|found guilty|on trial"
    rf"|stand trial|trial of|jailed|wanted (?:for|over|in)|pleads? guilty|pleaded guilty|acquitted|indicted"
    rf"|arrest(?:s|ed)? (?:\w+ ){{0,8}}(?:for|over|in connection|in the)|executed for|guilty of|responsible for"
    rf"|(?:deadliest|worst|bloodiest|biggest)\b[^,;]{{0,60}} since|investigat\w+ (?:into|the)|inquiry into"
    rf"|(?:regarding|concerning|over|about|case of|connection with|investigat\w+(?: into)?|involve\w* in|implicated in|suspects? in)"
    rf"(?= (?:the )?(?:murders?|assassinations?) of)"
    rf"|as the (?:one|attack|bombing) that|the same \w+ (?:where|that|which))\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    rf"\b(?:(?P<month>{_MONTH})(?: (?P<day>\d{{1,2}})\b(?!\d))?,? ?)?(?:in |of |the |early |late )?(?P<year>(?:19|20)\d\d)(?P<decade>s)?\b"
    rf"|\b(?:in|since|last|early|late|mid|of) (?:early |late |mid-?)?(?P<only>{_MONTH})\b(?! \d)"
)


# Who strikes after something answers it; who was killed after something was killed by it.
_ANSWERS = re.compile(
    r"\b(?:strikes?|struck|bomb(?:s|ed)|hits?|attack(?:s|ed)|fir(?:es|ed)|launch(?:es|ed)|shell(?:s|ed)|raid(?:s|ed)|pound(?:s|ed)"
    r"|target(?:s|ed))\b[^.;]*\bafter\b[^.;,]*\Z",
    re.IGNORECASE,
)
# Without one of these nothing speaks of the past: most sentences are done with here.
_MARKS = AhoCorasick((
    "last ", "past ", "previous", "already", "earlier", " ago", "before", "similar", "this year", "to date", "recent",
    "since", "during the", "bring", "brought",
    "war", "conflict", "uprising", "insurgency", "unrest", "crackdown", "revolt", "campaign", "rebellion", "epidemic",
    "violence", "fighting", "offensive",
    "anniversary", "commemorat", "memorial", "retaliat", "aveng", "revenge", "respon", "answer", " after", "accused", "suspected",
    "convicted", "charged", "sentenced", "guilty", "trial", "jailed", "wanted", "acquitted", "indicted", "arrest",
    "executed for", "investigat", "inquiry", "as the ", "the same",
    "murder", "assassination",
    *MONTHS, "19", "20",
))  # fmt: skip


def is_prior(
    sentence: str, at: int, *, published: date, until: int | None = None, grows: bool = False
) -> bool:
    """Say whether what stands at an offset of a sentence belongs to an earlier event.

    Args:
        sentence: One sentence.
        at: Where the word of harm starts.
        published: The publication date; years before its own and months other than its own are past.
        until: Where the next statement of the sentence starts: marks behind it are not ours.
        grows: It is a total that this event's own dead have brought about.
    """
    if not _MARKS.find_matches_as_indexes(sentence.lower()):
        return False
    start, end = _clause(sentence, at)
    if until is not None:
        end = min(end, max(until, at))
    own = sentence[start:end]
    if _OWN.search(own) or _BALANCE.search(sentence[start:at]):
        return True
    if not grows and _BRINGS.search(own) and not _ITS_TOLL.search(own):
        return True
    return _is_under_mark(sentence, at) or _is_dated(sentence, at, start, end, published)


def is_recalled(sentence: str, at: int) -> bool:
    """Say whether a place at an offset is named because of something earlier: "fires at A after strikes on B"."""
    if not _MARKS.find_matches_as_indexes(sentence[:at].lower()):
        return False
    return _is_under_mark(sentence, at) or _ANSWERS.search(sentence, 0, at) is not None


def _is_dated(sentence: str, at: int, start: int, end: int, published: date) -> bool:
    """Say whether a year or month that is over stands in the clause, or rules it."""
    for mark in _DATED.finditer(sentence):
        if not _is_past(mark, published):
            continue
        if start <= mark.start() < end:
            return True
        if mark.end() <= at and _RELATIVE.match(sentence, _noun_end(sentence, mark.end())):
            return True
    return False


def _is_under_mark(sentence: str, at: int) -> bool:
    """Say whether a mark stands before that speaks of all that follows it."""
    for mark in _ONWARD.finditer(sentence):
        if mark.end() > at:
            break
        # "Two days after the truce, a bomb killed five": what opens a sentence reaches to its comma.
        if not (mark.start() == 0 and "," in sentence[mark.end() : at]):
            return True
    return False


def _clause(sentence: str, at: int) -> tuple[int, int]:
    start, end = 0, len(sentence)
    for cut in _CLAUSE.finditer(sentence):
        if cut.end() <= at:
            start = cut.start()
        elif cut.start() > at:
            end = cut.start()
            break
    return start, end


def _noun_end(sentence: str, at: int) -> int:
    """Step over up to three words: "the 2015 Sousse beach attack | in which"."""
    match = re.compile(
        r"(?:\s[\w'-]+){0,3}?(?=,?\s(?:in |during |on )?(?:which|that|where|when|who|whose)\b)"
    ).match(sentence, at)
    return match.end() if match else at


def _is_past(mark: re.Match[str], published: date) -> bool:
    """Say whether a year or month is over at the publication date (the month before counts until the 7th)."""
    if mark["year"]:
        if mark["decade"]:
            return True
        year = int(mark["year"])
        if year != published.year:
            return year < published.year and not _just_before(mark, published)
        month = mark["month"]
        return month is not None and not _is_near(MONTHS.index(month.lower()) + 1, published)
    return not _is_near(MONTHS.index(mark["only"].lower()) + 1, published)


def _just_before(mark: re.Match[str], published: date) -> bool:
    return (
        published.month == 1
        and published.day <= 7
        and mark["month"] == "December"
        and int(mark["year"]) == published.year - 1
    )


def _is_near(month: int, published: date) -> bool:
    if month == published.month:
        return True
    return published.day <= 7 and month == (published.month - 2) % 12 + 1
