"""Mails that every program shows and no title can break."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest

from alerts.mail import build
from alerts.messages import for_alert
from alerts.render import Renderer, built_in_templates
from tests.builders import NOON, an_article
from tests.digest_builders import (
    a_digest_match,
    a_digest_story,
    a_digest_view,
    a_full_digest,
    a_story_view,
    an_alert,
)
from tests.mail_support import AT_RULES, ATTRIBUTES, CLIENTS, CSS, ELEMENTS
from wirewatch.model import (
    DigestArticle,
    EmailChannel,
    Facts,
    Field,
    MatchedArticle,
    Severity,
    Span,
    SystemNotice,
)

RENDERER = Renderer()
DESK = EmailChannel(name="desk", to=("anna@example.org",), sender="Wire watch <watch@example.org>")

PIECES = (
    "\r\nBcc: eve@evil.example\r\n\r\nbody", "\r", "\n", "\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x00", "\x1b[31m",
    "\ud800", "\udfff\ud800", "\u202e gnp.exe", "\u2066\u2069", "\u200f", "\ufeff", "\u00ad", "é" * 10_000, "x" * 10_000, "=" * 300,
    "=?utf-8?q?=0d=0aX-Evil=3a_1?=", "👩‍👩‍👧‍👦" * 50, "🏴‍☠️🇮🇶", "<script>alert(1)</script>", "{{ 7 * 7 }}{% for %}", "%s%n%d", '"\',;:<>@',
    "\u0301" * 200, "ﷺ" * 40, " " * 500,
)  # fmt: skip
TITLES = [f"{before}{piece}{after}" for before in ("", "Drone attack ", "هجوم ", "攻撃", "z" * 70) for piece in PIECES for after in ("", " kills five")]  # fmt: skip


def test_there_are_300_hostile_titles():
    assert len(TITLES) == 300


def alert_about(title: str):
    article = an_article(
        title, summary=title, url=f"https://example.org/{title[:40]}", source=title[:80]
    )
    match = replace(
        a_digest_match(article).match,
        spans=(Span("g", Field.TITLE, 0, min(6, len(title)), title[:6]),),
    )
    story = a_story_view(1, (article,))
    return an_alert(
        story=story,
        causes=(MatchedArticle(article, (match,), Facts()),),
        detail=title,
        rule_title=title,
    )


def headers(mail: bytes) -> list[str]:
    return message_from_bytes(mail, policy=policy.SMTP).keys()


EXPECTED = headers(for_alert(an_alert(), [DESK], RENDERER, at=NOON)[0].payload)


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_no_title_fails_a_mail_or_adds_a_header(start):
    for title in TITLES[start : start + 50]:
        (message,) = for_alert(alert_about(title), [DESK], RENDERER, at=NOON)
        parsed = message_from_bytes(message.payload, policy=policy.default)
        assert parsed.keys() == EXPECTED
        assert not parsed.defects
        assert parsed["To"] == "anna@example.org"
        assert "\n" not in parsed["Subject"]
        assert len(parsed["Subject"]) <= 210  # unfolding may leave a blank more
        assert all(len(line) <= 998 for line in message.payload.split(b"\r\n"))
        parts = [part.get_content() for part in parsed.walk() if not part.is_multipart()]
        assert all(not re.search("[\x00\x0b\x85\u2028\u202e\ud800-\udfff]", part) for part in parts)


def test_one_digest_holds_them_all():
    stories = []
    for n, title in enumerate(TITLES):
        article = an_article(title, id=n + 1, summary=title)
        entry = DigestArticle(article, Facts(), (a_digest_match(article),))
        stories.append(replace(a_digest_story(n + 1, "x"), articles=(entry,)))
    rendered = RENDERER.digest(a_digest_view(*stories))
    mail = build(
        rendered, DESK, recipient="anna@example.org", uid="msg_1", at=NOON, thread="digest-x"
    )
    assert [h for h in headers(mail) if h not in EXPECTED] == []
    assert "<script" not in rendered.html


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "x",
        "Bad\r\nName <a@b.example>",
        "Jürgen <j@exämple.org>",
        "<>",
        "a@b@c",
        "é@example.org",
    ],
)
def test_any_configured_sender_makes_a_mail(sender):
    channel = replace(DESK, sender=sender, name="Tisch Ä\r\nX: y")
    mail = build(
        RENDERER.alert(an_alert()),
        channel,
        recipient=sender or "x",
        uid="msg_1",
        at=NOON,
        thread="a\r\nb",
    )
    assert headers(mail) == EXPECTED


class Used(HTMLParser):
    """Collects what a page uses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements, self.attributes, self.css, self.style = set(), set(), set(), ""
        self.padded, self.depth = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.css |= {
            part.partition(":")[0].strip()
            for part in (dict(attrs).get("style") or "").split(";")
            if part.strip()
        }
        self.depth.append(tag)

    def handle_data(self, data):
        if self.depth and self.depth[-1] == "style":
            self.style += data


def every_page() -> list[str]:
    notice = SystemNotice(
        "k", "A feed is blocked", "It answers with a challenge.", Severity.HIGH, NOON
    )
    many = a_digest_view(
        *[a_digest_story(n, f"Title {n}") for n in range(100)], late_by=NOON - NOON
    )
    return [
        RENDERER.digest(a_full_digest()).html,
        RENDERER.digest(replace(many, banner="Many", notices=("A dead letter",))).html,
        RENDERER.alert(an_alert(note="Call Anna", detail="5 → 12")).html,
        RENDERER.system(notice).html,
    ]


@pytest.mark.parametrize("page", range(4))
def test_nothing_is_used_that_a_mail_program_lacks_without_a_fallback(page):
    used = Used(every_page()[page])
    assert used.elements <= ELEMENTS
    assert used.attributes <= set(ATTRIBUTES)
    assert used.css <= set(CSS)
    for feature in used.css:
        support, fallback = CSS[feature]
        assert len(support) == len(CLIENTS)
        assert support == "y" * len(CLIENTS) or fallback
    for condition in re.findall(r"@media \(([\w-]+)", used.style):
        assert AT_RULES[condition][1]


@pytest.mark.parametrize("page", range(4))
def test_only_enhancements_stand_outside_the_elements(page):
    style = Used(every_page()[page]).style
    assert re.sub(r"@media[^{]+\{(?:[^{}]+\{[^}]*\})*\s*\}", "", style).strip() == ""
    # Outlook and Yahoo drop a declaration whose `!important` has no space before it.
    assert not re.search(r"\S!important", style)


def test_no_margin_is_negative_and_centring_does_not_rest_on_auto():
    css = (built_in_templates() / "base.html.j2").read_text()
    assert not re.search(r"margin[^;]*-\d", css)
    assert 'align="center"' in css


def luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def palette(css: str) -> dict[str, dict[str, str]]:
    """Colours by selector."""
    found: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        colours = dict(re.findall(r"(?<![\w-])(color|background-color): (#[0-9a-f]{6})", body))
        for selector in selectors.split(","):
            found.setdefault(selector.strip(), {}).update(colours)
    return found


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_text_has_a_contrast_of_at_least_4_5(mode):
    source = (built_in_templates() / "base.html.j2").read_text()
    start = source.index("@media (prefers-color-scheme: dark)")
    end = source.index("@media (max-width")
    light = palette(source[source.index("<style>") + 7 : start])
    dark = palette(source[start:end].partition("{")[2].rpartition("}")[0])
    merged = (
        light
        if mode == "light"
        else {k: {**light.get(k, {}), **dark.get(k, {})} for k in {**light, **dark}}
    )
    column = merged[".column"]["background-color"]
    text = merged["body"]["color"]
    checked = 0
    for selector, colours in merged.items():
        if selector in {"body", ".page"}:
            continue
        foreground, background = colours.get("color"), colours.get("background-color", column)
        if selector.startswith(".s-"):
            foreground = merged[".sev"]["color"]
        elif foreground is None:
            foreground = text
        assert contrast(foreground, background) >= 4.5, (selector, foreground, background)
        checked += 1
    assert checked > 15
