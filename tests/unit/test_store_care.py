"""The database cared for: backups that open, restoring that can be undone, damage that is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import NOON, a_message, an_article
from wirewatch.cli import status_of
from wirewatch.errors import StoreError
from wirewatch.model import Config, Retention, RuleBook
from wirewatch.pipeline import upkeep
from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store, care
from wirewatch.store.lock import only_instance

DAY = timedelta(days=1)
MINIMAL = (
    "version: 1\nfeeds: [{name: A, url: https://a.example}]\nrules: [{id: a, match: airstrike}]\n"
)


@pytest.fixture
def database(tmp_path):
    """A database with one article, open for writing."""
    with contextlib.closing(Store.open(tmp_path / "wirewatch.db")) as store:
        with store.transaction():
            store.articles.add(an_article())
        yield store


def titles(path):
    with contextlib.closing(Store.read(path)) as store:
        return [article.title for article in store.articles.latest(limit=10_000)]


def damage(path):
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 4)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can")
def test_what_root_makes_beside_a_service_belongs_to_the_services_account(tmp_path):
    """`sudo wirewatch db restore` left a database that the service could not open."""
    folder = tmp_path / "state"
    folder.mkdir()
    os.chown(folder, 4711, 4712)
    with only_instance(folder / "w.db"), contextlib.closing(Store.open(folder / "w.db")) as store:
        with store.transaction():
            store.articles.add(an_article())
        made = care.backup(store.path, folder / "backups", now=NOON, keep=3)
    care.restore(made, folder / "w.db", now=NOON)
    owners = {path: path.stat() for path in folder.rglob("*")}
    assert len(owners) >= 5
    assert {(each.st_uid, each.st_gid) for each in owners.values()} == {(4711, 4712)}


def test_a_backup_made_while_others_write_opens_and_is_sound(database, tmp_path):
    stop = threading.Event()

    def write():
        with contextlib.closing(Store.open(database.path)) as store:
            n = 0
            while not stop.is_set():
                with store.transaction():
                    store.articles.add(an_article(f"Headline {n}"))
                n += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        made = care.backup(database.path, tmp_path / "backups", now=NOON, keep=3)
    finally:
        stop.set()
        thread.join()
    assert care.check_file(made, full=True) == ()
    assert "A headline" in titles(made)
    assert made.stat().st_mode & 0o077 == 0
    assert [each.name for each in made.parent.iterdir()] == [made.name]


def test_the_rotation_keeps_the_newest_and_nothing_of_others(database, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    made = [care.backup(database.path, folder, now=NOON + n * DAY, keep=2) for n in range(4)]
    assert care.backups(database.path, folder) == made[:1:-1]
    assert (folder / "notes.txt").exists()


def test_a_damaged_database_is_not_backed_up_over_good_copies(database, tmp_path):
    folder = tmp_path / "backups"
    good = care.backup(database.path, folder, now=NOON, keep=1)
    care.tidy(database)
    damage(database.path)
    with pytest.raises(StoreError):
        care.backup(database.path, folder, now=NOON + DAY, keep=1)
    assert care.backups(database.path, folder) == [good]
    assert [each.name for each in folder.iterdir()] == [good.name]


def test_restoring_brings_the_backup_back_and_moves_the_present_aside(database, tmp_path):
    made = care.backup(database.path, tmp_path / "backups", now=NOON, keep=3)
    with database.transaction():
        database.articles.add(an_article("Later"))
    database.close()
    aside = care.restore(made, database.path, now=NOON)
    assert titles(database.path) == ["A headline"]
    assert "Later" in titles(aside)
    with contextlib.closing(Store.open(database.path)) as store:
        assert care.check(store, full=True) == ()


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 500])
def test_what_is_no_backup_replaces_nothing(database, tmp_path, content):
    wrong = tmp_path / "wrong.db"
    wrong.write_bytes(content)
    database.close()
    with pytest.raises(StoreError, match="no sound backup"):
        care.restore(wrong, database.path, now=NOON)
    assert titles(database.path) == ["A headline"]


def test_a_corrupt_header_is_a_sentence_with_a_way_out(database):
    path = database.path
    database.close()
    with path.open("r+b") as file:
        file.write(b"garbage garbage garbage")
    with pytest.raises(StoreError, match="wirewatch db restore"):
        Store.open(path)
    assert care.check_file(path)


def test_damage_is_found(database):
    path = database.path
    database.close()
    damage(path)
    assert care.check_file(path, full=True)


def test_a_crash_between_two_migrations_leaves_a_file_that_opens(tmp_path):
    path = tmp_path / "w.db"
    Store.open(path).close()
    conn = sqlite3.connect(path)
    conn.executescript(
        "DROP TABLE destination; DELETE FROM _sqlite_migrations WHERE migration_set = 'destinations';"
        "PRAGMA user_version = 0;"
    )
    conn.close()
    with contextlib.closing(Store.open(path)) as store:
        assert store.destinations.all() == []


@pytest.mark.parametrize(
    ("version", "known"),
    [((3, 6, 23), True), ((3, 40, 1), False), ((3, 51, 2), False), ((3, 51, 3), True)],
)
def test_a_sqlite_that_may_damage_files_is_named(version, known):
    assert (care.version_warning(version) == "") == known


def test_the_wal_is_emptied(database):
    for n in range(200):
        with database.transaction():
            database.articles.add(an_article(f"Headline {n}", body="x" * 5000))
    assert care.wal_bytes(database.path) > 1_000_000
    assert care.tidy(database) == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root can be nobody")
def test_who_may_only_read_can_read_while_nothing_runs(database):
    path, nobody = database.path, 65_534
    database.close()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)  # pytest's own folders are closed to others
        folder.chmod(0o755)
        shutil.copy(path, folder / "w.db")
        (folder / "w.db").chmod(0o644)
        code = (
            "import os; from pathlib import Path; from wirewatch.store import Store;"
            f"os.setuid({nobody}); store = Store.read(Path({str(folder / 'w.db')!r}));"
            "print(store.articles.latest(limit=1)[0].title)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
    assert done.stdout == "A headline\n", done.stderr


# --- the nightly round ---


def night(store, path, *, retention=None, now=NOON):
    told = []
    config = Config(
        path=path,
        hash="",
        contact="",
        database=path,
        rules=RuleBook(rules=()),
        retention=retention or Retention(),
    )

    async def run():
        writer = Writer(store)
        report = await upkeep.nightly(
            writer, config, now=now, tell=lambda _, notice: told.append(notice.key)
        )
        writer.close()
        return report

    return asyncio.run(run()), told


def test_a_night_checks_backs_up_and_forgets(database):
    with database.transaction():
        database.articles.add(
            an_article("Still listed", guid_key="g2", first_seen_at=NOON + 200 * DAY)
        )
    report, told = night(database, database.path, now=NOON + 201 * DAY)
    assert (report.problems, told) == ((), [])
    assert titles(report.backup) == ["Still listed", "A headline"]
    assert titles(database.path) == ["Still listed"]


def test_a_night_on_a_damaged_file_tells_and_keeps_the_good_backups(database):
    good = care.backup(database.path, database.path.parent / "backups", now=NOON - DAY, keep=1)
    care.tidy(database)
    damage(database.path)
    report, told = night(database, database.path, retention=Retention(backups=1))
    assert report.problems
    assert "database" in told
    assert care.backups(database.path, good.parent) == [good]


def test_a_backup_that_fails_is_told_and_the_rest_is_done(database):
    (database.path.parent / "backups").write_text("in the way")
    report, told = night(database, database.path)
    assert report.backup_error
    assert told == ["backup"]


# --- the command line ---


@pytest.fixture
def run(database, tmp_path):
    (tmp_path / "config.yaml").write_text(MINIMAL)
    return lambda *args: status_of(["db", *args, "--config", str(tmp_path / "config.yaml")])


def test_db_commands_do_what_they_say(run, database, tmp_path, capsys):
    assert run("check") == 0
    assert run("backup") == 0
    assert run("backup", str(tmp_path / "copy.db")) == 0
    assert titles(tmp_path / "copy.db") == ["A headline"]
    assert run("backup", str(tmp_path / "copy.db")) == 2
    capsys.readouterr()
    assert run("stats", "--json") == 0
    stats = json.loads(capsys.readouterr().out)
    assert (stats["article_count"], stats["backup_count"]) == (1, 1)
    database.close()
    assert run("prune") == 0
    assert run("restore") == 0
    assert titles(database.path) == ["A headline"]


def test_a_database_is_cared_for_whatever_else_is_wrong_with_the_configuration(
    run, database, tmp_path, capsys
):
    """A stopped service has no credentials, and a broken rule is no reason not to restore."""
    broken = MINIMAL.replace("match: airstrike", "mtach: airstrike") + (
        "channels: {desk: {type: webhook, url: https://h.example, secret: credential:gone}}\n"
    )
    (tmp_path / "config.yaml").write_text(broken)
    assert run("backup") == 0
    database.close()
    assert [run("restore"), run("check"), run("prune"), run("stats")] == [0, 0, 0, 0]
    (tmp_path / "config.yaml").write_text(broken + "retention: {articles: soon}\n")
    capsys.readouterr()
    assert run("prune") == 2
    said = capsys.readouterr().err
    assert "retention.articles" in said
    assert "1 mistake;" in said
    (tmp_path / "config.yaml").write_text("nothing of ours")
    assert run("restore") == 2


def test_restoring_under_a_running_service_is_refused_with_75(run, database, tmp_path):
    assert run("backup", str(tmp_path / "copy.db")) == 0
    with only_instance(database.path):
        assert run("restore", str(tmp_path / "copy.db")) == 75
        assert run("prune") == 75


def test_damage_ends_with_status_1(run, database):
    database.close()
    damage(database.path)
    assert run("check") == 1


def test_a_message_that_is_settled_long_ago_keeps_its_record_but_not_its_bytes(database):
    from wirewatch.model import Delivery, OutboxState
    from wirewatch.store.prune import plan, prune

    with database.transaction():
        database.outbox.add([a_message("1"), a_message("2")])
        owed = database.outbox.claim("desk", None, now=NOON, boot_id="b")
        database.outbox.settle(Delivery(owed, True, NOON, NOON), OutboxState.SENT, None)
        prune(database, plan(database, Retention(), now=NOON + 40 * DAY))
    assert [row.message.payload == b"" for row in database.outbox.list()] == [False, True]
    assert database.outbox.add([a_message("1")]) == 0
    with database.transaction():
        database.outbox.drop(2, NOON)
        prune(database, plan(database, Retention(), now=NOON + 40 * DAY))
        assert not database.outbox.retry(2, NOON), "nothing is left of it that could be sent"
