"""What one channel can't deliver, as another carries it."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.event import alert_event
from alerts.fallback import readdress
from tests.builders import NOON, a_message, an_alert, an_event_message
from wirewatch.model import EmailChannel, FileChannel, WebhookChannel

DESK = EmailChannel(name="backup", to=("b@example.org", "c@example.org"), sender="w@example.org")
OPS = WebhookChannel(name="hook2", url="https://hooks.example.org/x")
FOLDER = FileChannel(name="folder", folder=Path("out"))


def mail_of(message):
    return message_from_bytes(message.payload, policy=policy.default)


def test_a_mail_goes_to_each_new_recipient_under_an_identity_of_its_own():
    original = a_message("alert:1:desk:a@example.org")
    made = readdress(original, DESK, because="550 unknown", at=NOON)
    assert [each.recipient for each in made] == ["b@example.org", "c@example.org"]
    for each in made:
        mail = mail_of(each)
        assert mail["To"] == each.recipient
        assert each.uid in mail["Message-ID"]
        assert each.uid != original.uid
        assert mail["Subject"] == "A subject"
        assert mail.get_content().strip() == "A text."
        assert "550 unknown" in mail["X-Fallback"]
    assert len({each.uid for each in made}) == 2


def test_ten_dead_recipients_of_one_alert_are_one_message_for_the_fallback():
    keys = {
        each.dedup_key
        for n in range(10)
        for each in readdress(
            a_message(f"alert:1:desk:{n}@example.org", recipient=f"{n}@example.org"),
            OPS,
            because="x",
            at=NOON,
        )
    }
    assert len(keys) == 1


def test_an_event_reads_well_as_a_mail_and_as_a_file():
    payload = alert_event(an_alert(), uid="msg_1", at=NOON)
    for to in (DESK, FOLDER):
        made = readdress(an_event_message(payload=payload), to, because="410 Gone", at=NOON)[0]
        text = mail_of(made).get_content()
        assert "410 Gone" in text
        assert "headline: Drone attack on a base near Erbil" in text
        assert made.content_type == "message/rfc822"


def test_an_event_goes_to_another_webhook_as_it_is_but_for_its_id():
    payload = alert_event(an_alert(), uid="msg_1", at=NOON)
    (made,) = readdress(an_event_message(payload=payload), OPS, because="x", at=NOON)
    before, after = json.loads(payload), json.loads(made.payload)
    assert after == before | {"id": made.uid}


def test_a_chain_of_fallbacks_ends():
    message = a_message("alert:1:desk:a@example.org")
    (second,) = readdress(message, OPS, because="x", at=NOON)
    third = readdress(second, DESK, because="x", at=NOON)[0]
    back = EmailChannel(name="desk", to=("a@example.org",), sender="w@example.org")
    assert readdress(third, OPS, because="x", at=NOON) == []
    assert readdress(third, back, because="x", at=NOON) == []


@settings(max_examples=50)
@given(st.binary(max_size=300), st.text(max_size=80), st.sampled_from([DESK, OPS, FOLDER]))
@pytest.mark.parametrize("content_type", ["message/rfc822", "application/json", "text/plain"])
def test_no_payload_keeps_the_fallback_from_being_told(content_type, payload, subject, to):
    message = a_message(payload=payload, subject=subject, content_type=content_type)
    for made in readdress(message, to, because=subject, at=NOON):
        assert made.payload
        if to is not OPS:
            assert mail_of(made)["Message-ID"]


def test_an_encoded_word_in_a_subject_or_an_answer_adds_no_header():
    forged = "=?utf-8?q?x=0d=0aBcc:_everyone@example.org?="
    payload = alert_event(an_alert(), uid="msg_1", at=NOON)
    original = an_event_message(payload=payload, subject=forged)
    (made,) = readdress(original, FOLDER, because=forged, at=NOON)
    assert mail_of(made)["Bcc"] is None
    (again, *_) = readdress(a_message("alert:1:desk:a@example.org"), DESK, because=forged, at=NOON)
    assert mail_of(again)["Bcc"] is None
