"""The outbox: once per key, one claim at a time, nothing forgotten."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON, a_message
from wirewatch.model import Delivery, OutboxState
from wirewatch.store import Store

MINUTE = timedelta(minutes=1)


@pytest.fixture
def store():
    opened = Store.scratch()
    yield opened
    opened.close()


def claim(store, channel="desk", recipient=None, now=NOON, boot="b1"):
    return store.outbox.claim(channel, recipient, now=now, boot_id=boot)


def test_a_key_is_owed_once(store):
    assert store.outbox.add([a_message(), a_message()]) == 1
    assert store.outbox.add([a_message(subject="Other words")]) == 0
    assert [row.message.subject for row in store.outbox.list()] == ["A subject"]


def test_two_messages_of_one_identity_are_a_mistake_not_a_loss(store):
    first = a_message("alert:1")
    with pytest.raises(sqlite3.IntegrityError):
        store.outbox.add([first, replace(first, dedup_key="alert:2")])


def test_a_message_is_claimed_by_one_only_and_comes_back_as_it_was(store):
    message = a_message(expires_at=NOON + MINUTE, alert_id=7)
    store.outbox.add([message])
    owed = claim(store)
    assert (owed.message, owed.attempt, owed.redelivery) == (message, 1, False)
    assert claim(store) is None


def test_the_longest_due_goes_first(store):
    store.outbox.add(
        [a_message("late", created_at=NOON), a_message("early", created_at=NOON - MINUTE)]
    )
    assert [claim(store).message.dedup_key for _ in range(2)] == ["early", "late"]


def test_a_message_is_not_due_before_its_time(store):
    store.outbox.add([a_message(created_at=NOON + MINUTE)])
    assert store.outbox.due(NOON) == []
    assert claim(store) is None
    assert store.outbox.next_due() == NOON + MINUTE


def test_each_try_is_on_record(store):
    store.outbox.add([a_message()])
    owed = claim(store)
    failed = Delivery(owed, False, NOON, NOON + MINUTE, code=451, detail="later")
    store.outbox.settle(failed, OutboxState.PENDING, NOON + 5 * MINUTE)
    store.outbox.settle(failed, OutboxState.PENDING, NOON + 5 * MINUTE)  # written down once
    owed = claim(store, now=NOON + 5 * MINUTE)
    sent = Delivery(owed, True, NOON + 5 * MINUTE, NOON + 6 * MINUTE, code=250)
    store.outbox.settle(sent, OutboxState.SENT, None)
    tries = store.outbox.attempts(owed.id)
    assert [(t.n, t.outcome, t.code) for t in tries] == [(1, "failed", 451), (2, "sent", 250)]
    assert store.outbox.get(owed.id).settled_at == NOON + 6 * MINUTE


def test_what_a_crash_left_in_doubt_is_owed_again_under_the_same_identity(store):
    store.outbox.add([a_message()])
    before = claim(store, boot="b1")
    again, unknown = store.outbox.recover(boot_id="b2", now=NOON, at_most_once=[])
    after = claim(store, boot="b2")
    assert (len(again), unknown) == (1, [])
    assert after.message == before.message
    assert (after.attempt, after.redelivery) == (2, True)
    assert store.outbox.attempts(after.id)[0].ended_at is None


def test_at_most_once_leaves_it_unknown_until_somebody_asks(store):
    store.outbox.add([a_message()])
    owed = claim(store, boot="b1")
    again, unknown = store.outbox.recover(boot_id="b2", now=NOON, at_most_once=["desk"])
    assert (again, [each.id for each in unknown]) == ([], [owed.id])
    assert claim(store) is None
    assert store.outbox.retry(owed.id, NOON)
    assert claim(store).redelivery


def test_a_process_leaves_its_own_claims_alone(store):
    store.outbox.add([a_message()])
    claim(store, boot="b1")
    assert store.outbox.recover(boot_id="b1", now=NOON, at_most_once=[]) == ([], [])


def test_dropped_is_not_sent_and_can_be_asked_for_again(store):
    store.outbox.add([a_message()])
    assert store.outbox.drop(1, NOON)
    assert not store.outbox.drop(1, NOON)
    assert claim(store) is None
    assert store.outbox.retry(1, NOON)
    assert claim(store).attempt == 1


def test_what_is_under_way_can_be_neither_dropped_nor_retried(store):
    store.outbox.add([a_message()])
    claim(store)
    assert not store.outbox.drop(1, NOON)
    assert not store.outbox.retry(1, NOON)


def test_a_rest_of_the_destination_uses_up_no_tries(store):
    store.outbox.add(a_message(str(n)) for n in range(3))
    store.outbox.defer("desk", None, NOON + MINUTE)
    assert store.outbox.due(NOON) == []
    assert claim(store, now=NOON + MINUTE).attempt == 1


def test_a_clock_set_back_does_not_hold_mail_up(store):
    store.outbox.add([a_message(created_at=NOON + timedelta(hours=2, seconds=5))])
    store.outbox.rewind(timedelta(hours=2), NOON)
    assert store.outbox.next_due() == NOON + timedelta(seconds=5)


def test_the_list_counts_and_filters(store):
    store.outbox.add([a_message("1"), a_message("2", channel="ops")])
    claim(store, "ops")
    assert store.outbox.counts() == {
        "desk": {OutboxState.PENDING: 1},
        "ops": {OutboxState.SENDING: 1},
    }
    assert [row.id for row in store.outbox.list(states=[OutboxState.SENDING])] == [2]
    assert [row.id for row in store.outbox.list(channel="desk")] == [1]
