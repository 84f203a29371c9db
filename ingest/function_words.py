"""The small words of a language: they tell it from others and say nothing about an event."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from snowballstemmer.english_stemmer import EnglishStemmer

from wirewatch.text import fold

_LISTS = {
    "en": """a about after again against all also am an and any are as at be because been before being between both
        but by can could did do does down during each few for from further had has have he her here hers him his how
        i if in into is it its just may me might more most much must my no nor not now of off on once one only or other our out
        over own said same say says she should so some such than that the their them then there these they this those through to
        too under until up upon very was we were what when where which while who whom why will with would you your
        t s ll re ve don didn doesn isn wasn won""",
    "es": """a al algo ante antes aunque cada como con contra cual cuando de del desde donde dos durante e el ella ellos
        en entre era es esa ese eso esta este esto estos estas fue fueron ha han hasta hay la las le les lo los mas me mi mientras muy no
        nos o otra otro para pero por porque que quien se sea ser si sin sobre su sus tambien tras tu un una uno unos y ya
        son segun sido habia""",
    "fr": """a ai au aux avec ce ces cette cet comme contre d dans de des donc du elle en entre est et ete etre il ils
        j je l la le les leur leurs lors lui mais mes moi n ne nos notre nous on ont ou où par pas plus pour qu que qui s sa
        sans se ses son sont sous sur ta te tu un une vers vous y apres avant""",
    "de": """aber als am an auch auf aus bei bis da dann das dass dem den der des die doch durch ein eine einem einen
        einer eines er es fur gegen hat haben hatte ich ihm ihn ihr ihre im in ist ja kann kein keine mit nach nicht noch nun nur ob oder
        sein seine sich sie sind so uber um und uns unter vom von vor war waren was wenn werden wie wird wir wurde wurden zu zum zur""",
    "it": """a ad ai al alla alle allo anche c che chi ci come con contro cui da dai dal dalla dalle de degli dei del
        della delle dello di dopo dove e ed era fra gli ha hanno i il in io l la le lo loro ma mi ne nei nel nella nelle no noi non o
        ogni per piu quando quella quello questa questo se si sia sono stata stato su sua sue sui sul sulla suo tra un una uno""",
    "nl": """aan al als bij dan dat de der deze die dit door dus een en er had heeft hem het hij hoe hun ik in is je kan
        maar meer met mijn na naar niet nog nu of om omdat onder ook op over te tegen toch tot uit van veel voor waar was wat we
        werd werden wie wij worden wordt ze zei zich zij zijn zo zou""",
    "pt": """a ao aos apos as ate com como contra da das de dela dele depois do dos e ela ele em entre era essa esse esta
        este eu foi foram ha isso ja la lhe mais mas me mesmo muito na nao nas nem no nos num numa o os ou para pela pelas pelo
        pelos por porque qual quando que quem sao se sem ser seu seus so sob sobre sua suas tambem um uma""",
    "tr": """ama ancak bir bu cok da daha de diye en gibi gore hem her icin ile ise iki kadar ki mi ne o olan olarak
        oldu oldugu oldugunu sonra su tarafindan ve veya ya yani""",
    "ru": """а без бы был была были было быть в во вот все всех вы где да для до его ее ей если есть еще же за и из или им их
        к как когда кто ли мы на над не него нет ни но о об он она они от по под после при про с сказал со так также там то
        только у уже что чтобы эта это этот этого""",
    "ar": """في من على الى إلى ان أن إن عن مع هذا هذه ذلك التي الذي الذين ما لا لم لن قد كان كانت و او أو ثم بعد قبل بين كل
        حتى عند هو هي هم كما حيث قال وقال أنه انه بأن منذ خلال غير أي اي""",
    "fa": """و در به از که این آن را با است برای بر تا هم یا اما می شد شده بود کرد کرده خود ما او آنها نیز یک هر اگر پس
        پیش بین گفت است هستند باشد""",
    "he": """של את על לא כי הוא היא הם זה זו עם אל או גם אבל כל יש אין מה מי אם רק עוד היה היתה היו אחרי לפני בין ידי
        כדי אשר אמר""",
}

_NUMBERS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
NUMBER_WORDS = {word: str(n) for n, word in enumerate(_NUMBERS.split(), start=2)}
# Days and months count under one name in all these languages. Those that are words of another kind
# as well (may, march, mars, mai, segunda) are left out.
_CALENDAR = """
    monday tuesday wednesday thursday friday saturday sunday january february april june july august
        september october november december
    lunes martes miércoles jueves viernes sábado domingo enero febrero abril junio julio agosto
        septiembre octubre noviembre diciembre
    lundi mardi mercredi jeudi vendredi samedi dimanche janvier février avril juin juillet août
        septembre octobre novembre décembre
    montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar april juni juli august
        september oktober november dezember
    lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio aprile giugno luglio agosto
        settembre ottobre novembre dicembre
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari april juni juli augustus
        september oktober november december
    - - - - - sábado domingo janeiro fevereiro abril junho julho agosto
        setembro outubro novembro dezembro
"""
_DAYS = list(map(fold, _CALENDAR.split()))
DAYS = frozenset(_DAYS[:17])
_SAME_DAY = {name: _DAYS[n % 17] for n, name in enumerate(_DAYS) if name.isalpha()}
_ARABIC_ARTICLE = re.compile("^[وبفك]?(?:ال|لل)(?=..)")
_LEAST = 2


def stem(word: str) -> str:
    """Return the stem of a folded word; two as 2, lunes as monday.

    Kills, killed and killing are one. By the rules for English in whatever language, which
    cut endings alike in translations; of other than ASCII letters only the Arabic article.
    """
    if word in NUMBER_WORDS:
        return NUMBER_WORDS[word]
    if word in _SAME_DAY:
        return _SAME_DAY[word]
    if not word.isascii():
        return _ARABIC_ARTICLE.sub("", word)
    # A stemmer has a state; callers remember stems.
    return str(EnglishStemmer().stemWord(word))


_WITHOUT_CAPITALS = frozenset(["ar", "fa", "ur", "ps", "ckb", "he", "yi"])
_OTHER_SCRIPTS = _WITHOUT_CAPITALS.union(["ru", "uk", "be", "bg", "sr", "mk", "kk"])


def is_latin(language: str) -> bool:
    """Whether words in a language may be the same as in English, and not only what can be read."""
    return language not in _OTHER_SCRIPTS


def has_capitals(language: str) -> bool:
    """Whether names can be told by them."""
    return language not in _WITHOUT_CAPITALS


FUNCTION_WORDS = {
    language: frozenset(map(stem, fold(text).split())) for language, text in _LISTS.items()
}


# In order, for dates; of each month the forms that they are written with.
_MONTHS = """
    january february march april may june july august september october november december
    jan feb mar apr may jun jul aug sep oct nov dec
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    januar februar märz april mai juni juli august september oktober november dezember
    gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
    januari februari maart april mei juni juli augustus september oktober november december
    janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
"""
MONTHS = {name: n % 12 + 1 for n, name in enumerate(fold(_MONTHS).split())}


def _languages_of() -> dict[str, tuple[str, ...]]:
    words: dict[str, list[str]] = {}
    for language, ignored in FUNCTION_WORDS.items():
        for word in sorted(ignored):
            words.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in words.items()}


_LANGUAGES_OF = _languages_of()


def likely_language(terms: AbstractSet[str], declared: str | None) -> str:
    """Return the ISO 639-1 code of the language whose function words stand out, else the declared one.

    Feeds declare `en-us` over any language, so the words have the first say; a headline
    with fewer than two function words says nothing.

    Args:
        terms: Folded words, each once; the first 200 or so do.
        declared: What the feed said (BCP 47), or None.
    """
    claimed = (declared or "").split("-")[0].split("_")[0].lower()
    counts: dict[str, int] = {}
    for term in _LANGUAGES_OF.keys() & terms:
        for language in _LANGUAGES_OF[term]:
            counts[language] = counts.get(language, 0) + 1
    # A tie goes to the declared language, then to the first by name.
    best = min(counts, key=lambda each: (-counts[each], each != claimed, each), default="")
    if not best or counts[best] < _LEAST:
        return claimed
    return best if counts[best] >= counts.get(claimed, 0) + _LEAST or not claimed else claimed
