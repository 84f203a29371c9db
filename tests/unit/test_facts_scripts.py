"""Places named in other letters than Latin ones."""

from __future__ import annotations

import pytest

from rules.facts import read_facts
from tests.builders import an_article


@pytest.mark.parametrize(
    ("title", "countries", "places"),
    [
        ("غارة جوية على مستودع في القائم", ("IQ",), ["Qaim"]),
        ("سقوط طائرة مسيرة قرب أربيل بالعراق", ("IQ",), ["Erbil", "Iraq"]),
        ("انفجار على الحدود بين العراق وسوريا", ("IQ", "SY"), ["Iraq", "Syria"]),
        ("مساعدات للعراق تصل غدا", ("IQ",), ["Iraq"]),
        ("حمله پهپادی به پایگاهی در عراق", ("IQ",), ["Iraq"]),
        ("שני הרוגים בצפון סוריה", ("SY",), ["Syria"]),
        ("Взрыв на базе в Ираке", ("IQ",), ["Iraq"]),
        ("Drone hits base, قاعدة في أربيل", ("IQ",), ["Erbil"]),
    ],
)
def test_names_are_found_with_what_is_written_in_one_with_them(title, countries, places):
    facts = read_facts(an_article(title, summary=""))
    assert facts.countries == countries
    assert [place.name for place in facts.places] == places
    assert all(title[p.span.start : p.span.end] == p.span.text for p in facts.places)


@pytest.mark.parametrize(
    "title",
    [
        "الوضع القائم لا يرضي أحدا",
        "طبيبة تحكي قصة جنين نجا",
        "سيارة بلون رمادي تفوز بالسباق",
        "الشاعر خليل يقرأ قصائده",
        "Новости спорта и погоды",
    ],
)
def test_words_that_only_look_like_names_are_none(title):
    assert read_facts(an_article(title, summary="")).places == ()


def test_an_adjective_says_which_country_and_names_no_place():
    facts = read_facts(an_article("الجيش السوري يعلن هدنة", summary=""))
    assert (facts.countries, facts.places) == (("SY",), ())
