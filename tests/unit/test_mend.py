"""Stories put right: merged by the repair pass, split and merged by hand, and remembered."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.builders import NOON, an_article
from tests.builders_news import Newsroom
from wirewatch.errors import UsageError
from wirewatch.model import Facts, Join, Relation
from wirewatch.pipeline import mend
from wirewatch.pipeline.place import place
from wirewatch.store import Store


class Desk:
    """A store with the reports of a few events, three outlets each."""

    def __init__(self, events: int = 3, reports: int = 3, seed: int = 3) -> None:
        self.store, self.now, self.news = Store.scratch(), NOON, Newsroom(seed)
        self.events = [self.news.event() for _ in range(events)]
        self.placed = {}
        for n in range(reports):
            for e, event in enumerate(self.events):
                self.placed[e, n] = self.gives(f"outlet{n}.example", *self.news.report(event))

    def gives(self, source, title, summary, **fields):
        self.now += timedelta(minutes=1)
        article = an_article(
            title, summary=summary, source=source, feed=source, first_seen_at=self.now,
            guid_key=str(self.now), **fields,
        )  # fmt: skip
        with self.store.transaction():
            stored = self.store.articles.add(article)
            return stored.id, place(self.store, stored, Facts(), severity=None, now=self.now)

    def story(self, article_id):
        return self.store.articles.story_of(article_id)

    def mended(self):
        with self.store.transaction():
            return mend.repair(self.store, now=self.now)

    def by_hand(self, verb, *what):
        with self.store.transaction():
            return verb(self.store, *what, author="me", now=self.now)


def test_reports_of_an_event_meet_and_events_stay_apart():
    desk = Desk()
    desk.mended()
    stories = [{desk.story(desk.placed[e, n][0]) for n in range(3)} for e in range(3)]
    assert all(len(each) == 1 for each in stories)
    assert len(set.union(*stories)) == 3


def test_a_second_repair_finds_nothing_to_do():
    desk = Desk()
    desk.mended()
    assert desk.mended() == []


def test_what_was_split_stays_apart():
    desk = Desk(events=2)
    desk.mended()
    first, second, third = (desk.placed[0, n][0] for n in range(3))
    old = desk.story(first)
    new = desk.by_hand(mend.split, old, [third])
    assert (desk.story(third), desk.story(first), desk.story(second)) == (new, old, old)
    assert desk.mended() == []
    assert desk.story(third) == new
    view = desk.store.stories.view(new)
    assert (view.article_count, view.founded_at) == (
        1,
        desk.store.articles.get(third).first_seen_at,
    )


def test_what_was_split_by_mistake_can_be_merged_again():
    desk = Desk(events=1)
    old = desk.story(1)
    new = desk.by_hand(mend.split, old, [3])
    assert desk.by_hand(mend.join, new, old) == old
    assert {desk.story(n) for n in (1, 2, 3)} == {old}
    assert desk.store.stories.resolve(new) == old


def test_what_was_merged_by_hand_stays_together():
    desk = Desk(events=2)
    desk.mended()
    a, b = desk.story(1), desk.story(2)
    left = desk.by_hand(mend.join, a, b)
    assert left == min(a, b)
    # Torn apart from below, the next repair puts them together again.
    with desk.store.transaction():
        other = desk.store.stories.found(mend.weigh.NOTHING, mend.novelty.Said(), desk.now)
        desk.store.articles.set_story(2, other)
    assert desk.mended() == [(other, left)]
    assert desk.story(2) == left


def test_the_last_word_counts_also_where_three_stories_were_merged():
    """A split was undone by the next repair: an article that stayed had been bound to one that went."""
    desk = Desk(reports=1)
    oldest, one, other = (desk.placed[e, 0][0] for e in range(3))
    desk.by_hand(mend.join, desk.story(one), desk.story(other))
    desk.by_hand(mend.join, desk.story(oldest), desk.story(one))
    new = desk.by_hand(mend.split, desk.story(oldest), [one])
    assert desk.mended() == []
    assert (desk.story(one), desk.story(other)) == (new, desk.story(oldest))


def test_a_chain_that_came_apart_is_put_together_again():
    desk = Desk(reports=1)
    articles = [desk.placed[e, 0][0] for e in range(3)]
    stories = [desk.story(each) for each in articles]
    with desk.store.transaction():
        for pair in pairwise(articles):
            desk.store.stories.bind(*pair, together=True, author="me", now=desk.now)
    assert len(desk.mended()) == 2
    assert {desk.story(each) for each in articles} == {min(stories)}


def test_copies_go_with_their_text_when_a_story_is_split():
    desk = Desk(events=1)
    article = desk.store.articles.get(2)
    copy, placement = desk.gives("four.example", article.title, article.summary)
    assert placement.relation is Relation.COPY
    new = desk.by_hand(mend.split, desk.story(1), [2])
    assert (desk.story(2), desk.story(copy)) == (new, new)


@pytest.mark.parametrize(
    ("what", "words"), [([99], "no article 99"), ([1, 2, 3], "nothing to split")]
)
def test_a_split_that_makes_no_sense_is_refused(what, words):
    desk = Desk(events=1)
    desk.mended()
    with pytest.raises(UsageError, match=words):
        desk.by_hand(mend.split, desk.story(1), what)


def test_a_story_without_news_for_three_days_takes_no_more_articles():
    desk = Desk(events=1)
    desk.now += timedelta(hours=73)
    event = desk.events[0]
    text = f"{event['person']} came back to {event['place']}, where {event['number']} were {event['verb']}."
    _, late = desk.gives("late.example", f"{event['place']} mourns {event['number']}", text)
    assert late.join is Join.FOUNDED
    assert desk.mended() == []


def test_a_copy_of_last_weeks_text_still_finds_its_story():
    desk = Desk(events=1)
    article = desk.store.articles.get(1)
    desk.now += timedelta(days=9)
    desk.mended()
    copy, placement = desk.gives("late.example", article.title, article.summary)
    assert (placement.relation, desk.story(copy)) == (Relation.COPY, desk.story(1))


def test_names_and_numbers_join_stories_over_languages():
    desk = Desk(events=6)
    event = desk.events[0]
    texts = {
        "es": f"Al menos {event['number']} personas murieron cuando los drones alcanzaron un depósito cerca de "
        f"{event['place']}, según dijo {event['person']} de la autoridad de {event['other']}, que habló en "
        f"{event['place']} sobre los {event['number']} muertos del ataque.",
    }
    found, _ = desk.gives(
        "es.example",
        f"{event['person']}: {event['number']} en {event['place']}",
        texts["es"],
        language="es",
    )
    desk.mended()
    assert desk.story(found) == desk.story(1)
