"""What readers see: marked words, budgets, mails that any program takes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

from alerts.mail import build
from alerts.render import HTML_BUDGET_BYTES, Renderer
from tests.builders import NOON, an_article
from tests.digest_builders import (
    a_coverage,
    a_digest_match,
    a_digest_story,
    a_digest_view,
    a_full_digest,
    an_alert,
    spans_of,
)
from wirewatch.model import (
    DigestArticle,
    DigestStory,
    EmailChannel,
    Facts,
    Field,
    Severity,
    Span,
)

RENDERER = Renderer()
DESK = EmailChannel(name="desk", sender="Wire watch <watch@example.org>")


def mail(rendered, **changes):
    values = {
        "recipient": "anna@example.org",
        "uid": "msg_1",
        "at": NOON,
        "thread": "digest-morning",
    }
    return build(rendered, DESK, **(values | changes))


def a_story_titled(title: str, summary: str = "", spans: tuple[Span, ...] = ()) -> DigestStory:
    story = a_digest_story(1, title)
    article = an_article(title, id=10, summary=summary)
    match = a_digest_match(article)

    match = replace(match, match=replace(match.match, spans=spans))
    return replace(story, articles=(DigestArticle(article, Facts(), (match,)),))


def test_the_words_that_matched_are_marked():
    html = RENDERER.digest(a_full_digest()).html
    assert ">militia</b> near the village" in html
    assert ">غارة جوية</b>" in html


def test_a_span_that_no_longer_fits_marks_nothing():
    """After an edit, offsets of the old text must not mark other words."""
    story = a_story_titled("Quiet day", spans=(Span("g", Field.TITLE, 0, 5, "Drone", "drone"),))
    html = RENDERER.digest(a_digest_view(story)).html
    assert 'class="mark"' not in html
    assert "Quiet day" in html


def test_markup_in_a_title_is_text():
    title = 'Drone <script>alert("x")</script> & <img src=x onerror=y>'
    article = an_article(title)
    story = a_story_titled(title, spans=spans_of(article, "Drone"))
    html = RENDERER.digest(a_digest_view(story)).html
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def test_only_web_links_are_links():

    story = a_story_titled("Odd link")
    entry = story.articles[0]
    entry = replace(entry, article=replace(entry.article, url="javascript:alert(1)"))
    story = replace(
        story, articles=(entry,), story=replace(story.story, url="data:text/html,x", outlets=())
    )
    assert "javascript:" not in RENDERER.digest(a_digest_view(story)).html
    assert "data:text" not in RENDERER.digest(a_digest_view(story)).html


def test_an_empty_digest_is_a_heartbeat_with_the_state_of_the_feeds():
    rendered = RENDERER.digest(a_digest_view())
    assert rendered.subject.startswith("Nothing matched")
    assert "41 of 43 feeds healthy" in rendered.text
    assert "Gulf Ledger blocked since Tue 3 Mar 15:00" in rendered.text


def test_the_subject_of_an_empty_digest_says_whether_anybody_was_listening():
    empty = a_digest_view()
    assert RENDERER.digest(empty).subject.startswith(
        "Nothing matched, but 2 of 43 feeds not healthy –"
    )
    well = replace(empty, coverage=a_coverage(healthy_count=43, notes=()))
    assert RENDERER.digest(well).subject.startswith("Nothing matched –")


def test_an_inbox_shows_the_news_after_the_subject_and_no_page_shows_it_twice():
    digest, alert = RENDERER.digest(a_full_digest()).html, RENDERER.alert(an_alert()).html
    for html, words in (
        (digest, "3 new stories and 1 that grew; the most serious: Warplanes hit"),
        (alert, "Killed: 5–12 · Injured: at least 20 · Where: Tal Sahin, Syria · first report"),
    ):
        first = html[html.index("<body") :].partition("<p ")[2].partition("</p>")[0]
        assert words in first
        assert "display: none" in first


def test_a_long_digest_begins_with_its_headlines_and_their_times():
    stories = [a_digest_story(n, f"Depot number {n} burned") for n in range(1, 20)]
    for form in (
        RENDERER.digest(a_digest_view(*stories)).html,
        RENDERER.digest(a_digest_view(*stories)).text,
    ):
        glance = form.partition("At a glance")[2]
        assert "Depot number 12 burned" in glance[: glance.index("and 7 more stories")]
        assert glance.index("Depot number 12 burned") < glance.rindex("Depot number 1 burned")
    assert "At a glance" not in RENDERER.digest(a_digest_view(*stories[:6])).html


def test_each_story_says_when_it_was_first_and_last_reported():
    rendered = RENDERER.digest(a_digest_view(a_digest_story(7)))
    assert "15:00 – 15:02 · Drone attacks in Iraq and Syria" in rendered.html
    assert "  15:00 – 15:02, Drone attacks in Iraq and Syria" in rendered.text
    later = replace(a_digest_view(a_digest_story(7)), covers_to=NOON + timedelta(days=1))
    assert "  Mon 9 Mar 15:00 – 15:02, Drone attacks" in RENDERER.digest(later).text


def test_a_title_and_the_text_below_it_have_each_their_own_direction():
    story = a_digest_story(1, "غارة جوية على مستودع")  # with an English summary
    html = RENDERER.digest(a_digest_view(story)).html
    assert re.search(r'<h3 [^>]*dir="rtl"', html)
    assert re.search(r'<p [^>]*dir="ltr"[^>]*>Reports said', html)


def test_what_nearly_matched_can_be_read():
    rendered = RENDERER.digest(a_full_digest())
    assert ">Drone show lights up the bay</a>" in rendered.html
    assert "https://example.org/bay" in rendered.text


def test_a_late_digest_says_since_when_it_covers_everything():
    late = replace(a_digest_view(), late_by=timedelta(hours=8))
    assert "It covers everything since Sun 8 Mar 15:00;" in RENDERER.digest(late).html
    first = replace(late, covers_from=None)
    assert "It covers everything so far;" in RENDERER.digest(first).html


def test_every_size_stays_within_the_budget_and_says_what_it_leaves_out():
    long = "A drone struck a depot of a militia near the village of Tal Sahin, officials said " * 2
    for count in (1, 50, 700):
        view = a_digest_view(*[a_digest_story(n, f"{n} {long}") for n in range(count)])
        rendered = RENDERER.digest(view)
        assert len(rendered.html.encode()) <= HTML_BUDGET_BYTES
        assert (count <= 50) == (not rendered.attachments)
        if rendered.attachments:
            assert "more stories" in rendered.html
            assert rendered.attachments[0].content.count(b"[high]") == count


def test_the_same_digest_gives_the_same_bytes():
    assert mail(RENDERER.digest(a_full_digest())) == mail(Renderer().digest(a_full_digest()))


def test_a_mail_has_the_headers_machines_respect():
    parsed = message_from_bytes(mail(RENDERER.digest(a_full_digest())), policy=policy.default)
    assert parsed["Message-ID"] == "<msg_1@example.org>"
    assert parsed["References"] == "<thread-digest-morning@example.org>"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert "desk" in parsed["List-Id"]
    assert parsed["List-Unsubscribe"].startswith("<mailto:watch@example.org")
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip


def test_an_alert_says_what_where_who_and_why_now():
    rendered = RENDERER.alert(an_alert(), timezone="Asia/Baghdad")
    assert rendered.subject.startswith("[high] Drone attacks in Iraq and Syria: Drone attack on")
    assert "3 sources (2 independent)" in rendered.text
    assert "first report" in rendered.text
    assert "15:00" in rendered.text


def test_an_alert_says_who_looks_after_its_rule():
    for owner, told in (("night desk", True), ("", False)):
        page = RENDERER.alert(an_alert(owner=owner), timezone="Asia/Baghdad")
        for text in (page.html, page.text):
            assert ("rule is kept by" in text.lower()) is told
            assert owner in text


def test_stories_come_by_severity():
    text = RENDERER.digest(a_full_digest()).text
    places = [
        text.index(f"[{s.value}]") for s in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)
    ]
    assert places == sorted(places)
