"""Logs: one event a line, and never a secret."""

from __future__ import annotations

import base64
import io
import json
import logging
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch import log as logs

URL = "https://hooks.example.org/services/T0/marker-token?key=marker-key"


@pytest.fixture
def configured():
    """Configure logging to a buffer, and put everything back afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook

    def configure(**options):
        out = io.StringIO()
        return out, logs.configure(stream=out, **options)

    yield configure
    root.handlers[:], root.level, sys.excepthook, threading.excepthook = before
    logging.captureWarnings(capture=False)


def test_a_line_is_an_event_with_keys(configured):
    out, _ = configured(log_format="json")
    logging.getLogger("wirewatch.x").info("polled feed=%s new=%d took_s=%.2f", "BBC World", 3, 0.41)
    entry = json.loads(out.getvalue())
    assert (entry["event"], entry["feed"], entry["new"]) == ("polled", "BBC World", 3)
    assert entry["message"] == "polled feed=BBC World new=3 took_s=0.41"
    assert (entry["level"], entry["logger"]) == ("info", "wirewatch.x")


def test_what_others_say_stays_one_text(configured):
    out, _ = configured(log_format="json")
    logging.getLogger("other").warning("Something of %s happened", "theirs")
    entry = json.loads(out.getvalue())
    assert (entry["event"], entry["message"]) == ("said", "Something of theirs happened")


def test_a_title_from_a_feed_cannot_play_with_the_terminal(configured):
    out, _ = configured(log_format="text")
    logging.getLogger("wirewatch").info("matched title=%s", "a\x1b[2Jb\nforged line\u202e")
    assert out.getvalue().count("\n") == 1
    assert "\x1b" not in out.getvalue()
    assert "\u202e" not in out.getvalue()


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_secret_is_in_no_line_in_no_form(configured, log_format):
    secret = 'mark"er\\sécret/1'
    out, scrub = configured(log_format=log_format, secrets=[secret])
    scrub.learn([URL])
    log = logging.getLogger("wirewatch")
    log.info("asked url=%s repr=%r", URL, secret)
    log.info("sent header=%s", base64.b64encode(secret.encode()).decode())
    log.info("quoted as=%s", "https://x/?q=mark%22er%5Cs%C3%A9cret%2F1")
    try:
        fail(f"no answer from {URL}, password {secret}")
    except ValueError:
        log.exception("failed")
    text = out.getvalue()
    assert "***" in text
    assert "mark" not in text


def test_a_crash_is_scrubbed_too(configured):
    out, _ = configured(log_format="json", secrets=["marker-secret"])
    try:
        fail("marker-secret")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    thread = threading.Thread(target=fail, args=["marker-secret"], name="worker")
    thread.start()
    thread.join()
    events = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [event["event"] for event in events] == ["crashed", "thread_crashed"]
    assert "marker" not in out.getvalue()


def fail(words):
    raise ValueError(words)


WORDS = st.text(st.characters(exclude_characters="*", exclude_categories=["Cs"]))


@given(WORDS.filter(lambda text: len(text) >= 4), WORDS, WORDS)
def test_no_scrubbed_text_holds_the_secret(secret, before, after):
    assert secret not in logs.Scrubber([secret])(before + secret + after)


def test_a_scrubber_that_knows_nothing_changes_nothing():
    assert logs.Scrubber(["ab", ""])("ab=1") == "ab=1"
