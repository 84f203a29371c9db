"""Send events by HTTP: one signed POST (Standard Webhooks 1.0.0), no redirects, a bounded answer.

The bytes signed are the bytes sent are the bytes stored; timestamp and signature belong to the
try, id and body to the message. The client comes from `wirewatch.http`, with its address guard.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

import httpx

from alerts.notify import Tools, refused, taken
from alerts.retry import retry_after
from wirewatch.errors import DeliveryError, FetchError
from wirewatch.log import Scrubber
from wirewatch.model import Delivery, Owed, WebhookChannel

_ANSWER_BYTES = 2048
# The receiver can't read this very message, and won't tomorrow either; the rest of the 4xx (a wrong
# token, a path not deployed yet) an operator can mend, so those are tried on the whole schedule.
_UNREADABLE = frozenset({400, 413, 414, 415, 422, 431})
_TRIES_OF_UNREADABLE = 3
_OURS = frozenset(
    {
        "content-type",
        "content-length",
        "transfer-encoding",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "x-redelivery",
    }
)
_NOTHING_SENT = (
    FetchError,  # the guard's: no connection was made
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class WebhookNotifier:
    """Signed POSTs to the URL of one channel."""

    def __init__(self, channel: WebhookChannel, tools: Tools) -> None:
        if tools.client is None:
            raise DeliveryError("a webhook needs an HTTP client")
        self._channel, self._client = channel, tools.client
        self._keys = tuple(map(key_of, channel.secrets))
        values = (value for _, value in channel.headers)
        self._scrub = Scrubber((channel.url, *channel.secrets, *values))

    async def send(self, owed: Owed, *, now: datetime) -> Delivery:
        """POST one message; only 2xx is success."""
        limit_s = self._channel.timeout.total_seconds()
        try:
            async with asyncio.timeout(limit_s):
                async with self._client.stream(
                    "POST",
                    self._channel.url,
                    content=owed.message.payload,
                    headers=self._headers(owed, now),
                    follow_redirects=False,
                    timeout=httpx.Timeout(limit_s, connect=limit_s / 2),
                ) as response:
                    return self._judge(owed, response, await _beginning(response), now=now)
        except _NOTHING_SENT as error:
            return self._failed(owed, error, now=now)
        except (OSError, httpx.HTTPError) as error:
            # asyncio's TimeoutError is an OSError. The request may have been read, and acted on.
            return self._failed(owed, error, now=now, in_doubt=True)

    async def rest(self) -> None:
        """Nothing to let go: connections are not kept alive."""

    async def close(self) -> None:
        """Nothing to stop: the client is its maker's."""

    def _headers(self, owed: Owed, now: datetime) -> list[tuple[str, str]]:
        timestamp = int(now.timestamp())
        headers = [
            *(pair for pair in self._channel.headers if pair[0].lower() not in _OURS),
            ("Content-Type", self._channel.content_type),
            ("webhook-id", owed.message.uid),
            ("webhook-timestamp", str(timestamp)),
        ]
        if self._keys:
            signed = signature(
                self._keys, uid=owed.message.uid, timestamp=timestamp, body=owed.message.payload
            )
            headers.append(("webhook-signature", signed))
        if owed.redelivery:
            headers.append(("X-Redelivery", str(owed.attempt)))
        return headers

    def _judge(
        self, owed: Owed, response: httpx.Response, answer: bytes, *, now: datetime
    ) -> Delivery:
        code = response.status_code
        if 200 <= code < 300:
            return taken(owed, now=now, code=code)
        words = self._scrub(answer.decode(errors="replace"))
        if 300 <= code < 400:
            words = "it redirects, which webhooks never follow; configure the final URL"
        unreadable = code in _UNREADABLE
        return refused(
            owed,
            now=now,
            code=code,
            detail=f"{code} {response.reason_phrase}: {words}".rstrip(": "),
            permanent=unreadable and owed.attempt >= _TRIES_OF_UNREADABLE,
            gone=code == httpx.codes.GONE,
            retry_after=retry_after(response.headers.get("retry-after"), now=now),
            reached=unreadable,
        )

    def _failed(
        self, owed: Owed, error: Exception, *, now: datetime, in_doubt: bool = False
    ) -> Delivery:
        words = self._scrub(f"{type(error).__name__}: {error}".rstrip(": "))
        return refused(owed, now=now, code=None, detail=words, in_doubt=in_doubt)


def key_of(secret: str) -> bytes:
    """Return the key of a secret: base64 with or without `whsec_`; anything else as it stands.

    The reading of the `standardwebhooks` libraries, which receivers verify with.
    """
    text = secret.removeprefix("whsec_")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return secret.encode()


def signature(keys: Sequence[bytes], *, uid: str, timestamp: int, body: bytes) -> str:
    """Return the `webhook-signature` header: `v1,` + base64 HMAC-SHA256 for each key.

    Args:
        keys: Newest first; two while one replaces the other.
        uid: The message's identity, which holds no full stop.
        timestamp: Whole seconds since 1970, of this try.
        body: The very bytes sent.
    """
    signed = b".".join((uid.encode(), str(timestamp).encode(), body))
    return " ".join(
        "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        for key in keys
    )


async def _beginning(response: httpx.Response) -> bytes:
    """The first bytes of an answer; a long one is not read to its end."""
    answer = b""
    async for chunk in response.aiter_raw(_ANSWER_BYTES):
        answer += chunk
        if len(answer) >= _ANSWER_BYTES:
            break
    return answer[:_ANSWER_BYTES]
