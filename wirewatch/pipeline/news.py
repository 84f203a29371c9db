"""News about wirewatch itself: to the system channels at once, and into the next digest."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts import messages
from wirewatch.model import Message, Severity, SystemNotice
from wirewatch.pipeline import assemble
from wirewatch.pipeline.assemble import Desk
from wirewatch.store import Store

_REPEAT_NOTICE = timedelta(hours=6)


def notify_system(
    store: Store, desk: Desk, notice: SystemNotice, *, now: datetime
) -> list[Message]:
    """Tell the system channels news about wirewatch itself; the digest names it too.

    Inside the caller's transaction. The same words about the same thing go out once in six hours.
    """
    if not store.notices.record(notice, repeat_after=_REPEAT_NOTICE):
        return []
    channels = [c for name in desk.config.system_channels if (c := desk.config.channel(name))]
    zones = assemble.timezones(desk.config)
    made = messages.for_system(notice, channels, desk.renderer, at=now, timezones=zones)
    store.outbox.add(made)
    return made


def template_trouble(store: Store, desk: Desk, *, now: datetime) -> list[Message]:
    """Tell the operator that a template of the user's was replaced by the built-in one.

    Opens its own transaction where there is anything to tell.
    """
    if not desk.renderer.problems:
        return []
    problems = tuple(dict.fromkeys(desk.renderer.problems))
    desk.renderer.problems.clear()
    notice = SystemNotice(
        key="templates",
        title="A template of yours could not be used",
        text="\n".join((*problems, "The built-in template was used instead; nothing was lost.")),
        severity=Severity.MEDIUM,
        at=now,
    )
    with store.transaction():
        return notify_system(store, desk, notice, now=now)
