"""Ask for a feed once: conditional, bounded in bytes and in time, redirects followed by us.

Raises a named `FetchError` for everything that is no feed body and no 304. What is a feed is for
`ingest.parse` to say; validators are handed on verbatim and stored by the caller, together with
the articles they vouch for.
"""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import httpx

from ingest.hints import http_hints
from ingest.inflate import Inflater
from wirewatch.errors import (
    FetchError,
    FetchRefused,
    FetchStatus,
    FetchTimeout,
    FetchTooLarge,
)
from wirewatch.http import PRIVATE_ALLOWED, Client
from wirewatch.model import Fetched, FetchSettings, Hints, NotModified, Validators

MAX_REDIRECTS = 5
ACCEPT = (
    b"application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    b"application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_TIMEOUTS = {"connect": 10.0, "read": 20.0, "write": 10.0}  # seconds; the deadline bounds them all
_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)
_DELTA = 226  # RFC 3229: only what is new; older entries are not gone
_GONE = 410
_ENCODINGS = {"": "", "identity": "", "gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}
_REFUSALS = (401, 402, 403, 406, 429, 451, 503)


async def fetch(
    client: Client,
    *,
    url: str,
    validators: Validators | None,
    settings: FetchSettings,
    now: datetime,
    headers: Sequence[tuple[str, str]] = (),
    auth: tuple[str, str] | None = None,
    allow_private: bool = False,
) -> Fetched | NotModified:
    """Ask for a feed and return what came.

    Args:
        client: From `wirewatch.http.make_client`.
        url: http or https.
        validators: Of the last good answer; None asks unconditionally.
        settings: Deadline (seconds in all) and the most bytes of a body.
        now: Aware, UTC.
        headers: Of the feed; sent to the feed's own origin only.
        auth: User and password; likewise.
        allow_private: The feed's own host may be on a private address.

    Raises:
        FetchRefused: A private address, an odd scheme, https to http.
        FetchTimeout: The deadline passed, whatever was going on.
        FetchTooLarge: More than `settings.max_bytes`, decoded.
        FetchStatus: No success; 410 is permanent.
        FetchError: DNS, TLS, network.
    """
    ask = _Ask(url, validators or Validators(), settings, tuple(headers), auth, allow_private, now)
    try:
        async with asyncio.timeout(settings.deadline.total_seconds()):
            return await _follow(client, ask)
    except TimeoutError as error:
        raise FetchTimeout(
            f"no complete answer within {settings.deadline.total_seconds():g} s",
            kind="timeout",
            url=url,
        ) from error
    except httpx.TimeoutException as error:
        raise FetchTimeout(
            f"no answer: {str(error) or type(error).__name__}", kind="timeout", url=url
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise _named(error, url) from error


@dataclass(frozen=True, slots=True)
class _Ask:
    url: str
    validators: Validators
    settings: FetchSettings
    headers: tuple[tuple[str, str], ...]
    auth: tuple[str, str] | None
    allow_private: bool
    now: datetime


async def _follow(client: Client, ask: _Ask) -> Fetched | NotModified:
    url, permanent_url, all_permanent = ask.url, None, True
    for _ in range(MAX_REDIRECTS + 1):
        request = _request(client, ask, url)
        response = await client.ask(request)
        try:
            if response.status_code not in _REDIRECTS:
                return await _answer(response, ask, url, permanent_url)
            target = _target(response, url)
        finally:
            await response.aclose()
        all_permanent = all_permanent and response.status_code in _PERMANENT
        permanent_url = target if all_permanent else permanent_url
        url = target
    raise FetchError(f"more than {MAX_REDIRECTS} redirects", kind="redirects", url=ask.url)


def _request(client: Client, ask: _Ask, url: str) -> httpx.Request:
    headers: dict[bytes, bytes] = {
        b"host": b"",
        b"user-agent": _wire(client.headers["user-agent"]),
        b"accept": ACCEPT,
        b"accept-encoding": b"gzip",
        b"connection": b"close",
    }
    own = _origin(url) == _origin(ask.url)
    if own:
        if ask.auth:
            pair = base64.b64encode(":".join(ask.auth).encode())
            headers[b"authorization"] = b"Basic " + pair
        headers |= {_wire(name.lower()): _wire(value) for name, value in ask.headers}
    if ask.validators.etag is not None:
        headers[b"if-none-match"] = _wire(ask.validators.etag)
        headers[b"a-im"] = b"feed"
    if ask.validators.last_modified is not None:
        headers[b"if-modified-since"] = _wire(ask.validators.last_modified)
    extensions: dict[str, object] = {"timeout": _TIMEOUTS}
    if own and ask.allow_private:
        extensions[PRIVATE_ALLOWED] = True
    target = httpx.URL(url)
    headers[b"host"] = headers[b"host"] or target.netloc
    return httpx.Request("GET", target, headers=list(headers.items()), extensions=extensions)


def _target(response: httpx.Response, url: str) -> str:
    """Where a redirect leads, or a refusal to go there."""
    location = _header(response, b"location")
    if not location:
        raise FetchError(
            f"status {response.status_code} without a Location", kind="redirects", url=url
        )
    try:
        target = urljoin(url, location.strip())
        scheme, host = urlsplit(target).scheme, urlsplit(target).hostname
    except ValueError as error:
        raise FetchRefused(f"redirected to {location!r}", kind="refused", url=url) from error
    if scheme not in {"http", "https"} or not host:
        raise FetchRefused(f"redirected to {scheme or location}:", kind="refused", url=url)
    if scheme == "http" and url.startswith("https:"):
        raise FetchRefused(f"redirected from https down to {target}", kind="refused", url=url)
    return target.partition("#")[0]


async def _answer(
    response: httpx.Response, ask: _Ask, url: str, permanent_url: str | None
) -> Fetched | NotModified:
    headers = _headers(response)
    hints = http_hints(headers, now=ask.now)
    status = response.status_code
    validators = Validators(
        etag=_header(response, b"etag"), last_modified=_header(response, b"last-modified")
    )
    if status == httpx.codes.NOT_MODIFIED and ask.validators != Validators():
        return NotModified(url, validators, hints, permanent_url)
    if not 200 <= status <= _DELTA:
        raise await _status_error(response, headers, hints, url)
    body, complete = await _body(response, headers, ask.settings.max_bytes, url)
    return Fetched(
        url=url,
        body=body,
        content_type=headers.get("content-type"),
        # Half an answer vouches for nothing: what was cut off has to come again.
        validators=validators if complete else Validators(),
        hints=hints,
        permanent_url=permanent_url,
        status=status,
        complete=complete,
        headers=tuple(headers.items()),
    )


async def _body(
    response: httpx.Response, headers: dict[str, str], max_bytes: int, url: str
) -> tuple[bytes, bool]:
    encoding = _encoding(headers, url)
    inflater, body, complete = Inflater(encoding), bytearray(), True
    try:
        async for chunk in response.aiter_raw():
            for count, piece in enumerate(inflater.feed(chunk), start=1):
                body += piece
                if count % 16 == 0:
                    await asyncio.sleep(0)  # a chunk may hold 64 MB; others have work to do too
                if len(body) > max_bytes:
                    raise FetchTooLarge(f"more than {max_bytes:,} bytes", kind="too-large", url=url)
            if inflater.broken:
                break
    except httpx.RemoteProtocolError:
        complete = False
    except httpx.ReadError:
        if not body:
            raise
        complete = False
    if inflater.broken and not body:
        raise FetchError("the gzip body can't be read", kind="encoding", url=url)
    return bytes(body), complete and inflater.complete


def _encoding(headers: dict[str, str], url: str) -> str:
    encoding = _ENCODINGS.get(headers.get("content-encoding", "").strip().lower())
    if encoding is None:
        raise FetchError(
            f"the body is encoded as {headers['content-encoding']!r}, which was not asked for",
            kind="encoding",
            url=url,
        )
    return encoding


async def _status_error(
    response: httpx.Response, headers: dict[str, str], hints: Hints, url: str
) -> FetchStatus:
    status = response.status_code
    kind = None
    if status in {403, 451} or (status in _REFUSALS and is_challenge(headers)):
        kind = "blocked"
    elif status == _GONE:
        kind = "gone"
    reason = f" {response.reason_phrase}" if response.reason_phrase else ""
    note = "; a challenge page for people" if is_challenge(headers) else ""
    return FetchStatus(
        f"the server answered {status}{reason}{note}",
        status=status,
        url=url,
        kind=kind,
        permanent=status == _GONE,
        retry_after_s=hints.retry_after.total_seconds() if hints.retry_after is not None else None,
    )


def is_challenge(headers: dict[str, str]) -> bool:
    """Do these headers (lower-case names) say that a browser has to prove itself first?"""
    return (
        headers.get("cf-mitigated", "").lower() == "challenge"
        or "x-amzn-waf-action" in headers
        or "x-datadome" in headers
    )


def _named(error: Exception, url: str) -> FetchError:
    """Say what kind of network trouble it was."""
    causes = list(_causes(error))
    if any(isinstance(each, socket.gaierror) for each in causes):
        return FetchError(str(error), kind="dns", url=url)
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return FetchError(f"no secure connection: {error}", kind="tls", url=url)
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError)):
        return FetchError(f"this is no address: {error}", kind="bad-url", url=url)
    if isinstance(error, httpx.RemoteProtocolError):
        return FetchError(
            f"the server does not speak HTTP properly: {error}", kind="protocol", url=url
        )
    return FetchError(f"{str(error) or type(error).__name__}", kind="network", url=url)


def _causes(error: BaseException | None) -> Iterable[BaseException]:
    for _ in range(20):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError as error:
        raise httpx.InvalidURL(str(error)) from error
    return parts.scheme, parts.hostname or "", port


def _headers(response: httpx.Response) -> dict[str, str]:
    """Lower-case names; the first of several, as a validator is never a list."""
    headers: dict[str, str] = {}
    for name, value in response.headers.raw:
        headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return headers


def _header(response: httpx.Response, name: bytes) -> str | None:
    """Verbatim: latin-1 gives every byte back (RFC 9110, 5.5)."""
    for each, value in response.headers.raw:
        if each.lower() == name:
            return value.decode("latin-1")
    return None


def _wire(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()
