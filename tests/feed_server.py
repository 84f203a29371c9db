"""A feed server on loopback that does what a test tells it, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    """A request; header names in lower case."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What to send; `cut` hangs up after so many bytes of the body, `hold` waits for that event first."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    cut: int | None = None
    hold: threading.Event | None = None
    length: bool = True


Script = Callable[[Asked], Answer]


@dataclass
class FeedServer:
    """Answers every path by `script`; a test may replace it between two polls."""

    script: Script = field(default=lambda _: Answer())
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.path, headers)
                owner.asked.append(asked)
                with contextlib.suppress(OSError):
                    self._send(owner.script(asked))

            def _send(self, answer: Answer) -> None:
                if answer.hold:
                    answer.hold.wait(20)
                self.send_response(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                if answer.length:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body if answer.cut is None else answer.body[: answer.cut])

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: Any) -> None:
                """A client that hangs up is no news."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/feed") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def rss(*items: str, head: str = "") -> bytes:
    """An RSS 2.0 document around these `<item>` elements."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Wire</title>'
        f"<link>https://wire.example/</link>{head}{''.join(items)}</channel></rss>"
    ).encode()


def item(
    title: str,
    *,
    guid: str | None = "",
    link: str | None = "",
    text: str = "",
    date: str | None = "Mon, 09 Mar 2026 11:00:00 GMT",
) -> str:
    """An `<item>`; guid and link are made from the title unless given, None leaves them out."""
    slug = title.replace(" ", "-")
    parts = [f"<title>{title}</title>"]
    if guid is not None:
        parts.append(f'<guid isPermaLink="false">{guid or "id-" + slug}</guid>')
    if link is not None:
        parts.append(f"<link>{link or 'https://wire.example/news/' + slug}</link>")
    if text:
        parts.append(f"<description>{text}</description>")
    if date is not None:
        parts.append(f"<pubDate>{date}</pubDate>")
    return f"<item>{''.join(parts)}</item>"
