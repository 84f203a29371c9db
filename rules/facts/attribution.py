"""Who says so, and how firmly."""

from __future__ import annotations

import re

from rules.facts.words import bag
from wirewatch.model import Claim

_NAME = r"(?:[A-Z][\w’'-]*|U\.S\.|U\.N\.)(?:\s+(?:(?:of|for|the|and|al|de|in)\s+)?(?:[A-Z][\w’'-]*)){0,6}"
_VERB = r"(?:said|says|say|told|reported|reports|announced|claimed|claims|confirmed|added|stated|tweeted|admitted|wrote|declared|denied|put)"
_SPEAKER = (
    r"(?:police|officials?|witnesses|residents|activists|medics|doctors|rescuers|authorities|state (?:media|television|TV|radio)"
    r"|the (?:army|military|ministry|government|police|rebels|group|coalition|governor|observatory|Pentagon|health ministry"
    r"|interior ministry|defen[cs]e ministry)|a (?:spokesman|spokeswoman|spokesperson|doctor|medic|witness|police officer"
    r"|(?:\w+ ){0,2}official|(?:\w+ ){0,2}source|monitor)|(?:\w+ ){0,2}(?:sources|officials|ministry|spokesman|spokesperson)"
    r"|hospital sources|security sources)"
)
_ACCORDING = re.compile(
    rf"\b[Aa]ccording to (?:the |an? )?(?:(?:official|state|state-run|Syrian|Iraqi|Iranian|local|semi-official|private|London-based|UK-based"
    rf"|Britain-based|independent|NGO|non-governmental|monitoring|news|agency|group|organi[sz]ation|activist|network|broadcaster|its|daily|newspaper) )*"
    rf"(?P<who>{_NAME}|{_SPEAKER})"
)
_SAYS = re.compile(
    rf"\b{_VERB}\s+(?:the |an? )?(?:(?:NGO|group|agency|monitor|organi[sz]ation|spokesman|spokesperson|news agency|official agency|watchdog"
    rf"|state agency|governor|minister|mayor|police chief) )*(?P<after>{_NAME})(?=[,.]|$|\s+on\b|\s+in\b)"
    rf"|(?P<before>{_SPEAKER}|(?:[Tt]he )?{_NAME})(?:,[^,]{{2,80}},)?\s+(?:also |has |have |had |later )?{_VERB}\b"
    rf"|,\s(?P<tail>{_SPEAKER})\s{_VERB}\b"
)
_SPOKESPERSON = re.compile(
    r"\b(?P<office>Pentagon|Kremlin|White House|State Department|CENTCOM|Army|Ministry|Centcom)\b[^.]{0,30}?\b(?:spokes\w+|press secretary|word)\b(?: |, )(?P<name>[A-Z]\w+ [A-Z]\w+)"
)
_NOT_A_NAME = bag(
    """
    It He She They We I The A An This That There These Those But And In On At Monday Tuesday
    Wednesday Thursday Friday Saturday Sunday According Some Many Most Several One Two Three
    Four Five Six Seven Eight Nine Ten What Who
    """
)


def speakers(sentence: str) -> list[tuple[str, int]]:
    """Return who is quoted in a sentence, with the offset of each, in text order."""
    found = [
        (f"{match['name']}, {match['office']}", match.start())
        for match in _SPOKESPERSON.finditer(sentence)
    ]
    found += [(_tidy(match["who"]), match.start("who")) for match in _ACCORDING.finditer(sentence)]
    for match in _SAYS.finditer(sentence):
        group = next(g for g in ("after", "before", "tail") if match[g])
        found.append((_tidy(match[group]), match.start(group)))
    kept: dict[str, int] = {}
    for name, at in sorted(found, key=lambda pair: pair[1]):
        if name and name.split()[0] not in _NOT_A_NAME and name not in kept:
            kept[name] = at
    return list(kept.items())


def _tidy(name: str) -> str:
    return re.sub(r"^(?:[Tt]he|[Aa]n?)\s+", "", name).removesuffix("’s").removesuffix("'s")


def attribution(sentence: str, at: int) -> str:
    """Return who says what stands at an offset: the speaker nearest to it in its sentence, or ""."""
    found = speakers(sentence)
    if not found:
        return ""
    return min(found, key=lambda pair: abs(pair[1] - at))[0]


_DENIED = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)\b(?!\s+(?:entry|access|bail|visas?))|rejected (?:the )?(?:claim|report|accusation|allegation)s?"
    r"|dismissed (?:the )?(?:claim|report)s?|false reports?)",
    re.IGNORECASE,
)
_CLAIMED = re.compile(
    r"\b(?:claim(?:s|ed|ing)?(?: of| that| to|\b)(?! the lives| \w+ lives)|alleged(?:ly)?|reportedly|unconfirmed|purported(?:ly)?"
    r"|could not (?:be )?(?:independently )?verif\w+|accus(?:es|ed|ing))\b",
    re.IGNORECASE,
)
_CONFIRMED = re.compile(
    r"\b(?:confirm(?:s|ed|ing)?|acknowledg(?:es|ed|ing)|admit(?:s|ted|ting)?|officially|verified"
    r"|(?:military|forces|army|coalition|Pentagon) (?:said|says) (?:it|its|they)|have carried out|claim(?:s|ed|ing)? responsibility)\b",
    re.IGNORECASE,
)


def status(sentences: list[str]) -> Claim | None:
    """Return how firmly the sentences say it: denied before claimed before confirmed, else None."""
    text = " ".join(sentences)
    if _DENIED.search(text):
        return Claim.DENIED
    if re.search(r"\bclaim(?:s|ed|ing)? responsibility\b", text, re.IGNORECASE):
        return Claim.CONFIRMED
    if _CLAIMED.search(text):
        return Claim.CLAIMED
    return Claim.CONFIRMED if _CONFIRMED.search(text) else None
