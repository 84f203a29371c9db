"""`wirewatch init` on a real terminal: few questions, Enter for each, a file that holds."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from contextlib import suppress

import pytest

from wirewatch.config import load

pty = pytest.importorskip("pty", reason="no terminals here")


def answered(folder, *answers, **environ) -> tuple[int, str]:
    """Run init on a terminal and type these answers; return its status and what it showed."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "wirewatch", "init", "--no-try"],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TZ": "Asia/Baghdad", **environ},
        close_fds=True,
    ) as process:
        os.close(theirs)
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        shown = b""
        with suppress(OSError):  # Linux says EIO where the other side has closed
            while select.select([ours], [], [], 20)[0] and (piece := os.read(ours, 4096)):
                shown += piece
        process.terminate()  # nothing, unless it still waits for an answer
        status = process.wait(timeout=10)
    os.close(ours)
    return status, shown.decode(errors="replace")


def test_enter_for_everything_takes_what_ships(tmp_path):
    status, shown = answered(tmp_path, "", "", "", "", "")
    assert status == 0, shown
    assert "What to look for" in shown
    config = load(tmp_path / "config.yaml", environ={}).config
    assert len(config.feeds) > 20
    assert config.digests[0].timezone == "Asia/Baghdad"


def test_words_feeds_and_mail_are_asked_for_and_the_password_is_not_stored(tmp_path):
    status, shown = answered(
        tmp_path,
        "siege, blockade",
        "https://one.example/rss https://two.example/rss",
        "email",
        "desk@example.org",
        "smtps://mail.example.org",
        "desk",
        "06:30",
        "Europe/Paris",
        SMTP_PASSWORD="Pa55-marker",
    )
    assert status == 0, shown
    text = (tmp_path / "config.yaml").read_text(encoding="utf-8")
    assert "Pa55-marker" not in text
    config = load(tmp_path / "config.yaml", environ={"SMTP_PASSWORD": "x"}).config
    assert [feed.name for feed in config.feeds] == ["one.example", "two.example"]
    assert config.digests[0].at[0].hour == 6
