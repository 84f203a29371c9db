"""What holds for any text: nothing crashes, sums are sums, copies of a text are copies."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import copies, nearest, novelty, stories, weigh
from ingest.profile import as_name, as_written, profile_of
from ingest.story_model import FEATURES, shipped_model
from tests.builders import an_article
from tests.builders_news import Newsroom
from wirewatch.model import Facts, Field, Place, Severity, Span, Toll, TollKind

any_text = st.text(max_size=300)
words = st.lists(
    st.sampled_from([f"w{n}" for n in range(60)] + ["Erbil", "7", "said", "the"]), max_size=80
)
articles = st.builds(
    lambda title, summary, body: an_article(
        " ".join(title), summary=" ".join(summary), body=" ".join(body), language="en"
    ),
    words, words, words,
)  # fmt: skip
MODEL = shipped_model()


def vector(article, seen=None, total=50):
    return weigh.weigh(profile_of(article), seen or {}, total)


@given(any_text, any_text, any_text)
def test_no_text_is_too_odd(title, summary, body):
    article = an_article(title, summary=summary, body=body)
    text = copies.read_text(article)
    assert text.prints <= text.grams
    found = vector(article)
    assert all(math.isfinite(value) for weights in found.terms.values() for value in weights)
    assert math.isfinite(sum(stories.features(found, found)))


@given(articles)
def test_a_text_is_wholly_contained_in_itself(article):
    text = copies.read_text(article)
    assert copies.containment(text, text) == (1.0 if text.grams else 0.0)


@given(st.integers(1, 40), st.integers(0, 400))
def test_any_cut_of_a_text_shares_its_prints(seed, cut):
    title, body = Newsroom(seed).report(Newsroom(seed).event(), words=300)
    kept = " ".join(body.split()[: 12 + cut])
    full = copies.read_text(an_article(title, body=body))
    part = copies.read_text(an_article(title, summary=kept))
    assert copies.containment(part, full) > 0.99
    assert len(part.prints & full.prints) >= 0.8 * len(part.prints) - 3


@given(articles, articles)
def test_overlap_doesn_t_depend_on_who_asks(one, other):
    a, b = vector(one), vector(other)
    assert stories.features(a, b) == pytest.approx(stories.features(b, a))


@given(articles, articles, articles)
def test_a_story_is_compared_as_the_mean_of_its_articles(one, other, asked):
    a, b, c = vector(one), vector(other), vector(asked)
    both = stories.overlap(weigh.add(a, b), c)[:6]
    mean = [
        (x + y) / 2
        for x, y in zip(stories.overlap(a, c)[:6], stories.overlap(b, c)[:6], strict=True)
    ]
    assert both == pytest.approx(mean)


@given(articles, articles)
def test_a_vector_comes_back_from_the_database_as_it_was(one, other):
    before = weigh.add(vector(one), vector(other))
    after = weigh.unpack(weigh.pack(before), before.language)
    assert list(after.terms) == list(before.terms)
    assert after.count == 2
    for term, weights in before.terms.items():
        assert after.terms[term] == pytest.approx(weights, rel=1e-5)


@given(st.lists(st.tuples(articles, st.sampled_from(["en", "ar", "es"])), min_size=1, max_size=6))
def test_each_language_of_a_story_is_summed_up_by_itself(told):
    found = [replace(vector(article), language=language) for article, language in told]
    total, by_language = weigh.NOTHING, {}
    for each in found:
        total = weigh.add(total, each)
        own = by_language.get(each.language, weigh.NOTHING)
        by_language[each.language] = weigh.add(own, each)
    total = weigh.unpack(weigh.pack(total), weigh.languages(total))
    assert [part.language for part in weigh.parts(total)] == list(by_language)
    assert weigh.all_terms(total) == {term for each in found for term in each.terms}
    for part in weigh.parts(total):
        own = by_language[part.language]
        assert (dict(part.terms), part.count) == (dict(own.terms), own.count)
        assert weigh.part(total, part.language).count == own.count


def test_a_report_in_another_language_changes_nothing_for_those_in_the_first():
    seen = {"": 100, "drone": 3, "strike": 5}
    one, other = (
        vector(an_article(f"Drone strike sets Karsova fuel depot ablaze, {who} says"), seen)
        for who in ("governor", "army")
    )
    foreign = replace(vector(an_article("Un dron golpea en Karsova")), language="es")
    alone, joined = (nearest.rank(MODEL, one, [(1, v)]) for v in (other, weigh.add(other, foreign)))
    assert [each.logit for each in joined] == pytest.approx([each.logit for each in alone])


@given(articles)
def test_a_probability_is_one(article):
    found = vector(article)
    ranked = nearest.rank(MODEL, found, [(1, found)]) or [stories.Scored(-MODEL.bias, 1)]
    assert 0 <= stories.probability_known(MODEL, found, found, ranked) <= 1


names = st.lists(st.sampled_from(["Erbil", "Karsova", "Orlem"]), max_size=3).map(tuple)


@st.composite
def facts(draw):
    span = Span("", Field.TITLE, 0, 1, "x")
    killed = draw(st.none() | st.integers(0, 50))
    toll = None if killed is None else Toll(TollKind.KILLED, killed, killed, span)
    places = tuple(Place(name, None, span) for name in draw(names))
    return Facts(killed=toll, places=places, actors=draw(names))


@given(st.lists(facts(), max_size=5), st.sampled_from(list(Severity)))
def test_what_has_been_said_is_no_news(told, severity):
    said = novelty.Said()
    for each in told:
        said = novelty.absorb(said, each, severity=severity, source="one.example", independent=True)
    for each in told:
        again = novelty.added(said, each, severity=severity, source="one.example", independent=True)
        assert again == ()
        assert (
            novelty.absorb(said, each, severity=severity, source="one.example", independent=True)
            == said
        )


@given(facts(), facts())
def test_two_stories_together_have_said_what_either_has(one, other):
    def absorbed(each):
        return novelty.absorb(novelty.Said(), each, severity=None, source="s", independent=True)

    both = novelty.together(absorbed(one), absorbed(other))
    for each in (one, other):
        assert novelty.added(both, each, severity=None, source="s", independent=True) == ()


def test_other_days_and_years_speak_against_two_being_one():
    monday = vector(
        an_article("Strike in Karsova", summary="On Monday, in 2019, a strike hit Karsova.")
    )
    friday = vector(
        an_article("Strike in Karsova", summary="On Friday, in 2021, a strike hit Karsova.")
    )
    apart = stories.features(monday, friday)
    same = stories.features(monday, monday)
    which = [FEATURES.index(name) for name in ("other_days", "other_years")]
    assert [apart[each] for each in which] == [1, 1]
    assert [same[each] for each in which] == [0, 0]
    assert all(MODEL.weights[each] < 0 for each in which)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("March 01, 2008 Northrop won.", {"2008-03-01"}),
        ("1 de marzo de 2008. Ganó Northrop.", {"2008-03-01"}),
        ("Posted: 14th March 2013, updated May 2, 2013", {"2013-03-14", "2013-05-02"}),
        ("In May 2013, or 12 months later, 2014", set()),
        ("Flight 2008 left on 3 May", set()),
    ],
)
def test_a_date_written_out_is_the_same_number_in_every_language(text, dates):
    numbers = profile_of(an_article("Contract", summary=text)).numbers
    assert {number for number in numbers if len(number) == 10} == dates
    assert {number for number in numbers if len(number) == 7} == {date[:7] for date in dates}


@pytest.mark.parametrize("who", ["army", "mayor", "fire chief"])
def test_headlines_that_differ_in_who_says_so_are_one_story(who):
    seen = {"": 100, "drone": 3, "strike": 5}
    said = "Drone strike sets Karsova fuel depot ablaze, {} says"
    one, other = (vector(an_article(said.format(each)), seen) for each in ("governor", who))
    (found,) = nearest.rank(MODEL, one, [(1, other)])
    assert found.logit > MODEL.group


def test_a_word_is_one_term_in_all_its_forms_and_shown_as_it_is_written():
    one = an_article("Six killed in car bombing in Karsova", language="en")
    other = an_article("Car bomb kills six in Karsova", language="en")
    assert set(profile_of(one).head) == set(profile_of(other).head)
    shared = stories.shared_terms(vector(one), vector(other))
    assert set(as_written(one, shared)) == {"six", "killed", "car", "bombing", "karsova"}
    assert set(as_written(other, shared)) == {"six", "kills", "car", "bomb", "karsova"}
    arabic = profile_of(an_article("مقتل جندي قرب المطار", language="ar"))
    assert {"soldier", "airport"} <= set(arabic.head)


def test_a_bare_headline_is_read_with_the_words_of_its_link():
    link = "https://a.example/drones-hit-fuel-depot-in-orlem"
    bare = profile_of(an_article("Blaze at depot", url=link, language="en"))
    assert {"blaze", "depot", "drone", "hit", "fuel", "orlem"} == set(bare.head)
    assert bare.length == 3
    told = profile_of(an_article("Blaze at depot", summary="It burned all night.", url=link))
    assert "orlem" not in told.head


@pytest.mark.parametrize(
    ("title", "known"),
    [
        ("Karsova Depot Burns After Drone Strike", {"karsova"}),  # so written, all may be names
        ("KARSOVA DEPOT BURNS", {"karsova"}),
        ("Karsova depot burns", {"karsova"}),  # the first word always has a capital
        ("Depot burns near Karsova and Orlem", {"karsova", "orlem"}),
    ],
)
def test_a_word_is_a_name_where_it_often_was_one(title, known):
    seen = {"karsova": 9, as_name("karsova"): 5, "depot": 20, as_name("depot"): 2, "strike": 8}
    found = vector(an_article(title, language="en"), seen)
    assert weigh.head_names(found) == set(map(weigh.code, known))
    assert found.named == 1


def test_what_all_headlines_of_a_story_say_is_its_core():
    """Another firm's bankruptcy shares the verbs; by them alone it is not in this story."""
    headlines = (
        "{} files for bankruptcy", "{} asks court for protection", "Lenders leave {}", "Why {} failed",
        "{} staff go home", "Landlords wait for rent from {}",
    )  # fmt: skip
    one, other = (
        reduce(weigh.add, [vector(an_article(h.format(firm), language="en")) for h in headlines])
        for firm in ("Brightbarrel", "Quillmart")
    )
    article = vector(an_article("Judge lets Brightbarrel ask for bankruptcy", language="en"))
    cores = [stories.overlap(article, story)[6] for story in (one, other)]
    assert cores == [stories.overlap(story, article)[6] for story in (one, other)]
    assert cores[0] > 0.5 > 0.2 > cores[1]


def test_full_texts_merge_with_more_caution_than_headlines():
    """A wrong merger is for good; and headlines have little in common even if they tell of one event."""
    title, body = Newsroom(3).report(Newsroom(3).event(), words=300)
    cautious = replace(MODEL, merge=1000.0)
    for article, merges in ((an_article(title), True), (an_article(title, body=body), False)):
        near = [(1, vector(article))]
        assert nearest.partner(MODEL, 2, vector(article), near, lambda _: ()) == 1
        found = nearest.partner(cautious, 2, vector(article), near, lambda _: ())
        assert (found == 1) is merges
