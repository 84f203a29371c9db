"""`status` on one screen: short, and 1 when something needs a person."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON
from wirewatch.cli import status_of
from wirewatch.cli.health import ailment
from wirewatch.cli.status import screen, troubles
from wirewatch.clock import to_ms
from wirewatch.config.load import Legible
from wirewatch.model import Config, Health, RuleBook
from wirewatch.model.overview import DigestOutlook, Overview
from wirewatch.store import Store
from wirewatch.store.lock import only_instance

WELL = Overview(
    at=NOON,
    feeds=((Health.HEALTHY, 41), (Health.PAUSED, 2)),
    late_count=0,
    lag_max=timedelta(),
    lag_p95=timedelta(),
    polls_day=(("new", 90), ("timeout", 10)),
    articles_day=1204,
    matches_day=37,
    owed_count=0,
    owed_since=None,
    dead_count=0,
    digests=(DigestOutlook("morning", NOON - timedelta(hours=5), NOON + timedelta(hours=19), 12),),
    reload="ok",
    database_bytes=12_300_000,
    free_bytes=80_000_000_000,
)


def test_health_is_a_lock_that_is_held_and_a_commit_of_late(tmp_path):
    database = tmp_path / "w.db"
    assert "nothing runs" in ailment(database, now=NOON)
    with closing(Store.open(database)) as store, only_instance(database):
        assert ailment(database, now=NOON) == "nothing has been committed yet"
        with store.transaction():
            store.notices.put("beat", str(to_ms(NOON)))
        assert ailment(database, now=NOON + timedelta(seconds=20)) == ""
        assert ailment(database, now=NOON + timedelta(minutes=3)) == "nothing was committed for 3m"
        assert status_of(["health", "--database", str(database)]) == 1  # NOON is long ago
    assert "nothing runs" in ailment(database, now=NOON)


def test_all_well_is_no_trouble():
    assert list(troubles(WELL, pid=1)) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"feeds": ((Health.BLOCKED, 1),)}, "1 feed not well"),
        ({"overload": "9 feeds ask for more: raise fetch.concurrency"}, "raise fetch.concurrency"),
        (
            {"late_count": 30, "lag_max": timedelta(minutes=9)},
            "30 of 43 feeds are late by up to 9m",
        ),
        ({"dead_count": 2}, "2 messages could not be delivered"),
        ({"owed_count": 1, "owed_since": NOON - timedelta(hours=2)}, "waiting for 2h"),
        ({"reload": "refused"}, "wirewatch check"),
        ({"free_bytes": 10_000}, "the disk is nearly full"),
    ],
)
def test_each_trouble_is_told_with_what_to_do(changes, told):
    (trouble,) = troubles(replace(WELL, **changes), pid=1)
    assert told in trouble


def test_it_fits_one_screen(tmp_path):
    config = Config(tmp_path / "config.yaml", "abc", "", tmp_path / "w.db", RuleBook(()))
    lines = list(screen(WELL, Legible(config), pid=77))
    assert len(lines) <= 24
    text = "\n".join(lines)
    assert "running, process 77" in text
    assert "41 healthy, 2 paused; none late" in text
    assert "100 in 24 h, 10 failed (10.0 %)" in text
    assert "holds 12" in text
    assert "12.3 MB" in text


def test_a_service_that_does_not_run_ends_with_1(tmp_path, capsys):
    path = tmp_path / "config.yaml"
    path.write_text("version: 1\nfeeds: []\nrules: [{id: a, match: airstrike}]\n")
    assert status_of(["status", "--config", str(path)]) == 1
    assert "nothing has run here yet" in capsys.readouterr().out
    Store.open(tmp_path / "wirewatch.db").close()
    assert status_of(["status", "--config", str(path), "--json"]) == 1
    shown = json.loads(capsys.readouterr().out)
    assert shown["pid"] is None
    assert "it is not running" in shown["problems"][0]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_get_their_completion(shell, capsys):
    assert status_of(["completion", shell]) == 0
    assert "_WIREWATCH_COMPLETE" in capsys.readouterr().out
