"""What holds for any text: nothing crashes, sums are sums, copies of a text are copies."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import copies, novelty, stories, weigh
from ingest.profile import profile_of
from tests.builders import an_article
from tests.builders_news import Newsroom
from wirewatch.model import Facts, Field, Place, Severity, Span, Toll, TollKind

any_text = st.text(max_size=300)
words = st.lists(
    st.sampled_from([f"w{n}" for n in range(60)] + ["Erbil", "7", "said", "the"]), max_size=80
)
articles = st.builds(
    lambda title, summary, body: an_article(" ".join(title), summary=" ".join(summary), body=" ".join(body)),
    words, words, words,
)  # fmt: skip
MODEL = stories.shipped_model()


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


@given(articles)
def test_a_probability_is_one(article):
    found = vector(article)
    ranked = stories.rank(MODEL, found, [(1, found)])
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
