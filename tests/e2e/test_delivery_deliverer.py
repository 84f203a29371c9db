"""The deliverer on a real database with real servers: once, in time, whatever the others do."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.notify import Tools, taken
from tests.builders import NOON, a_mail_channel, a_message, an_event_message
from tests.servers import Answer, SmtpSink, WebhookReceiver, free_port
from wirewatch.clock import ManualClock
from wirewatch.http import make_client
from wirewatch.model import (
    DeliveryMode,
    EmailChannel,
    FetchSettings,
    FileChannel,
    MessageKind,
    OutboxState,
    WebhookChannel,
)
from wirewatch.pipeline.deliver import Deliverer
from wirewatch.pipeline.settle import Hooks
from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def ops(url, **changes):
    return WebhookChannel(**({"name": "ops", "url": url, "timeout": 5 * SECOND} | changes))


class Service:
    """A deliverer with its writer, client and clock."""

    def __init__(self, path, channels, *, clock=None, client=None, boot="b1", **changes):
        self.store = Store.open(path)
        self.writer = Writer(self.store)
        self.clock = clock or ManualClock(NOON)
        self.deliverer = Deliverer(
            self.writer,
            channels,
            clock=self.clock,
            boot_id=boot,
            **({"tools": Tools(client=client)} | changes),
        )

    async def owe(self, *messages):
        def add(store):
            with store.transaction():
                return store.outbox.add(messages)

        return await self.writer.run(add)

    async def run(self, *, after=timedelta()):
        self.clock.move_to(self.clock.now() + after)
        return await self.deliverer.run_due(self.clock.now())

    async def rows(self):
        return await self.writer.run(lambda store: store.outbox.list()[::-1])

    async def states(self):
        return [row.state.value for row in await self.rows()]

    async def notices(self):
        far = self.clock.now() + 1000 * HOUR
        return [n.key for n in await self.writer.run(lambda s: s.notices.since(None, far))]


@asynccontextmanager
async def service(tmp_path, *channels, **changes):
    async with make_client(FetchSettings(), contact="", allow_private=("*",)) as client:
        made = Service(tmp_path / "w.db", channels, client=client, **changes)
        try:
            yield made
        finally:
            await made.deliverer.close(5 * SECOND)
            made.writer.close()


def test_what_is_owed_arrives_once_over_every_channel(tmp_path):
    async def run():
        with SmtpSink() as sink, WebhookReceiver() as hook:
            folder = FileChannel("out", folder=tmp_path / "out")
            async with service(tmp_path, a_mail_channel(sink.port), ops(hook.url), folder) as s:
                await s.owe(a_message("1"), an_event_message("2"), a_message("3", channel="out"))
                assert len(await s.run()) == 3
                assert await s.run(after=HOUR) == []
                assert await s.states() == ["sent"] * 3
        assert (len(sink.received), len(hook.taken)) == (1, 1)

    asyncio.run(run())


def test_one_bad_recipient_of_ten_costs_the_others_nothing(tmp_path):
    async def run():
        with SmtpSink([*["ok"] * 3, ("rcpt", "550 unknown")]) as sink:
            async with service(tmp_path, a_mail_channel(sink.port)) as s:
                to = [f"{n}@example.org" for n in range(10)]
                await s.owe(*(a_message(each, recipient=each) for each in to))
                await s.run()
                rows = await s.rows()
                assert [row.state.value for row in rows].count("sent") == 9
                (dead,) = (row for row in rows if row.state is OutboxState.DEAD)
                assert (dead.code, "550 unknown" in dead.detail) == (550, True)
                assert await s.notices() == ["outbox:dead:desk"]
        assert len({mail.recipients for mail in sink.received}) == 9

    asyncio.run(run())


def test_a_cut_after_the_final_dot_is_sent_again_under_the_same_identity(tmp_path):
    async def run():
        with SmtpSink(["cut"]) as sink, WebhookReceiver([Answer(cut=True)]) as hook:
            async with service(tmp_path, a_mail_channel(sink.port), ops(hook.url)) as s:
                await s.owe(a_message("1"), an_event_message("2"))
                await s.run()
                assert await s.states() == ["pending", "pending"]
                await s.run(after=7 * SECOND)
                assert await s.states() == ["sent", "sent"]
        assert len({mail.message_id for mail in sink.received}) == 1
        assert [mail["X-Redelivery"] for mail in sink.mails] == [None, "2"]
        assert len({each.headers["webhook-id"] for each in hook.taken}) == 1
        stamps = [int(each.headers["webhook-timestamp"]) for each in hook.taken]
        assert stamps[1] - stamps[0] == 7

    asyncio.run(run())


def test_after_a_crash_what_was_claimed_goes_out_again_marked(tmp_path):
    async def run():
        with SmtpSink() as sink:
            channel = a_mail_channel(sink.port)
            async with service(tmp_path, channel, boot="b1") as s:
                await s.owe(a_message())
                await s.writer.run(_claim)
            async with service(tmp_path, channel, boot="b2") as s:
                again, unknown = await s.deliverer.recover()
                assert (len(again), unknown) == (1, [])
                await s.run()
                assert await s.states() == ["sent"]
        assert [mail["X-Redelivery"] for mail in sink.mails] == ["2"]

    asyncio.run(run())


def test_at_most_once_is_left_unknown_and_told(tmp_path):
    async def run():
        with SmtpSink(["cut"]) as sink:
            channel = a_mail_channel(sink.port, delivery=DeliveryMode.AT_MOST_ONCE)
            async with service(tmp_path, channel, boot="b1") as s:
                await s.owe(a_message("1"), a_message("2"))
                await s.writer.run(_claim)
            async with service(tmp_path, channel, boot="b2") as s:
                await s.deliverer.recover()
                await s.run()
                await s.run(after=HOUR)
                assert await s.states() == ["unknown", "unknown"]
                assert await s.notices() == ["outbox:unknown:desk"] * 2
        assert len(sink.received) == 1

    asyncio.run(run())


def _claim(store):
    with store.transaction():
        return store.outbox.claim("desk", None, now=NOON, boot_id="b1")


def test_gone_switches_a_channel_off_until_its_address_changes(tmp_path):
    async def run():
        with WebhookReceiver(always=410) as gone, WebhookReceiver() as well:
            async with service(tmp_path, ops(gone.url)) as s:
                await s.owe(an_event_message("1"), an_event_message("2"))
                await s.run()
                await s.owe(an_event_message("3"))
                await s.run()
                assert await s.states() == ["dead"] * 3
                assert "channel:ops" in await s.notices()
                s.deliverer.reconfigure([ops(well.url)])
                await s.owe(an_event_message("4"))
                await s.run()
                assert await s.states() == ["dead"] * 3 + ["sent"]
        assert len(gone.posted) == 1

    asyncio.run(run())


def test_a_dead_destination_rests_and_is_probed_without_using_up_tries(tmp_path):
    async def run():
        with WebhookReceiver(always=500) as hook:
            async with service(tmp_path, ops(hook.url)) as s:
                await s.owe(*(an_event_message(str(n)) for n in range(20)))
                await s.run()
                assert len(hook.posted) == 5
                await s.run(after=30 * SECOND)
                assert len(hook.posted) == 5
                await s.run(after=45 * SECOND)
                assert len(hook.posted) == 6
                assert max(row.attempts for row in await s.rows()) <= 2
                hook.always = 204
                await s.run(after=300 * SECOND)
                await s.run(after=HOUR)
                assert await s.states() == ["sent"] * 20

    asyncio.run(run())


def test_a_dead_destination_holds_up_nobody_else(tmp_path):
    async def run():
        with WebhookReceiver(always=Answer(hang=True)) as dead, WebhookReceiver() as well:
            channels = (ops(dead.url), ops(well.url, name="well"))
            async with service(tmp_path, *channels) as s:
                await s.owe(*(an_event_message(f"dead {n}") for n in range(1000)))
                stuck = asyncio.create_task(s.run())
                assert await asyncio.to_thread(dead.wait_for_post, 1)
                await s.owe(an_event_message("well", channel="well", recipient="well"))
                (sent,) = await s.deliverer.run_due(s.clock.now())
                assert sent.ok
                assert not stuck.done()
                dead.let_go.set()
                await stuck

    asyncio.run(run())


def test_an_alert_nobody_took_moves_to_the_digest_where_there_is_one(tmp_path):
    taken_over = []

    def on_expired(store, message, now):
        taken_over.append(message.dedup_key)
        return message.dedup_key == "with digest"

    async def run():
        hooks = Hooks(on_expired=on_expired)
        async with service(tmp_path, a_mail_channel(free_port()), hooks=hooks) as s:
            late = {"expires_at": NOON + 6 * HOUR}
            await s.owe(a_message("with digest", **late), a_message("without", **late))
            await s.run()
            await s.run(after=6 * HOUR)
            assert await s.states() == ["dropped", "pending"]
            await s.run(after=HOUR)
            assert taken_over == ["with digest", "without"]

    asyncio.run(run())


@pytest.mark.parametrize("kind", [MessageKind.ALERT, MessageKind.DIGEST, MessageKind.SYSTEM])
def test_what_a_channel_cannot_deliver_goes_to_its_fallback(tmp_path, kind):
    async def run():
        with SmtpSink(always=("rcpt", "550 no")) as sink, WebhookReceiver() as hook:
            async with service(
                tmp_path, a_mail_channel(sink.port, fallback="ops"), ops(hook.url)
            ) as s:
                both = ("a@example.org", "b@example.org")
                await s.owe(
                    *(a_message(f"alert:1:desk:{to}", recipient=to, kind=kind) for to in both)
                )
                await s.run()
                await s.run()
                assert await s.states() == ["dead", "dead", "sent"]
        (posted,) = hook.taken
        event = json.loads(posted.body)
        assert event["id"] == posted.headers["webhook-id"]
        assert event["data"]["title"] == "A subject"
        assert "550 no" in event["data"]["text"]

    asyncio.run(run())


def test_two_channels_that_fall_back_on_each_other_stop(tmp_path):
    async def run():
        with SmtpSink(always="554 no") as sink, WebhookReceiver(always=410) as hook:
            channels = (a_mail_channel(sink.port, fallback="ops"), ops(hook.url, fallback="desk"))
            async with service(tmp_path, *channels) as s:
                await s.owe(a_message("alert:1"))
                for _ in range(5):
                    await s.run()
                assert await s.states() == ["dead"] * 2

    asyncio.run(run())


def test_mail_for_a_channel_that_is_no_more_is_kept_then_told(tmp_path):
    async def run():
        async with service(tmp_path) as s:
            await s.owe(a_message())
            await s.run()
            assert await s.states() == ["pending"]
            await s.run(after=76 * HOUR)
            assert await s.states() == ["dead"]

    asyncio.run(run())


def test_an_end_does_not_wait_for_a_server_that_hangs(tmp_path):
    """What was under way then is in doubt, and goes out again under its identity."""

    async def run():
        with SmtpSink(["hang"]) as sink:
            async with service(tmp_path, a_mail_channel(sink.port, timeout=60 * SECOND)) as s:
                await s.owe(a_message())
                sending = asyncio.create_task(s.run())
                assert await asyncio.to_thread(sink.wait_for, 1)
                async with asyncio.timeout(5):
                    await s.deliverer.close(0.2 * SECOND)
                    await asyncio.wait([sending])
            async with service(tmp_path, a_mail_channel(sink.port), boot="b2") as s:
                again, _ = await s.deliverer.recover()
                assert len(again) == 1
                await s.run()
                assert await s.states() == ["sent"]
        assert len({mail.message_id for mail in sink.received}) == 1

    asyncio.run(run())


def test_waking_sends_without_being_waited_for(tmp_path):
    async def run():
        with SmtpSink() as sink:
            async with service(tmp_path, a_mail_channel(sink.port)) as s:
                await s.owe(a_message())
                s.deliverer.wake()
                assert await asyncio.to_thread(sink.wait_for, 1)

    asyncio.run(run())


def test_a_channel_configured_anew_is_used_from_the_next_message_on(tmp_path):
    async def run():
        with SmtpSink() as old, SmtpSink() as new:
            async with service(tmp_path, a_mail_channel(old.port)) as s:
                await s.owe(a_message("1"))
                await s.run()
                s.deliverer.reconfigure([a_mail_channel(new.port)])
                await s.owe(a_message("2"))
                await s.run()
                assert s.deliverer._retired == []
        assert (len(old.received), len(new.received)) == (1, 1)

    asyncio.run(run())


def test_what_nothing_here_can_send_is_not_claimed_and_is_said(tmp_path):
    async def run():
        with SmtpSink() as sink:
            async with service(tmp_path, a_mail_channel(sink.port), makers={}) as s:
                await s.owe(a_message())
                await s.run()
                assert "nothing installed" in s.deliverer.trouble
                s.deliverer._makers = None
                await s.run()
                assert await s.states() == ["sent"]

    asyncio.run(run())


def test_a_mistake_of_ours_with_one_message_costs_the_others_nothing(tmp_path):
    class Brittle:
        """A notifier with a bug that one message meets."""

        def __init__(self):
            self.sent = []

        async def send(self, owed, *, now):
            if owed.message.dedup_key == "1":
                raise ZeroDivisionError
            self.sent.append(owed.message.dedup_key)
            return taken(owed, now=now, code=250)

        async def rest(self):
            pass

        async def close(self):
            pass

    async def run():
        brittle = Brittle()
        makers = {EmailChannel: lambda channel, tools: brittle}
        async with service(tmp_path, a_mail_channel(1), makers=makers) as s:
            await s.owe(*(a_message(str(n)) for n in range(4)))
            await s.run()
            assert brittle.sent == ["0", "2", "3"]
            assert await s.states() == ["sent", "pending", "sent", "sent"]

    asyncio.run(run())


def test_a_rate_is_kept(tmp_path):
    async def run():
        with WebhookReceiver() as hook:
            async with service(tmp_path, ops(hook.url, rate=30)) as s:
                await s.owe(*(an_event_message(str(n)) for n in range(4)))
                for expected in (1, 1, 2, 2, 3):
                    await s.run()
                    assert len(hook.taken) == expected
                    s.clock.move_to(s.clock.now() + SECOND)

    asyncio.run(run())


def test_a_clock_set_back_two_hours_delays_nothing_for_two_hours(tmp_path):
    async def run():
        with SmtpSink(["451 later"]) as sink:
            async with service(tmp_path, a_mail_channel(sink.port)) as s:
                await s.owe(a_message())
                await s.run()
                await s.run(after=-2 * HOUR)
                await s.run(after=7 * SECOND)
                assert await s.states() == ["sent"]

    asyncio.run(run())


def test_a_full_disk_after_sending_repeats_nothing_when_there_is_room_again(tmp_path):
    async def run():
        with SmtpSink() as sink:
            async with service(tmp_path, a_mail_channel(sink.port)) as s:
                await s.owe(*(a_message(str(n)) for n in range(3)))
                full = Filling(s.writer, s.store)
                s.deliverer._makers = {
                    EmailChannel: lambda channel, tools: full.after_first(channel)
                }
                await s.run()
                assert "full" in s.deliverer.trouble
                await s.run(after=SECOND)
                assert full.sent == ["0"]  # nothing more goes out that can't be written down
                full.empty()
                await s.run(after=SECOND)
                assert full.sent == ["0", "1", "2"]
                assert await s.states() == ["sent"] * 3
                assert s.deliverer.trouble == ""

    asyncio.run(run())


class Filling:
    """A notifier that takes everything, and fills the disk with the first."""

    def __init__(self, writer, store):
        self.writer, self.store, self.sent = writer, store, []

    def after_first(self, channel):
        return self

    async def send(self, owed, *, now):
        if not self.sent:
            await self.writer.run(self._fill)
        self.sent.append(owed.message.dedup_key)
        # An answer so long that writing it down needs pages of its own.
        return replace(taken(owed, now=now, code=250), detail="x" * 20_000)

    def _fill(self, store):
        (count,) = store.conn.execute("PRAGMA page_count").fetchone()
        store.conn.execute(f"PRAGMA max_page_count = {count}")

    def empty(self):
        self.store.conn.execute("PRAGMA max_page_count = 1000000")

    async def rest(self):
        pass

    async def close(self):
        pass
