"""Decide when a permanent redirect is believed.

Captive portals and broken deployments send 301 too: three polls in a row over at least a day have
to agree, each of them answered by the feed itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from wirewatch.model import FeedState

AGREEING_POLLS = 3
AGREEING_FOR = timedelta(hours=24)


def after_redirect(state: FeedState, permanent_url: str | None, *, now: datetime) -> FeedState:
    """Return the state after a good poll that a chain of permanent redirects led to `permanent_url`.

    Args:
        state: As it was before.
        permanent_url: None where there was no such chain.
        now: Aware, UTC.
    """
    if permanent_url is None or permanent_url == state.url:
        if state.redirect_to is None:
            return state
        return replace(state, redirect_to=None, redirect_count=0, redirect_since=None)
    if permanent_url != state.redirect_to or state.redirect_since is None:
        return replace(state, redirect_to=permanent_url, redirect_count=1, redirect_since=now)
    count = state.redirect_count + 1
    if count >= AGREEING_POLLS and now - state.redirect_since >= AGREEING_FOR:
        return replace(
            state, url=permanent_url, redirect_to=None, redirect_count=0, redirect_since=None
        )
    return replace(state, redirect_count=count)
