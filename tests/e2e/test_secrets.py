"""Marker secrets go in everywhere a secret can; none comes out anywhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.newsstand import Newsstand, an_rss
from tests.servers import Answer, SmtpSink, WebhookReceiver
from wirewatch.cli import status_of

MARKERS = {
    "SMTP_PASSWORD": "marker-password-1",
    "HOOK_TOKEN": "marker-token-2",
    "HOOK_SECRET": "whsec_bWFya2VyLXNlY3JldC0zLW1hcmtlci1zZWNyZXQtMw==",
    "HOOK_HEADER": "marker-header-4",
    "FEED_HEADER": "marker-header-5",
    "FEED_PASSWORD": "marker-password-6",
}
WORDS = ("marker-", "bWFya2Vy")

CONFIG = """\
version: 1
contact: desk@example.org
database: wirewatch.db
fetch: {{interval: 1s, min_interval: 1s, max_interval: 1s, host_spacing: 0s, allow_private: [127.0.0.1]}}
service: {{tick: 100ms, drain: 3s}}
alerts: {{instant: high, wait: 0s, channels: [desk, hook]}}
system: {{channels: [hook]}}
feeds:
  - name: One
    url: "{one}"
    ignore_hints: true
    on_first_poll: alert
    headers: {{X-Key: "${{FEED_HEADER}}"}}
    auth: {{user: me, password: "${{FEED_PASSWORD}}"}}
channels:
  desk: {{type: email, to: [a@example.org], from: w@example.org, server: "smtp://127.0.0.1:{smtp}", security: none, user: me, password: "${{SMTP_PASSWORD}}"}}
  hook: {{type: webhook, url: "{hook}/${{HOOK_TOKEN}}", secret: "${{HOOK_SECRET}}", headers: {{X-Key: "${{HOOK_HEADER}}"}}}}
rules:
  - {{id: airstrike, severity: high, match: airstrike~}}
"""


def wirewatch(folder, *args, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "wirewatch", *args, "--config", str(folder / "config.yaml")],
        cwd=Path(__file__).parents[2],
        env=os.environ | MARKERS | {"PYTHONFAULTHANDLER": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )


@pytest.mark.timeout(120)
def test_no_secret_is_in_a_log_an_error_the_database_or_an_answer(tmp_path, capsys, monkeypatch):
    for name, value in MARKERS.items():
        monkeypatch.setenv(name, value)
    said = {}
    echo = Answer(500, body=b"you sent marker-token-2 and marker-header-4 to /hook/marker-token-2")
    with (
        Newsstand(one=an_rss("Airstrike hits depot near Rutba")) as news,
        SmtpSink(user=("me", "another password")) as mail,
        WebhookReceiver(always=echo) as hook,
    ):
        (tmp_path / "config.yaml").write_text(
            CONFIG.format(one=news.url("one"), smtp=mail.port, hook=hook.url)
        )
        service = wirewatch(tmp_path, "run", "--log-format", "text")
        try:
            assert hook.wait_for_post(1, 30)
            assert news.wait_for("one", 2)
            news.pages["/one"] = 500
            assert news.wait_for("one", 3)
            # A configuration that is refused, with the secrets in it, is told in the log.
            broken = (tmp_path / "config.yaml").read_text() + "nonsense: [marker"
            (tmp_path / "config.yaml").write_text(broken + "]\n")
            service.send_signal(signal.SIGHUP)
            assert hook.wait_for_post(2, 30)
        finally:
            service.terminate()
            said["run"], _ = service.communicate(timeout=30)
        (tmp_path / "config.yaml").write_text(broken.replace("nonsense: [marker", ""))
        for command in (
            ("outbox", "list", "--state", "all", "--json"),
            ("outbox", "show", "1", "--json"),
            ("outbox", "show", "2"),
            ("feeds", "--json"),
            ("matches", "--json"),
            ("db", "stats", "--json"),
            ("db", "backup"),
            ("check", "--json"),
            ("poll", "One", "--json"),
        ):
            status_of([*command, "--config", str(tmp_path / "config.yaml")])
            said[" ".join(command)] = "".join(capsys.readouterr())
    assert "not_delivered" in said["run"]
    assert "reload_refused" in said["run"]
    assert "535" in said["outbox list --state all --json"]
    for command, text in said.items():
        for word in WORDS:
            assert word not in text.replace("[marker", ""), f"{command}: {text}"
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != "config.yaml":
            content = path.read_bytes()
            for word in WORDS:
                assert word.encode() not in content, path


def test_a_bad_configuration_names_the_place_not_the_secret(tmp_path, capsys, monkeypatch):
    text = CONFIG.format(one="http://127.0.0.1:1/", smtp=1, hook="not a url").replace(
        "severity: high", "severity: hgih"
    )
    (tmp_path / "config.yaml").write_text(text)
    for name, value in MARKERS.items():
        monkeypatch.setenv(name, value)
    assert status_of(["check", "--config", str(tmp_path / "config.yaml")]) == 2
    said = "".join(capsys.readouterr())
    assert "hgih" in said
    assert not any(word in said for word in WORDS), said
