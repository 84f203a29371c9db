"""Reports of one event in several scripts meet; others of a kind, on one day, do not."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import combinations
from random import Random  # noqa: TID251 - seeded

import pytest

from ingest import novelty, stories, weigh
from ingest.glossary import english
from ingest.profile import profile_of
from ingest.story_model import shipped_model
from rules.facts import read_facts
from tests.bench.labelled import scripts
from tests.builders import NOON, an_article
from wirewatch.model import Join
from wirewatch.pipeline.place import place, repair
from wirewatch.store import Store

ENGLISH = (
    "Drone attack hits fuel depot near Erbil airport, two guards killed",
    (
        "Two armed drones struck a fuel depot beside Erbil international airport in northern Iraq on Monday evening, "
        "killing two guards and wounding seven people, Kurdish officials said."
    ),
)
ARABIC = (
    "مقتل حارسين بهجوم بطائرة مسيرة على مستودع وقود قرب مطار أربيل",
    (
        "استهدفت طائرتان مسيرتان مفخختان مساء الاثنين مستودعا للوقود قرب مطار أربيل الدولي شمالي العراق، ما أدى إلى "
        "مقتل 2 من الحراس وإصابة سبعة أشخاص، بحسب مسؤولين أكراد."
    ),
)
RUSSIAN = (
    "Беспилотники атаковали склад топлива у аэропорта Эрбиля",
    (
        "Два беспилотника в понедельник вечером ударили по складу топлива у аэропорта Эрбиля на севере Ирака, погибли "
        "двое охранников, семь человек ранены."
    ),
)
ELSEWHERE = (
    "هجوم بطائرة مسيرة على مستودع وقود قرب مطار كركوك",
    "استهدفت طائرتان مسيرتان مساء الاثنين مستودعا للوقود قرب مطار كركوك شمالي العراق، وأصيب حارسان وسبعة عمال، وفق الشرطة.",
)
SAME_TOWN = (
    "احتجاجات في أربيل على تأخر الرواتب",
    "تظاهر مئات المعلمين الاثنين وسط أربيل في شمالي العراق احتجاجا على تأخر رواتبهم، وأغلقوا طريقا رئيسيا ساعتين.",
)


class Wire:
    """A store that articles come into, three minutes apart."""

    def __init__(self) -> None:
        self.store, self.now, self.count = Store.scratch(), NOON, 0

    def gives(self, language, text):
        self.now += timedelta(minutes=3)
        self.count += 1
        article = an_article(
            text[0], summary=text[1], language=language, source=f"o{self.count}.example",
            feed=f"o{self.count}", guid_key=str(self.count), first_seen_at=self.now,
        )  # fmt: skip
        with self.store.transaction():
            stored = self.store.articles.add(article)
            return place(self.store, stored, read_facts(stored), severity=None, now=self.now)

    def mended(self):
        with self.store.transaction():
            return repair(self.store, now=self.now)

    def stories(self):
        return [self.store.articles.story_of(n + 1) for n in range(self.count)]


@pytest.mark.parametrize("first", [("en", ENGLISH), ("ar", ARABIC), ("ru", RUSSIAN)])
def test_a_report_of_what_has_been_told_in_another_script_joins_silently(first):
    wire = Wire()
    founded = wire.gives(*first)
    others = [each for each in (("en", ENGLISH), ("ar", ARABIC), ("ru", RUSSIAN)) if each != first]
    joined = [wire.gives(*each) for each in others]
    assert [each.story_id for each in joined] == [founded.story_id] * 2
    assert joined[0].join is Join.SILENT
    assert f"with texts in another language ({first[0]})" in joined[0].why
    assert joined[0].why.startswith("shares erbil, ")


@pytest.mark.parametrize("other", [ELSEWHERE, SAME_TOWN])
def test_another_town_or_another_kind_of_news_is_another_story(other):
    wire = Wire()
    told = wire.gives("en", ENGLISH)
    second = wire.gives("ar", other)
    assert (second.join, second.story_id != told.story_id) == (Join.FOUNDED, True)
    assert wire.mended() == []


@pytest.mark.parametrize(
    ("which", "least_found", "most_wrong"),
    [("first", 0.85, 6), ("second", 0.8, 3), ("third", 0.7, 6)],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_invented_reports_meet_across_scripts(which, least_found, most_wrong, seed):
    news = scripts(which)
    Random(seed).shuffle(news)
    wire = Wire()
    told = defaultdict(set)
    for record in news:
        placed = wire.gives(record["language"], (record["title"], record["lede"]))
        if placed.join is Join.SILENT and all(
            language != record["language"] for _, language in told[placed.story_id]
        ):
            assert record["story"] in {event for event, _ in told[placed.story_id]}, record["title"]
        told[placed.story_id].add((record["story"], record["language"]))
        if wire.count % 10 == 0:
            wire.mended()
    wire.mended()
    right = wrong = found = 0
    for (one, a), (other, b) in combinations(zip(news, wire.stories(), strict=True), 2):
        if one["language"] != other["language"]:
            same = one["story"] == other["story"]
            found += same
            right += same and a == b
            wrong += a == b and not same
    assert right >= least_found * found
    assert wrong <= most_wrong


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("مسيره", "drone"),
        ("مسيرتين", "drone"),
        ("والطائرات", None),
        ("بالمستشفي", "hospital"),
        ("للاسواق", "market"),
        ("سبعه", "7"),
        ("خمسين", None),
        ("اثنين", "monday"),
        ("پهپاد", "drone"),
        ("беспилотниками", "drone"),
        ("тридцать", None),
        ("минут", None),
        ("צהל", "army"),
        ("ובביתהחולים", None),
        ("hospital", None),
    ],
)
def test_words_in_other_scripts_are_read_with_what_is_written_in_one_with_them(word, term):
    assert english(word) == term


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13.000 euros", "13000"),
        ("13,000 euro", "13000"),
        ("20,1 millones", "20.1"),
        ("1,234.5 points", "1234.5"),
        ("١٢ شخصا", "12"),
        ("۱۹ تن", "19"),
        ("60٬000 برميل", "60000"),
        ("۵٫۶ ریشتر", "5.6"),
    ],
)
def test_a_number_is_one_however_a_language_writes_it(text, number):
    assert profile_of(an_article("x", summary=text)).numbers == {number}


def test_days_are_one_in_every_language():
    told = ["el lunes", "on Monday", "op maandag", "يوم الاثنين", "روز دوشنبه", "в понедельник"]
    read = [profile_of(an_article("x", summary=each)).head for each in told]
    assert all("monday" in each for each in read)
    assert "3" not in profile_of(an_article("x", summary="روز سه‌شنبه")).numbers


def test_a_place_counts_as_it_is_called_in_english():
    for title in ("انفجار في أربيل", "פיצוץ בארביל", "Взрыв в Эрбиле"):
        article = an_article(title)
        read = profile_of(article, read_facts(article).places)
        assert "erbil" in read.head
        assert "erbil" in read.names
        assert "اربيل" not in read.head


def test_two_towns_of_a_country_are_two_places():
    erbil = novelty.Said(countries=("IQ",), towns=("Erbil",))
    assert novelty.elsewhere(erbil, novelty.Said(countries=("IQ",), towns=("Kirkuk",)))
    assert novelty.elsewhere(erbil, novelty.Said(countries=("SY",)))
    assert not novelty.elsewhere(erbil, novelty.Said(countries=("IQ",)))
    assert not novelty.elsewhere(erbil, novelty.Said(towns=("Kirkuk", "Erbil")))


def test_without_capitals_a_second_incident_with_a_number_of_its_own_is_told():
    texts = (
        "قتل 17 نازحا الأربعاء في قصف استهدف مدرسة تؤوي نازحين في غزة بحسب مصادر طبية",
        "قتل 6 نازحين الأربعاء في قصف استهدف مدرسة تؤوي نازحين في غزة بحسب مصادر طبية",
    )
    articles = [an_article(text, language="ar") for text in texts]
    one, other = (
        weigh.weigh(profile_of(each, read_facts(each).places), {}, 50) for each in articles
    )
    assert stories.hesitation(shipped_model(), other, one, 1.0, logit=9.0) == "no number in common"
    assert stories.hesitation(shipped_model(), one, one, 1.0, logit=9.0) is None
