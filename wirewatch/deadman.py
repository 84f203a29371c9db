"""A dead man's switch: a URL that expects to be asked, and alarms somebody when it is not.

The ways of Healthchecks: URL/start when the service starts, URL after each digest that was
committed, URL/fail when a digest could not be made or the service ends because of a fault. Whether it
is reached is no concern of the service.
"""

from __future__ import annotations

import logging

import httpx

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0


class DeadMan:
    """Asks the configured URL; without one, nothing.

    Attributes:
        client: What asks; a reload with other ways to the network replaces it.
        url: A secret; None asks nothing.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,  # noqa: TID251 - a type; it is made in wirewatch.http
        url: str | None,
    ) -> None:
        """Bind to a URL."""
        self.client, self.url = client, url

    async def ping(self, what: str = "") -> None:
        """Ask URL, or URL/`what` ("start", "fail"); a failure is logged, without the URL."""
        if self.url is None:
            return
        base, question, query = self.url.partition("?")  # Healthchecks: PING-KEY/SLUG?create=1
        url = f"{base.rstrip('/')}/{what}{question}{query}" if what else self.url
        try:
            answer = await self.client.get(url, timeout=TIMEOUT_S)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            log.warning("ping_failed what=%s error=%s", what or "ok", type(error).__name__)
