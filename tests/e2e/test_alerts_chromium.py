"""What a real browser makes of hostile titles: nothing runs, nothing is fetched, nothing is styled."""

from __future__ import annotations

import html
import http.server
import json
import shutil
import subprocess
import threading
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from alerts.render import Renderer
from tests.builders import NOON, an_article
from tests.digest_builders import (
    a_digest_match,
    a_digest_story,
    a_digest_view,
    a_story_view,
    an_alert,
)
from wirewatch.model import (
    DigestArticle,
    Facts,
    Field,
    MatchedArticle,
    Severity,
    Span,
    SystemNotice,
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")

RUN = "document.documentElement.setAttribute('data-ran','yes')"
INJECTIONS = (
    f"<script>{RUN}</script>", f"<img src=x onerror={RUN}>", f'"><svg onload="{RUN}">', f"'><body onload={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>", f"</title><script>{RUN}</script>", f"</style><script>{RUN}</script>",
    f"<a href=javascript:{RUN}>x</a>", f"<details open ontoggle={RUN}>", f"<input autofocus onfocus={RUN}>", "<base href=//evil.example/>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>", f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    "<link rel=stylesheet href=//127.0.0.1/evil.css>", "<style>*{display:none}</style>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    f"<object data='data:text/html,<script>{RUN}</script>'>", f"<embed src='javascript:{RUN}'>", "<form action=//evil.example><button>x",
    f"--><script>{RUN}</script><!--", f"]]><script>{RUN}</script>", f"{{{{ constructor.constructor('{RUN}')() }}}}", f"<xss style=animation-name:x onanimationstart={RUN}>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;", f"&#60;script&#62;{RUN}&#60;/script&#62;", f"\u003cscript\u003e{RUN}", f"<scr\x00ipt>{RUN}</scr\x00ipt>", f"<<script>script>{RUN}<</script>/script>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>", f"<template><script>{RUN}</script></template>", f"<b class=mark onmouseover={RUN}>x</b>", "style=color:red;position:fixed",
)  # fmt: skip
LINKS = (
    f"javascript:{RUN}", f" JaVaScRiPt:{RUN}", f"java\nscript:{RUN}", f"data:text/html,<script>{RUN}</script>", "vbscript:x", "file:///etc/passwd",
    f'https://example.org/"onmouseover="{RUN}', f"https://example.org/'><script>{RUN}</script>", "//evil.example/", f"https:javascript:{RUN}",
)  # fmt: skip


class Executable(HTMLParser):
    """Finds what could run or reach out in the page as the browser holds it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ran = False
        self.styles = 0

    def handle_starttag(self, tag, attrs):
        if tag in {
            "script",
            "iframe",
            "object",
            "embed",
            "svg",
            "math",
            "form",
            "input",
            "img",
            "link",
            "base",
            "template",
            "details",
            "xss",
            "noscript",
        }:
            self.found.append(f"<{tag}>")
        self.styles += tag == "style"
        for name, value in attrs:
            self.ran |= name == "data-ran"
            url = (value or "").strip().lower()
            if name.startswith("on") or (
                name in {"href", "src"} and not url.startswith(("https://", "http://", "mailto:"))
            ):
                self.found.append(f"{tag} {name}={value}")
            if name == "http-equiv" or (name == "style" and "fixed" in url):
                self.found.append(f"{tag} {name}={value}")


def stories():
    made = []
    for n, text in enumerate([*INJECTIONS, *LINKS]):
        url = LINKS[n % len(LINKS)]
        article = an_article(text, id=n + 1, summary=f"Drone {text}", url=url, source=text[:60])
        match = a_digest_match(article)
        spans = (
            Span("g", Field.SUMMARY, 0, 5, "Drone", text),
            Span("g", Field.TITLE, 0, 4, text[:4], text),
        )
        match = replace(match, match=replace(match.match, spans=spans), rule_title=text)
        view = a_story_view(n + 1, (article,), url=url)
        made.append(
            replace(
                a_digest_story(n + 1, "x"),
                story=view,
                articles=(DigestArticle(article, Facts(), (match,)),),
            )
        )
    return made


def pages() -> dict[str, str]:
    renderer = Renderer()
    told = stories()
    causes = tuple(
        MatchedArticle(s.articles[0].article, (s.articles[0].matches[0].match,), Facts())
        for s in told
    )
    notice = SystemNotice("k", INJECTIONS[0], "\n".join(INJECTIONS), Severity.HIGH, NOON)
    made = {
        "/digest": renderer.digest(
            a_digest_view(
                *told,
                near_misses=tuple(("r", t, t, t) for t in INJECTIONS[:20]),
                notices=INJECTIONS[:10],
            )
        ).html
    }
    made["/system"] = renderer.system(notice).html
    for n in range(0, len(causes), 6):
        made[f"/alert{n}"] = renderer.alert(
            an_alert(causes=causes[n : n + 6], note=INJECTIONS[n % 30], detail=INJECTIONS[n % 30], rule_title=INJECTIONS[n % 30],
                     story=told[n].story, rule_id=INJECTIONS[n % 30])
        ).html  # fmt: skip
    return made


@pytest.fixture
def site():
    """Serve the pages on loopback; remember what else was asked for."""
    served, asked = pages(), []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = served.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", served, asked
    server.shutdown()
    thread.join()
    server.server_close()


HARNESS = """<!doctype html><body>%s<pre id="read"></pre><script>
addEventListener("load", () => {
  const pages = [...document.querySelectorAll("iframe")].map(f => f.contentDocument.documentElement.outerHTML);
  document.getElementById("read").textContent = JSON.stringify(pages);
});
</script>"""


def test_no_node_of_any_page_can_run(site, tmp_path):
    base, served, asked = site
    paths = list(served)
    served["/all"] = HARNESS % "".join(f'<iframe src="{path}"></iframe>' for path in paths)
    dom = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000",
         f"--user-data-dir={tmp_path}", "--dump-dom", f"{base}/all"],
        capture_output=True, text=True, timeout=50, check=True,
    ).stdout  # fmt: skip
    read = html.unescape(dom.partition('<pre id="read">')[2].partition("</pre>")[0])
    doms = json.loads(read)
    assert len(doms) == len(paths)
    for page, source in zip(doms, paths, strict=True):
        seen = Executable()
        seen.feed(page)
        assert len(page) > len(served[source]) / 2
        assert seen.found == []
        assert not seen.ran
        assert seen.styles == 1
    assert "data-ran" not in dom.partition("<body>")[0]
    assert set(asked) <= {*paths, "/all", "/favicon.ico"}
