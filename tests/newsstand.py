"""A loopback server of feeds whose pages a test turns."""

from __future__ import annotations

import threading
from collections import Counter
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from xml.sax.saxutils import escape

from tests.builders import NOON


def an_rss(*items: str | tuple[str, str], title: str = "Example") -> bytes:
    """An RSS 2.0 document; an item is a title, or a title and a description."""
    rows = []
    for item in items:
        head, text = (item, "") if isinstance(item, str) else item
        slug = "".join(c if c.isalnum() else "-" for c in head.lower())[:60]
        rows.append(
            f"<item><title>{escape(head)}</title><link>https://news.example/{slug}</link>"
            f"<guid isPermaLink='false'>{slug}</guid><description>{escape(text)}</description>"
            f"<pubDate>{format_datetime(NOON)}</pubDate></item>"
        )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>{escape(title)}</title>"
        f"<link>https://news.example/</link><description/>{''.join(rows)}</channel></rss>"
    ).encode()


class Newsstand:
    """Serves `pages` (path → body, or status) and counts who asked for what."""

    def __init__(self, **pages: bytes | int) -> None:
        self.pages: dict[str, bytes | int] = {f"/{name}": page for name, page in pages.items()}
        self.retry_after = ""  # sent with every status
        self.asked: Counter[str] = Counter()
        self.arrived = threading.Condition()
        stand = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = stand.pages.get(self.path, 404)
                status, body = (page, b"") if isinstance(page, int) else (200, page)
                self.send_response(status)
                self.send_header("Content-Type", "application/rss+xml")
                if status != 200 and stand.retry_after:
                    self.send_header("Retry-After", stand.retry_after)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                with stand.arrived:
                    stand.asked[self.path] += 1
                    stand.arrived.notify_all()

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/{name}"

    def wait_for(self, name: str, count: int, timeout_s: float = 45) -> bool:
        with self.arrived:
            return self.arrived.wait_for(lambda: self.asked[f"/{name}"] >= count, timeout_s)
