"""The database's nightly care, beside the work: check, back up, forget, tidy.

What only reads runs in threads on connections of its own; what writes runs on the writer in short
transactions, so that polls and deliveries wait for none of it. A damaged file is told at once and
not backed up: the rotation would drop the last good copies for bad ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from wirewatch.clock import from_ms, to_ms
from wirewatch.errors import StoreError
from wirewatch.model import Config, Severity, SystemNotice
from wirewatch.pipeline.settle import keep_notice
from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store, care
from wirewatch.store.prune import BEGIN, Plan, Pruned, plan, prune

log = logging.getLogger(__name__)

_DONE = "cared_at"
Tell = Callable[[Store, SystemNotice], object]


@dataclass(frozen=True, slots=True)
class Report:
    """What one night's care came to."""

    problems: tuple[str, ...] = ()
    backup: Path | None = None
    backup_error: str = ""
    pruned: Pruned = field(default_factory=Pruned)
    wal_bytes: int = 0


async def check(
    writer: Writer, config: Config, *, now: datetime, tell: Tell = keep_notice, full: bool = False
) -> tuple[str, ...]:
    """Check the database beside the work, at start and each night; tell when it is damaged.

    Returns:
        The problems; () when it is sound.
    """
    if warning := care.version_warning():
        log.warning("sqlite_outdated problem=%r", warning)
    problems = await asyncio.to_thread(care.check_file, config.database, full=full)
    if problems:
        log.error("database_damaged problem=%s", problems[0])
        text = "\n".join(problems) + "\n`wirewatch db restore` puts a backup in its place."
        await _tell(writer, tell, "database", "The database is damaged", text, now)
    return problems


async def daily(
    writer: Writer, config: Config, *, now: datetime, tell: Tell = keep_notice
) -> Report | None:
    """Do the nightly round when the last one is a day old; return None when it is not due yet."""
    last = await writer.run(lambda store: store.notices.get(_DONE))
    if last is not None and timedelta() <= now - from_ms(int(last)) < timedelta(days=1):
        return None
    report = await nightly(writer, config, now=now, tell=tell)

    def done(store: Store) -> None:
        with store.transaction():
            store.notices.put(_DONE, str(to_ms(now)))

    await writer.run(done)
    return report


async def nightly(
    writer: Writer, config: Config, *, now: datetime, tell: Tell = keep_notice
) -> Report:
    """Check, back up, forget, tidy; what fails is told and keeps nothing else from being done."""
    problems = await check(writer, config, now=now, tell=tell, full=True)
    backup, failure = None, ""
    if not problems and config.retention.backups:
        backup, failure = await _back_up(writer, config, now=now, tell=tell)
    pruned, wal_bytes = Pruned(), 0
    try:
        if not problems:
            pruned = await _prune(writer, config, now=now)
        wal_bytes = await writer.run(care.tidy)
    except (StoreError, *Store.FAILURES) as error:
        log.error("tidying_failed because=%s", error)  # noqa: TRY400 - the sentence says it all
    if wal_bytes > care.WAL_BOUND_BYTES:
        text = (
            f"{wal_bytes:,} bytes wait beside the database: another program holds on to an old picture "
            "of it. Close what has it open."
        )
        await _tell(writer, tell, "wal", "The database's log does not shrink", text, now)
    log.info(
        "cared problems=%d backup=%s articles=%d stories=%d wal_bytes=%d",
        len(problems),
        backup.name if backup else "none",
        pruned.articles,
        pruned.stories,
        wal_bytes,
    )
    return Report(problems, backup, failure, pruned, wal_bytes)


async def _back_up(
    writer: Writer, config: Config, *, now: datetime, tell: Tell
) -> tuple[Path | None, str]:
    folder = config.database.parent / "backups"
    try:
        made = await asyncio.to_thread(
            care.backup, config.database, folder, now=now, keep=config.retention.backups
        )
    except StoreError as error:
        log.error("backup_failed because=%s", error)  # noqa: TRY400 - the sentence says it all
        await _tell(writer, tell, "backup", "The nightly backup failed", str(error), now)
        return None, str(error)
    return made, ""


async def _prune(writer: Writer, config: Config, *, now: datetime) -> Pruned:
    what = await asyncio.to_thread(_planned, config, now)
    total = BEGIN
    while total.more:
        total = await writer.run(partial(_batch, what=what, so_far=total))
    return total


def _planned(config: Config, now: datetime) -> Plan:
    with contextlib.closing(Store.read(config.database)) as store:
        return plan(store, config.retention, now=now)


def _batch(store: Store, what: Plan, so_far: Pruned) -> Pruned:
    with store.transaction():
        return prune(store, what, so_far)


async def _tell(writer: Writer, tell: Tell, key: str, title: str, text: str, now: datetime) -> None:
    notice = SystemNotice(key=key, title=title, text=text, severity=Severity.HIGH, at=now)

    def work(store: Store) -> None:
        with store.transaction():
            tell(store, notice)

    try:
        await writer.run(work)
    except Store.FAILURES:
        log.exception("notice_lost key=%s", key)
