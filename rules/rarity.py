"""How often terms occur, roughly: rules are looked up by the group that is rarest."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence

# English words that half of all news articles have, and words that one in ten has; others are judged
# by their length. A rule is looked up by its rarest group, so that a wrong guess only costs time.
_EVERYWHERE = """
    a about after all also an and are as at be been but by can could during first for from had has
    have he her his in into is it its last more new no not of on one or other out over people said say
    she some than that the their them there they this time to two up was were when which who will with
    would year years us"""
_OFTEN = """
    able according across against ago agency agreement air already although america american among
    announced another any area areas army around asked attack attacks away back based became because
    become before began being believed best better between big billion both bring british business
    call called came case cause central change charged charges chief children city claimed close come
    coming company control council countries country court crime current day days dead deal death
    decision defence defense department despite director district does down due each earlier early
    east economic economy eight election end even event every evidence expected face fact failed
    family far federal few final find fire five following force forced forces foreign former found
    four friday full further future general get give given go going good government great group groups
    had half hand head health held help high him hold home hospital hours house how however human
    hundreds if important including increase information inside interest international investigation
    issue it itself jail july june just keep killed known large largest late later latest law lead
    leader leaders leading least led left less level life likely line little local long look made main
    major make making man many march market may media meeting member members men might military
    million minister ministers month months morning most move much must my name nation national near
    need never news next night nine north northern november now number october off office officer
    officers official officials often old once only open operation opposition order others our own
    part party past place plan plans point police policy political possible power president press
    prime problem process program public put real recent region report reported reports result return
    right rights role rule run same saturday second secretary security see seen september series set
    seven several should show side since six small so soldiers something soon source south southern
    spokesman staff stage start state stated statement states still stop street strong such sunday
    support system take taken team ten term terms then these thing third those though thought thousand
    thousands three through thursday times today together told took top total town trade tried troops
    trying tuesday under union united until use used using very victims violence want war water way we
    wednesday week weekend weeks well went west western what where whether while white whole why
    win within without woman women work workers working world yesterday yet york you young your
    january february april august december monday court fight food free history included land media
    money music party play player players game games film season star sales shares bank banks price
    prices rate rates growth firm firms industry cut cuts project service services university"""
_SHARES = dict.fromkeys(_OFTEN.encode().split(), 0.1) | dict.fromkeys(
    _EVERYWHERE.encode().split(), 0.5
)


# A word that nobody knows is guessed by its length: frequent ones are short (G. K. Zipf, 1935).
_GUESSES = [1 / (length + 2) ** 2 for length in range(64)]
_UNSEEN = [1e-4] * len(_GUESSES)


class Rarity:
    """Estimates the share of articles that a set of patterns lets through."""

    def __init__(self, frequencies: Mapping[str, float]) -> None:
        self._known = {word.encode(): share for word, share in frequencies.items()} or _SHARES
        self._unknown = _UNSEEN if frequencies else _GUESSES
        self._shares = array("d")  # eight bytes a pattern, no objects

    def share(self, numbers: Collection[int], patterns: Sequence[bytes]) -> float:
        """Return an estimate of how many articles have one of these patterns (may exceed 1).

        Args:
            numbers: Places in `patterns`.
            patterns: All there are so far: the same ones each time, and then more.
        """
        # Each is estimated once, however many groups need it: there are hundreds of thousands.
        if len(self._shares) < len(patterns):
            self._shares.extend(map(self._pattern, patterns[len(self._shares) :]))
        return sum(map(self._shares.__getitem__, numbers))

    def _pattern(self, pattern: bytes) -> float:
        known, unknown = self._known, self._unknown
        words = pattern.split()
        shares = [
            known.get(word) or unknown[min(_length(word), len(unknown) - 1)] for word in words
        ]
        # Words side by side are rarer than either; a beginning is commoner than a word.
        share = min(shares) * 0.2 ** (len(shares) - 1)
        return share if pattern.endswith(b" ") else share * 3


def _length(word: bytes) -> int:
    return len(word) if word.isascii() else len(word.decode())
