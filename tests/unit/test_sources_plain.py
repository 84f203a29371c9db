"""What the reader of plain documents takes, it reads exactly as feedparser does."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import parse as parsing
from ingest.plain import read_plain
from ingest.prescan import entry_spans
from wirewatch.model import ParsedFeed

URL = "https://feeds.example/world/rss.xml"
SPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
)
TEXTS = [
    "",
    " ",
    "Two hurt at the depot",
    "\n  Spread over\n  lines  ",
    "Marks &amp;amp; Sons &lt;b&gt;bold&lt;/b&gt;",
    "<![CDATA[<p>Said <i>so</i> &amp; left &rsquo;</p>]]>",
    "half <!-- not seen --> and <![CDATA[half]]>",
    "Größe, naïve café — “said”",
    "Ã¼ber, twice encoded",
    "&#146;windows&#148; &#8217;right&#x2019;",
    "A &lt; B &amp;&amp; C &gt; D",
    "https://wire.example/a?x=1&amp;y=2#part",
    "http:////wire.example/many//slashes",
    "/local/page.html",
    "story-1.html",
    "../up",
    "?only=query",
    "urn:uuid:0e5c-1",
    "desk@example.org (A. Name)",
    "A. Name",
    "Mon, 09 Mar 2026 11:00:00 GMT",
    "2026-03-09T11:00:00Z",
    "9 Mars 2026",
    "yesterday",
    "1709550000",
    "حريق في المستودع",
    "  non-breaking ",
]
text = st.sampled_from(TEXTS) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<&"), max_size=12
)


def element(*names: str, attributes: tuple[str, ...] = ("",)) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, attribute, inner: f"<{name}{attribute}>{inner}</{name}>",
        st.sampled_from(names),
        st.sampled_from(attributes),
        text,
    )


ODD = ("", "", "", "", ' type="html"', ' xml:lang="de"', ' xml:base="/b/"', ' foo="bar"')
in_item = st.one_of(
    element("title", "link", "description", "content:encoded", "author", "pubDate", "category"),
    element("title", "description", "content:encoded", attributes=ODD),
    element(
        "guid", attributes=("", ' isPermaLink="false"', ' isPermaLink="true"', ' isPermaLink=""')
    ),
    element("category", attributes=("", ' domain="d"', ' term="t"')),
    element("dc:creator", "dc:date", "dc:subject", "comments", "slash:comments", "atom:updated"),
    element("source", attributes=(' url="/s"', "")),
    element("media:title", "media:credit", "media:description", "media:keywords", "dc:title"),
    st.sampled_from(
        [
            '<enclosure url="/a.mp3" type="audio/mpeg" length="1"/>',
            '<atom:link href="/x" rel="self"/>',
            '<atom:link href="/x"/>',
            '<media:content url="/p.jpg"><media:title>Picture</media:title></media:content>',
            '<media:group><media:content url="/p"><media:credit>A</media:credit></media:content></media:group>',
            '<media:thumbnail url="/t.jpg"/>',
            "<link/>",
            "<description>with <b>markup</b></description>",
            "<unknown>thing</unknown>",
        ]
    ),
)
in_channel = st.one_of(
    element("title", "link", "description", "language", "ttl", "generator", "lastBuildDate"),
    element("category", "copyright", "dc:language", "dc:date", "managingEditor"),
    st.sampled_from(
        [
            "<image><title>Logo</title><url>/l.png</url><link>/</link></image>",
            "<image><title>Logo</title><other>x</other><link>/</link></image>",
            "<skipHours><hour>3</hour></skipHours>",
            '<atom:link href="/feed" rel="self" type="application/rss+xml"/>',
            '<atom:link href="/page"/>',
            "<textInput><title>Ask</title><name>q</name></textInput>",
        ]
    ),
    st.lists(in_item, max_size=7).map(lambda inner: f"<item>{''.join(inner)}</item>"),
)
person = st.lists(element("name", "email", "uri"), max_size=3).map("".join)
TYPES = ("", "", "", ' type="text"', ' type="html"', ' type="text/html"', ' type="xhtml"')
in_entry = st.one_of(
    element("title", "summary", "content", attributes=(*TYPES, ' src="/c"', ' xml:lang="de"')),
    element("id", "updated", "published", "rights", "author"),
    st.builds("<author>{}</author>".format, person),
    st.builds("<contributor>{}</contributor>".format, person),
    st.builds(
        "<link{}{} href='{}'/>".format,
        st.sampled_from(["", " rel='alternate'", " rel='self'", " rel='related'", " rel='VIA'"]),
        st.sampled_from(["", " type='text/html'", " type='text/plain'", " type='html'"]),
        st.sampled_from(["/a", "https://wire.example/1", "", "b.html", " /c "]),
    ),
    st.sampled_from(
        [
            "<category term='t' label='l'/>",
            "<category term='t' scheme='s'>text</category>",
            "<category/>",
            "<media:content url='/p'/>",
            "<link>text</link>",
            "<source><title>Other</title></source>",
        ]
    ),
)
in_feed = st.one_of(
    in_entry,
    element("subtitle", "generator", "logo"),
    st.lists(in_entry, max_size=7).map(lambda inner: f"<entry>{''.join(inner)}</entry>"),
)

rss = st.lists(in_channel, max_size=6).map(
    lambda inner: f'<rss version="2.0" {SPACES}><channel>{"".join(inner)}</channel></rss>'
)
atom = st.lists(in_feed, max_size=6).map(
    lambda inner: f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}>{"".join(inner)}</feed>'
)


def some_of(*elements: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Some of these, each once, in any order: what ordinary entries look like."""
    chosen = st.tuples(*(st.just("") | each for each in elements))
    return chosen.flatmap(lambda found: st.permutations([x for x in found if x])).map("".join)


def dated(*names: str) -> st.SearchStrategy[str]:
    when = st.sampled_from(["Mon, 09 Mar 2026 11:00:00 GMT", " 2026-03-09T11:00:00Z\n", ""])
    return st.builds("<{0}>{1}</{0}>".format, st.sampled_from(names), when)


ordinary_item = some_of(
    element("title"),
    element("link"),
    element("description"),
    element("content:encoded"),
    element("guid", attributes=("", ' isPermaLink="false"', ' isPermaLink="true"')),
    dated("pubDate"),
    dated("dc:date", "atom:updated"),
    element("dc:creator"),
    element("author"),
    element("category", attributes=("", ' domain="d"')),
    element("category", "dc:subject"),
    element("comments", "slash:comments"),
    element("source", attributes=(' url="/s"', "")),
    element("media:title", "media:credit"),
    st.just('<media:content url="/p.jpg"><media:title>Picture</media:title></media:content>'),
    st.just('<enclosure url="/a.mp3" type="audio/mpeg" length="1"/>'),
    st.just('<atom:link href="/x" rel="self"/>'),
).map("<item>{}</item>".format)
ordinary_entry = some_of(
    element("title", attributes=TYPES[:6]),
    element("summary", attributes=TYPES[:6]),
    element("content", attributes=TYPES[:6]),
    element("id"),
    dated("updated"),
    dated("published"),
    person.map("<author>{}</author>".format),
    person.map("<author>{}</author>".format),
    st.just("<category term='t' label='l'/>"),
    st.builds(
        "<link{}{} href='{}'/>".format,
        st.sampled_from(["", " rel='alternate'", " rel='self'", " rel='related'", " rel='VIA'"]),
        st.sampled_from(["", " type='text/html'", " type='text/plain'", " type='html'"]),
        st.sampled_from(["/a", "https://wire.example/1", "", "b.html", " /c "]),
    ),
    st.just("<link rel='enclosure' href='/e'/>"),
    st.just("<media:thumbnail url='/t'/>"),
).map("<entry>{}</entry>".format)
ordinary = st.one_of(
    st.builds(
        ('<rss version="2.0" ' + SPACES + "><channel>{}{}</channel></rss>").format,
        some_of(element("title"), element("link"), element("language"), element("description")),
        st.lists(ordinary_item, min_size=1, max_size=3).map("\n".join),
    ),
    st.builds(
        ('<feed xmlns="http://www.w3.org/2005/Atom" ' + SPACES + ">{}{}</feed>").format,
        some_of(element("title"), element("id"), element("subtitle"), st.just("<link href='/'/>")),
        st.lists(ordinary_entry, min_size=1, max_size=3).map("\n".join),
    ),
)
DECLARATIONS = ["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-8"?>\n']
CONTENT_TYPES = [None, "application/rss+xml", "text/xml; charset=UTF-8", "text/html", ""]


def by_plain(body: bytes, content_type: str | None = None) -> ParsedFeed | None:
    raw = read_plain(body, url=URL, content_type=content_type)
    return raw and adapted(raw, body)


def by_feedparser(body: bytes, content_type: str | None = None) -> ParsedFeed:
    return adapted(parsing.by_feedparser(body, URL, content_type, resolve_html=False), body)


def adapted(raw: parsing.Parsed, body: bytes) -> ParsedFeed:
    spans = [body[start:end] for start, end in entry_spans(body)]
    return parsing.adapt(raw, raw["entries"], spans, url=URL, warnings=())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@settings(
    max_examples=250 if os.environ.get("WIREWATCH_LONG") else 80,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    document=ordinary | rss | atom,
    declaration=st.sampled_from(DECLARATIONS),
    content_type=st.sampled_from(CONTENT_TYPES),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_what_it_takes_it_reads_as_feedparser_does(
    document: str, declaration: str, content_type: str | None, mark: bytes
) -> None:
    body = mark + (declaration + document).encode()
    ours = by_plain(body, content_type)
    if ours is not None:
        assert ours == by_feedparser(body, content_type)


def test_ordinary_documents_are_plain() -> None:
    item = (
        "<item><title>Two hurt</title><link>https://wire.example/1</link><guid>https://wire.example/1</guid>"
        "<description>&lt;p&gt;At the depot.&lt;/p&gt;</description><category>World</category>"
        "<dc:creator>A. Name</dc:creator><pubDate>Mon, 09 Mar 2026 11:00:00 GMT</pubDate>"
        '<media:thumbnail url="https://wire.example/1.jpg"/></item>'
    )
    body = f'<rss version="2.0" {SPACES}><channel><title>World</title>{item}</channel></rss>'
    found = by_plain(body.encode())
    assert found is not None
    assert [entry.title for entry in found.entries] == ["Two hurt"]


@pytest.mark.parametrize(
    "document",
    [
        "<!DOCTYPE rss><rss version='2.0'><channel/></rss>",
        "<rss version='2.0'><channel><title>cut",
        "<rss version='2.0' xml:base='/x/'><channel/></rss>",
        "<rss version='2.0'><channel><item><title>a</title><title>b</title></item></channel></rss>",
        "<rss version='2.0'><channel><item><pubDate>9 Floréal 234</pubDate></item></channel></rss>",
        "<rss xmlns:dc='http://search.yahoo.com/mrss/'><channel/></rss>",
        "<rss version='2.0'><channel><title>Größe</title></channel></rss>",  # in which encoding?
        "<html/>",
        "",
    ],
)
def test_whatever_is_in_doubt_is_left_to_feedparser(document: str) -> None:
    assert by_plain(document.encode()) is None


LAUGHS = (
    "<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>"
    "<rss version='2.0'><channel><title>&b;</title></channel></rss>"
)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("content_type", [None, "application/rss+xml; charset=utf-8"])
def test_entities_hide_in_no_other_encoding(encoding: str, content_type: str | None) -> None:
    body = LAUGHS.encode(encoding)
    if encoding == "utf-16-be":
        body = b"\xfe\xff" + body
    assert read_plain(body, url=URL, content_type=content_type) is None
