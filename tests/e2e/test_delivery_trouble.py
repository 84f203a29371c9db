"""Destinations that are dead, gone or slow, and what becomes of what was owed to them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from alerts.notify import taken
from tests.builders import NOON, a_mail_channel, a_message, an_event_message
from tests.delivering import HOUR, SECOND, ops, service
from tests.servers import Answer, SmtpSink, WebhookReceiver, free_port
from wirewatch.model import (
    EmailChannel,
    MessageKind,
)
from wirewatch.pipeline.settle import Hooks


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
