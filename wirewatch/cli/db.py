"""`wirewatch db`: back up, restore, check, prune and measure the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirewatch.cli.common import (
    config_option,
    json_option,
    legible,
    print_json,
    reading,
    say,
    shown,
)
from wirewatch.errors import UsageError

if TYPE_CHECKING:
    from wirewatch.model import Config

_NEEDS = ("database", "retention")


@click.group()
def db() -> None:
    """Back up, restore, check, prune and measure the database.

    The service checks, backs up and prunes by itself every night; backups stand in `backups/` beside
    the database.
    """


@db.command()
@click.argument("target", required=False, type=click.Path(path_type=Path))
@config_option
def backup(*, target: Path | None, config: Path) -> None:
    """Write a checked copy, beside a running service or not; to TARGET, or into `backups/`."""
    from wirewatch.clock import SystemClock
    from wirewatch.store import care

    loaded = legible(config, needs=_NEEDS).config
    if target is not None and target.exists() and not target.is_dir():
        raise UsageError(f"{target} is there already; name another file")
    if target is None or target.is_dir():
        keep = max(loaded.retention.backups, 1) if target is None else 1_000_000
        folder = target or _folder(loaded)
        made = care.backup(loaded.database, folder, now=SystemClock().now(), keep=keep)
    else:
        care.copy_to(loaded.database, target)
        made = target
    click.echo(made)


@db.command()
@click.argument("copy", required=False, type=click.Path(path_type=Path))
@config_option
def restore(*, copy: Path | None, config: Path) -> None:
    """Put the backup COPY (default: the newest) in the database's place.

    The service must not be running (status 75). What was there is moved aside. What was sent after
    the backup was made may be sent once more; nothing older is.
    """
    from wirewatch.clock import SystemClock
    from wirewatch.store import care
    from wirewatch.store.lock import only_instance

    loaded = legible(config, needs=_NEEDS).config
    if copy is None:
        known = care.backups(loaded.database, _folder(loaded))
        if not known:
            raise UsageError(f"there are no backups in {_folder(loaded)}; name one")
        copy = known[0]
    if not copy.is_file():
        raise UsageError(f"there is no file {copy}")
    with only_instance(loaded.database):
        aside = care.restore(copy, loaded.database, now=SystemClock().now())
    say(f"restored {copy}" + (f"; what was there is now {aside}" if aside else ""))


@db.command()
@click.option("--quick", is_flag=True, help="Leave out comparing indexes with their tables.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@config_option
def check(*, quick: bool, file: Path | None, config: Path) -> None:
    """Look for damage in the database (or in FILE, a backup); exit status 1 if there is any."""
    from wirewatch.store import care

    path = file or legible(config).config.database
    problems = care.check_file(path, full=not quick)
    for problem in problems:
        click.echo(problem)
    if warning := care.version_warning():
        say(f"warning: {warning}")
    if problems:
        click.get_current_context().exit(1)
    say(f"{path} is sound")


@db.command()
@click.option("--dry-run", is_flag=True, help="Only say how many articles would go.")
@config_option
def prune(*, dry_run: bool, config: Path) -> None:
    """Forget articles that matched nothing, are old, and are listed by no feed any more.

    The service does this every night; while it runs, leave it to it (status 75).
    """
    from wirewatch.clock import SystemClock
    from wirewatch.store import Store, care
    from wirewatch.store.lock import only_instance
    from wirewatch.store.prune import BEGIN, count_doomed, plan
    from wirewatch.store.prune import prune as forget

    loaded, now = legible(config, needs=_NEEDS).config, SystemClock().now()
    if dry_run:
        with reading(loaded) as store:
            say(f"{count_doomed(store, plan(store, loaded.retention, now=now))} articles would go")
        return
    if not loaded.database.exists():
        raise UsageError(f"there is no database at {loaded.database} yet")
    with only_instance(loaded.database):
        store, total = Store.open(loaded.database), BEGIN
        try:
            what = plan(store, loaded.retention, now=now)
            while total.more:
                with store.transaction():
                    total = forget(store, what, total)
            care.tidy(store)
        finally:
            store.close()
    say(f"forgot {total.articles} articles and {total.stories} stories")


@db.command()
@config_option
@json_option
def stats(*, config: Path, as_json: bool) -> None:
    """Show how large the database is and what is in it."""
    from wirewatch.store import care

    loaded = legible(config, needs=_NEEDS).config
    with reading(loaded) as store:
        found = care.stats(store)
    known = care.backups(loaded.database, _folder(loaded))
    values: dict[str, object] = {
        "database": found.path,
        "file_bytes": found.file_bytes,
        "wal_bytes": found.wal_bytes,
        "free_bytes": found.free_bytes,
        "schema": found.schema,
        "sqlite": found.sqlite,
        **{f"{table}_count": count for table, count in found.rows},
        "oldest_article_at": found.oldest_article_at,
        "newest_article_at": found.newest_article_at,
        "backup_count": len(known),
        "newest_backup": str(known[0]) if known else None,
    }
    if as_json:
        print_json(values)
    else:
        for key, value in values.items():
            text = f"{value:,}" if isinstance(value, int) else shown(value)
            click.echo(f"{key.replace('_', ' '):<20} {text}")
    if warning := care.version_warning():
        say(f"warning: {warning}")


def _folder(config: Config) -> Path:
    return config.database.parent / "backups"
