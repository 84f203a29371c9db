"""Inflected forms of a word, listed when rules are compiled (`word~`, and names in ru, ar, he …).

Listing beats stemming: what a rule matches can be printed (`rules show`), irregular forms are
right (strike, struck; militia, militiaman), and nothing is guessed while articles are read. A form
that no text contains costs nothing. Words come folded (`wirewatch.text.fold`), so do the forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rules.irregular import FAMILIES, INVARIABLE, PLURALS, PREFIXES


def _listed(endings: str) -> tuple[str, ...]:
    return tuple(endings.split())


def _with_bare(endings: str) -> tuple[str, ...]:
    return ("", *endings.split())


_VOWELS = "aeiou"
_VOWEL = re.compile("[aeiouy]")
# What is left of evening, herring, Boeing: no verb of theirs.
_NO_VERBS = frozenset(["even", "herr", "inn", "earr", "boe", "wedd", "hundr", "unit", "sacr"])
_NOUN_FORMS = 2
_LATIN = re.compile("[a-z0-9]+")
_CYRILLIC = re.compile("[\u0400-\u052f]+")
_ARABIC = re.compile("[\u0620-\u06ff]+")
_PERSIAN_LETTERS = re.compile("[پچژگ]")
_HEBREW = re.compile("[\u05d0-\u05ea]+")
_HANGUL = re.compile("[\uac00-\ud7a3]+")

# و and, ف so, ب by, ل for, ك as, ال the; and how they run together.
_ARABIC_FIRST = _with_bare("و ف ب ل ك ال وال فال بال كال لل ولل فلل وب ول فب فل وك وبال فبال وكال")
_ARABIC_LATER = ("", "ال")
_HEBREW_FIRST = ("", *"והבלמשכ", "וה", "וב", "ול", "ומ", "וש", "וכ", "שה", "שב", "של", "מה", "כש")
_PERSIAN = ("", "ها", "هاي", "هايي", "ان", "ي", " ها", " هاي", " هايي")
_WRITTEN_IN_ARABIC = ("fa", "ur", "ps", "ckb", "ku")
_KOREAN = _with_bare(
    "이 가 은 는 을 를 의 에 에서 에게 로 으로 와 과 도 만 부터 까지 들 들이 들은 들을 들의 이나 측 군"
)
# Turkish writes case endings on names after an apostrophe, which folding deletes; ı and ü are folded.
_TURKISH = _with_bare(
    "a e i u o ya ye yi yu in un nin nun da de ta te dan den tan ten la le yla yle daki deki taki "
    "teki lar ler lari leri larin lerin si su lari nda nde"
)
_PLURAL_ENDINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "es": ("", "s", "es"),
        "pt": ("", "s", "es"),
        "it": ("", "i", "e"),
        "fr": ("", "s", "e", "es", "x"),
        "de": ("", "e", "en", "n", "er", "ern", "s", "es"),
        "nl": ("", "en", "s", "e"),
        "sv": ("", "en", "et", "ar", "er", "or", "arna", "erna", "na", "s"),
        "tr": _TURKISH,
        "az": _TURKISH,
    }
)

_SOFT = ("ь", "я", "ю", "е", "ем", "ей", "и", "ям", "ями", "ях", "ев", "ью")
_RU_MASCULINE = _with_bare("а у ом е ы и ов ам ами ах о і ів ові")
_RU_FEMININE = ("", "а", "ы", "и", "е", "у", "ой", "ою", "ам", "ами", "ах", "і")
_RU_SOFT_FEMININE = ("я", "и", "е", "ю", "ей", "ь", "й", "ям", "ями", "ях", "ею", "і", "ї")
_RU_NEUTER = ("о", "а", "у", "ом", "е", "", "ам", "ами", "ах")
_RU_SOFT_NEUTER = ("е", "я", "ю", "ем", "и", "й", "ям", "ями", "ях")
_RU_J = ("й", "я", "ю", "ем", "е", "и", "ев", "ям", "ями", "ях", "ї", "їв")
_RU_ADJECTIVE = _listed(
    "ый ий ой ая яя ое ее ые ие ого его ому ему ым им ых их ыми ими ую юю ом ем ей"
)
_RU_PAST = ("л", "ла", "ло", "ли", "ть", "вший", "вшая", "вшие")


def inflect(word: str, language: str | None = None) -> tuple[str, ...] | None:
    """Return the forms of a folded word, itself first; None where we know no way.

    Args:
        word: One folded word.
        language: ISO 639-1; None means by script: Latin is English, Cyrillic Russian and so on.
    """
    if _CYRILLIC.fullmatch(word):
        return _unique((word, *_russian(word)))
    if _ARABIC.fullmatch(word):
        if language in _WRITTEN_IN_ARABIC or (language is None and _PERSIAN_LETTERS.search(word)):
            return _unique((word, f"{word}ات", *(f"{word}{ending}" for ending in _PERSIAN)))
        stem = word[:-1] if word.endswith(("ه", "ا")) else word  # ة and ا give ات
        endings = ("ا", "ين", "ون", "ان", "ه", "ي", "يه")
        forms = (word, f"{stem}ات", *(f"{word}{ending}" for ending in endings))
        return _unique((*forms, *FAMILIES.get(word, ())))
    if _HEBREW.fullmatch(word):
        return _unique((word, *(f"{word[:-1]}{e}" for e in ("ים", "ות")), f"{word}ים", f"{word}ות"))
    if _HANGUL.fullmatch(word):
        return _unique(f"{word}{ending}" for ending in _KOREAN)
    if not _LATIN.fullmatch(word):
        return None
    if language in (None, "en"):
        return _unique((word, *_english(word)))
    plurals = _PLURAL_ENDINGS.get(str(language), ())
    return _unique(f"{word}{ending}" for ending in plurals) or None


def proclitics(word: str, *, first: bool, language: str | None = None) -> tuple[str, ...]:
    """Return a word with the particles that Arabic and Hebrew write in one with it.

    They are words of their own in grammar (and, the, in), so that `طائرة` means والطائرة too.
    Persian and others in Arabic letters write none; nor do words of one or two letters take part,
    which would turn into other words.
    """
    if len(word) > 2 and language in (None, "ar") and _ARABIC.fullmatch(word):
        bare = word.removeprefix("ال")
        word = bare if len(bare) > 2 else word
        return _unique(p + word for p in (_ARABIC_FIRST if first else _ARABIC_LATER))
    if len(word) > 2 and _HEBREW.fullmatch(word):
        return _unique(p + word for p in (_HEBREW_FIRST if first else ("", "ה")))
    return (word,)


def case_endings(word: str, language: str | None) -> tuple[str, ...]:
    """Return a name's forms in languages that inflect names: what `ru:`, `tr:`, `ko:` forms get."""
    if language in ("ru", "uk", "be", "bg", "sr", "mk", "ko", "tr", "az"):
        return inflect(word, language) or (word,)
    return (word,)


def _unique(forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(forms))


def _english(word: str) -> Iterable[str]:
    if word in INVARIABLE:
        return
    family = FAMILIES.get(word) or _prefixed(word)
    if family:
        yield from family
        yield from (f"{form}s" for form in family if form.endswith("ing"))
        return
    for singular, plural in PLURALS:
        if word.endswith(singular):
            yield word.removesuffix(singular) + plural
            return
        if word.endswith(plural):
            yield word.removesuffix(plural) + singular
            return
    if word.endswith("person"):  # persons as well
        yield word.removesuffix("person") + "people"
    base = _singular(word)
    yield base
    yield _with_s(base)
    for verb in _verbs(base):
        yield verb
        yield _with_s(verb)
        for form in _verb_forms(verb):
            yield form
            if form.endswith("ing"):  # stabbings, beheadings
                yield f"{form}s"


def _prefixed(word: str) -> tuple[str, ...]:
    """Return the forms of a verb whose irregular part stands behind a prefix: retake, retook."""
    for prefix in PREFIXES:
        stem = word.removeprefix(prefix)
        family = FAMILIES.get(stem, ()) if stem != word else ()
        if family and family[0] == stem and len(family) > _NOUN_FORMS:
            return tuple(prefix + form for form in family)
    return ()


def _verbs(base: str) -> tuple[str, ...]:
    """Return what may be the verb: of denied, stopped and seized as well as of deny, stop, seize."""
    if base.endswith("ied") and len(base) > 4:
        return (base[:-3] + "y",)
    ending = next((e for e in ("ing", "ed") if base.endswith(e)), "")
    stem = base.removesuffix(ending)
    if not ending or stem.endswith("e"):
        return (base, base[:-1]) if ending == "ed" and len(stem) > 3 else (base,)  # agreed, need
    if len(stem) < len(ending) + 1 or stem in _NO_VERBS or not _VOWEL.search(stem):
        return ()
    if stem[-1] == stem[-2] and stem[-1] not in "aeiousz":
        return tuple(s for s in (stem, stem[:-1]) if _doubles(s) or s == stem)
    if stem.endswith(("y", "w", "x")):
        return (stem,)
    return (f"{stem}e",) if _doubles(stem) and _syllables(stem) == 1 else (stem, f"{stem}e")


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "sses", "xes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def _with_s(base: str) -> str:
    if base.endswith("y") and base[-2:-1] not in _VOWELS:
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "sh", "ch", "x", "z")) else "s")


def _verb_forms(base: str) -> Iterable[str]:
    if base.endswith("ee"):
        yield from (base + "d", base + "ing")
    elif base.endswith("ie"):
        yield from (base + "d", base[:-2] + "ying")
    elif base.endswith("e"):
        yield from (base + "d", base[:-1] + "ing")
    elif base.endswith("y") and base[-2:-1] not in _VOWELS:
        yield from (base[:-1] + "ied", base + "ing")
    elif base.endswith("ic"):
        yield from (base + "ked", base + "king")
    elif _doubles(base):
        yield from (base + base[-1] + "ed", base + base[-1] + "ing")
        if _syllables(base) > 1:  # where the stress lies is not written: targeted, kidnapped
            yield from (base + "ed", base + "ing")
    else:
        yield from (base + "ed", base + "ing")


def _doubles(base: str) -> bool:
    return (
        len(base) > 2
        and base[-1] not in _VOWELS + "wxyh"
        and base[-2] in _VOWELS
        and base[-3] not in _VOWELS
    )


def _syllables(base: str) -> int:
    return len(re.findall("[aeiouy]+", base))


def _russian(word: str) -> Iterable[str]:
    if len(word) < 3:
        return
    if word in FAMILIES:
        yield from FAMILIES[word]
        return
    for endings, cut, forms in _RU_PARADIGMS:
        # Short words in -ой and -ий are nouns: бой, and not бая.
        if word.endswith(endings) and (cut < 2 or len(word) > 4):
            yield from (word[: len(word) - cut] + form for form in forms)
            return
    yield from (word + form for form in _RU_MASCULINE)
    if word[-2:] in _UK_FLEETING:  # Київ, Києва
        yield from (word[:-2] + _UK_FLEETING[word[-2:]] + form for form in _RU_MASCULINE[1:])
    for vowel, consonant in (("ец", "ц"), ("ок", "к")):  # боец, бойца; the vowel comes and goes
        if word.endswith(vowel):
            glide = "й" if word[-3] in "аоуеи" else ""
            yield from (word[:-2] + glide + consonant + form for form in _RU_FLEETING)


_UK_FLEETING = {"ів": "ов", "їв": "єв"}
_RU_FLEETING = (*_RU_MASCULINE[1:], "ев", "ем")
# (endings, letters to take off, what to put there), the first that fits.
_RU_PARADIGMS: tuple[tuple[tuple[str, ...], int, tuple[str, ...]], ...] = (
    (("ого", "его"), 3, _RU_ADJECTIVE),
    (("ый", "ая", "ое", "ые"), 2, _RU_ADJECTIVE),
    (("ий",), 2, (*_RU_ADJECTIVE, *("и" + form for form in _RU_J))),
    (("ой",), 2, (*_RU_ADJECTIVE, *("о" + form for form in _RU_J))),
    (("ать", "ять", "ить", "еть"), 2, _RU_PAST),
    (("а",), 1, _RU_FEMININE),
    (("я",), 1, _RU_SOFT_FEMININE),
    (("о",), 1, _RU_NEUTER),
    (("е",), 1, _RU_SOFT_NEUTER),
    (("й",), 1, _RU_J),
    (("ь",), 1, _SOFT),
    (("ы", "и"), 1, (*_RU_MASCULINE, *_RU_SOFT_FEMININE)),
    (("у", "ю", "э"), 0, ()),
)
