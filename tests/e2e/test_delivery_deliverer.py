"""The deliverer on a real database with real servers: once, in time, under one identity."""

from __future__ import annotations

import asyncio

from alerts.notify import taken
from tests.builders import NOON, a_mail_channel, a_message, an_event_message
from tests.delivering import HOUR, SECOND, ops, service
from tests.servers import Answer, SmtpSink, WebhookReceiver
from wirewatch.model import (
    DeliveryMode,
    EmailChannel,
    FileChannel,
    OutboxState,
)


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


def test_a_connection_is_kept_for_the_next_alert_and_let_go_when_none_comes(tmp_path):
    async def run():
        with SmtpSink() as sink:
            async with service(tmp_path, a_mail_channel(sink.port)) as s:
                for n in range(3):
                    await s.owe(a_message(str(n)))
                    await s.run(after=20 * SECOND)
                assert (len(sink.received), sink.connections, sink.open_count) == (3, 1, 1)
                await s.run(after=40 * SECOND)
                await asyncio.gather(*s.deliverer._resting)
                assert await asyncio.to_thread(sink.wait_until_left)
                await s.owe(a_message("later"))
                await s.run()
                assert (len(sink.received), sink.connections) == (4, 2)

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
