"""Whatever happens: every match is told or held back with a reason, and in exactly one digest of each name."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.test_tell import Newsroom, about
from wirewatch.model import AlertSettings, Digest, HeldBack, Mute, Severity

ACTIONS = st.one_of(
    st.tuples(
        st.just("read"),
        st.integers(0, 5),
        st.sampled_from([Severity.LOW, Severity.HIGH, Severity.CRITICAL]),
    ),
    st.tuples(st.just("backlog"), st.integers(0, 5), st.just(Severity.HIGH)),
    st.tuples(st.just("pass"), st.sampled_from([1, 30, 600, 1500]), st.none()),
    st.tuples(st.just("back"), st.sampled_from([30, 180]), st.none()),
    st.tuples(st.just("mute"), st.integers(1, 600), st.none()),
    st.tuples(st.just("ack"), st.integers(1, 4), st.none()),
)


@given(st.lists(ACTIONS, min_size=1, max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_lost_and_nothing_is_without_a_reason(actions):
    room = Newsroom(
        alerts=AlertSettings(storm_count=3, max_per_day=8),
        digests=(Digest("daily", ("desk",)), Digest("worst", ("desk",), severity=Severity.HIGH)),
    )
    severities = []
    for name, number, severity in actions:
        if name in {"read", "backlog"}:
            room.read(
                **about(number),
                severity=severity,
                hold=HeldBack.BASELINE if name == "backlog" else None,
            )
            severities.append(severity)
        elif name in {"pass", "back"}:
            room.pass_time(timedelta(minutes=number if name == "pass" else -number))
        else:
            with room.store.transaction():
                if name == "mute":
                    room.store.silences.mute(
                        Mute(
                            0,
                            "rule",
                            "strike",
                            room.now,
                            room.now + timedelta(minutes=number),
                            "",
                            "",
                        )
                    )
                else:
                    room.store.silences.ack(number, author="", because="", now=room.now)
    for _ in range(4):
        room.pass_time(timedelta(days=1))
    owed = room.store.conn.execute("SELECT digest, match_id, digest_id FROM owed").fetchall()
    assert all(row["digest_id"] for row in owed)
    assert sum(row["digest"] == "daily" for row in owed) == len(severities)
    assert sum(row["digest"] == "worst" for row in owed) == sum(
        s >= Severity.HIGH for s in severities
    )
    verdicts = room.store.conn.execute("SELECT * FROM verdict").fetchall()
    assert len(verdicts) == len(severities)
    assert all(row["told_at"] or row["held"] for row in verdicts)
    assert room.store.alerts.next_due() is None
    assert not room.store.alerts.composed()
    assert not room.store.alerts.braked()
    sent = room.store.conn.execute(
        "SELECT count(*) AS n FROM outbox WHERE kind = 'digest'"
    ).fetchone()["n"]
    closed = room.store.conn.execute(
        "SELECT count(*) AS n FROM digest WHERE state = 'rendered'"
    ).fetchone()["n"]
    assert sent >= closed
