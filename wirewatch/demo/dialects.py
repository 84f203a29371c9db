"""Print an outlet's feed as such outlets print theirs: RSS, RDF, Atom and JSON Feed, with quirks.

Pure. The quirks are the ones that feeds really have: escaped or CDATA HTML, no guids, no dates,
named time zones, a legacy charset, full text in one element and a teaser in another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from html import escape

from wirewatch.demo.world import Outlet, WorldArticle

TYPES = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
BOT_WALL = b"""<!DOCTYPE html><html><head><title>Just a moment...</title></head>
<body><h1>Checking your browser</h1><p>Enable JavaScript and cookies to continue.</p></body></html>
"""


def print_feed(outlet: Outlet, round_: int, began_at: Mapping[int, datetime]) -> tuple[bytes, str]:
    """Return an outlet's feed in a round: its bytes and their content type.

    Args:
        outlet: Whose feed.
        round_: From 1; decides what is listed.
        began_at: When each round up to this one began; publication times hang on it.
    """
    listed = [(a, began_at[a.round] - a.ago) for a in outlet.listed(round_)]
    if outlet.dialect == "json":
        return _json(outlet, listed), TYPES["json"]
    encoding = outlet.style.get("encoding", "utf-8")
    printers = {"rss": _rss, "rdf": _rdf, "atom": _atom}
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n' + printers[outlet.dialect](
        outlet, listed
    )
    return text.encode(
        encoding, "xmlcharrefreplace"
    ), f"{TYPES[outlet.dialect]}; charset={encoding}"


def link(outlet: Outlet, article: WorldArticle) -> str:
    """Return the address of an article."""
    return f"{outlet.site}/news/{article.key}"


def guid(outlet: Outlet, article: WorldArticle) -> str | None:
    """Return an article's id as its feed gives it, or None where it gives none."""
    match outlet.style.get("guid"):
        case "none":
            return None
        case "opaque":
            return f"{outlet.site.removeprefix('https://')}-{article.key}"
        case "tag":
            return f"tag:{outlet.site.removeprefix('https://')},2024:{article.key}"
        case _:
            return link(outlet, article)


Listed = list[tuple[WorldArticle, datetime]]


def _rss(outlet: Outlet, listed: Listed) -> str:
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>\n'
        f"<title>{escape(outlet.name)}</title><link>{outlet.site}/</link>"
        f"<description>{escape(outlet.name)}: all news</description>"
        f"<language>{outlet.language}</language>\n"
        + "".join(_rss_entry(outlet, article, at) for article, at in listed)
        + "</channel></rss>\n"
    )


def _rss_entry(outlet: Outlet, article: WorldArticle, at: datetime) -> str:
    style = outlet.style
    parts = [f"<title>{escape(article.title)}</title>", f"<link>{link(outlet, article)}</link>"]
    if identity := guid(outlet, article):
        permalink = "true" if identity.startswith("https:") else "false"
        parts.append(f'<guid isPermaLink="{permalink}">{identity}</guid>')
    parts.append(f"<description>{_summary(article, style.get('summary', 'text'))}</description>")
    if style.get("content") == "encoded" and article.body:
        parts.append(f"<content:encoded><![CDATA[{_html(article.body)}]]></content:encoded>")
    if style.get("dates") == "named-zone":
        parts.append(f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>")
    elif style.get("dates") != "none":
        parts.append(f"<pubDate>{format_datetime(at)}</pubDate>")
    if article.by:
        parts.append(f"<dc:creator>{escape(article.by)}</dc:creator>")
    if article.section:
        parts.append(f"<category>{escape(article.section)}</category>")
    return "<item>" + "".join(parts) + "</item>\n"


def _summary(article: WorldArticle, style: str) -> str:
    match style:
        case "cdata-html":
            image = '<img src="https://images.example/a.jpg" width="320" alt=""/>'
            return f"<![CDATA[{image}{_html(article.body or article.text)}]]>"
        case "escaped-html":
            return escape(f"<p>{escape(article.text)}</p>")
        case _:
            return escape(article.text)


def _rdf(outlet: Outlet, listed: Listed) -> str:
    order = "".join(f'<rdf:li rdf:resource="{link(outlet, a)}"/>' for a, _ in listed)
    entries = "".join(
        f'<item rdf:about="{link(outlet, a)}"><title>{escape(a.title)}</title>'
        f"<link>{link(outlet, a)}</link><description>{escape(a.text)}</description>"
        f"<dc:date>{at:%Y-%m-%dT%H:%M:%SZ}</dc:date>"
        + (f"<dc:subject>{escape(a.section)}</dc:subject>" if a.section else "")
        + "</item>\n"
        for a, at in listed
    )
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="{outlet.site}/"><title>{escape(outlet.name)}</title>'
        f"<link>{outlet.site}/</link><description>{escape(outlet.name)}</description>"
        f"<dc:language>{outlet.language}</dc:language>"
        f"<items><rdf:Seq>{order}</rdf:Seq></items></channel>\n{entries}</rdf:RDF>\n"
    )


def _atom(outlet: Outlet, listed: Listed) -> str:
    newest = max((at for _, at in listed), default=None)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">\n'
        f'<title>{escape(outlet.name)}</title><id>{outlet.site}/</id><link href="{outlet.site}/"/>'
        + (f"<updated>{newest:%Y-%m-%dT%H:%M:%SZ}</updated>\n" if newest else "")
        + "".join(_atom_entry(outlet, article, at) for article, at in listed)
        + "</feed>\n"
    )


def _atom_entry(outlet: Outlet, article: WorldArticle, at: datetime) -> str:
    content = ""
    if outlet.style.get("content") == "html":
        content = f'<content type="html">{escape(_html(article.body or article.text))}</content>'
    by = f"<author><name>{escape(article.by)}</name></author>" if article.by else ""
    section = f'<category term="{escape(article.section)}"/>' if article.section else ""
    return (
        f'<entry><title type="text">{escape(article.title)}</title><id>{guid(outlet, article)}</id>'
        f'<link href="{link(outlet, article)}"/><updated>{at:%Y-%m-%dT%H:%M:%SZ}</updated>'
        f"{by}{section}<summary>{escape(article.text)}</summary>{content}</entry>\n"
    )


def _json(outlet: Outlet, listed: Listed) -> bytes:
    entries = [
        {
            "id": guid(outlet, article),
            "url": link(outlet, article),
            "title": article.title,
            "summary": article.text,
            "content_html": _html(article.body or article.text),
            "date_published": at.isoformat(),
            "tags": [article.section] if article.section else [],
        }
        for article, at in listed
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{outlet.site}/",
        "language": outlet.language,
        "items": entries,
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def _html(text: str) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n"))
