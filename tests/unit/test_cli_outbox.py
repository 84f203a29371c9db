"""`wirewatch outbox`: seen, retried, dropped, beside a running service or not."""

from __future__ import annotations

import json

import pytest

from tests.builders import NOON, a_message
from wirewatch.cli import status_of
from wirewatch.model import Delivery, OutboxState
from wirewatch.store import Store
from wirewatch.store.destinations import Destination


@pytest.fixture
def room(tmp_path):
    """A configuration and a database with one dead message (id 1) and one pending (id 2)."""
    path = tmp_path / "config.yaml"
    path.write_text(
        "version: 1\nfeeds: [{name: A, url: https://a.example}]\nrules: [{id: a, match: airstrike}]\n"
    )
    store = Store.open(tmp_path / "wirewatch.db")
    with store.transaction():
        store.outbox.add([a_message("alert:1"), a_message("alert:2")])
        owed = store.outbox.claim("desk", None, now=NOON, boot_id="b")
        dead = Delivery(owed, False, NOON, NOON, code=550, detail="550 unknown", permanent=True)
        store.outbox.settle(dead, OutboxState.DEAD, None)
        store.destinations.put(Destination("desk", "", 9, NOON, NOON, "", ""))
    yield lambda *args: status_of(["outbox", *args, "--config", str(path)]), store
    store.close()


def test_the_list_shows_what_did_not_arrive(room, capsys):
    run, _ = room
    assert run("list", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["id"], row["state"], row["code"]) for row in rows] == [
        (2, "pending", None),
        (1, "dead", 550),
    ]
    assert run("list", "--state", "sent") == 0
    assert "there are none" in capsys.readouterr().err


def test_a_message_shows_every_try_and_its_bytes(room, capsys):
    run, _ = room
    assert run("show", "1", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert [(each["n"], each["outcome"]) for each in shown["tries"]] == [(1, "failed")]
    assert run("show", "1") == 0
    assert "550 unknown" in capsys.readouterr().out
    assert run("show", "1", "--payload") == 0
    assert capsys.readouterr().out.startswith("Message-ID:")
    assert run("show", "99") == 2


def test_retry_owes_it_again_and_gives_its_destination_another_chance(room):
    run, store = room
    assert run("retry", "1") == 0
    row = store.outbox.get(1)
    assert (row.state, row.attempts) == (OutboxState.PENDING, 0)
    assert store.destinations.all() == []


def test_all_means_what_was_given_up(room):
    run, store = room
    assert run("drop", "--all") == 0
    assert [row.state.value for row in store.outbox.list()] == ["pending", "dropped"]
    assert run("retry", "--all") == 0
    assert run("retry", "1") == 0


@pytest.mark.parametrize("args", [["retry"], ["retry", "1", "--all"], ["drop", "1", "99"]])
def test_a_mistake_changes_nothing(room, args):
    run, store = room
    assert run(*args) == 2
    assert [row.state.value for row in store.outbox.list()] == ["pending", "dead"]
