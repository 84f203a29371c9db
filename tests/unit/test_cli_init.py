"""The first five minutes: a file that holds, in words people can change."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from wirewatch.cli import status_of
from wirewatch.cli.init import _preview, local_zone
from wirewatch.cli.install_service import template, unit
from wirewatch.config import load
from wirewatch.config.starter import Answers, compose, shipped_text
from wirewatch.errors import ConfigErrors
from wirewatch.model import EmailChannel, Feed, FirstPoll, WebhookChannel

ROOT = Path(__file__).parents[2]
ENVIRON = {"SMTP_PASSWORD": "x", "WEBHOOK_URL": "https://hooks.example.org/a"}


def loaded(tmp_path, answers):
    path = tmp_path / "config.yaml"
    path.write_text(compose(answers), encoding="utf-8")
    return load(path, environ=ENVIRON)


def test_without_a_word_it_is_what_ships(tmp_path):
    shipped = load(ROOT / "config.yaml", environ={})
    made = loaded(tmp_path, Answers(timezone="Asia/Baghdad"))
    assert made.config.feeds == shipped.config.feeds
    assert [r.id for r in made.config.rules.rules] == [r.id for r in shipped.config.rules.rules]
    assert made.config.digests[0].timezone == "Asia/Baghdad"
    assert made.warnings == ()


def test_own_words_feeds_and_mail(tmp_path):
    answers = Answers(
        words=("air strike~", "drone NEAR/3 attack", "siege"),
        feeds=("https://www.one.example/rss", "https://one.example/other", "https://two.example/"),
        kind="email",
        to="desk@example.org, night@example.org",
        server="smtps://mail.example.org",
        user="desk",
        at="06:30",
    )
    config = loaded(tmp_path, answers).config
    assert [feed.name for feed in config.feeds] == ["one.example", "one.example 2", "two.example"]
    (rule,) = config.rules.rules
    assert [term.text for term in rule.match[0].terms] == list(answers.words)
    (desk,) = config.channels
    assert isinstance(desk, EmailChannel)
    assert desk.to == ("desk@example.org", "night@example.org")
    assert desk.password == "x"


def test_a_webhook_needs_only_its_address(tmp_path):
    (desk,) = loaded(
        tmp_path, Answers(kind="webhook", words=("siege",), feeds=("https://a.example",))
    ).config.channels
    assert isinstance(desk, WebhookChannel)
    assert desk.url == ENVIRON["WEBHOOK_URL"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1))
def test_whatever_words_are_given_the_yaml_holds(tmp_path_factory, words):
    """The words may be wrong as phrases; the file around them is not."""
    folder = tmp_path_factory.mktemp("w")
    wrong = set()
    try:
        loaded(folder, Answers(words=tuple(words), feeds=("https://a.example",)))
    except ConfigErrors as errors:
        wrong = {error.problem.path[:2] for error in errors.errors}
    assert wrong <= {("rules", 0)}


def test_a_file_that_is_there_is_left_alone(tmp_path, capsys):
    path = tmp_path / "config.yaml"
    path.write_text("mine")
    assert status_of(["init", str(path), "--no-try"]) == 2
    assert path.read_text() == "mine"
    assert "--force" in capsys.readouterr().err
    assert status_of(["init", str(path), "--no-try", "--force", "--words", "siege"]) == 0
    assert (tmp_path / "config.schema.json").exists()


def test_words_that_are_no_phrases_are_told_and_nothing_is_written(tmp_path, capsys):
    path = tmp_path / "config.yaml"
    assert status_of(["init", str(path), "--no-try", "--words", "siege, a NEAR/x b ("]) == 2
    assert "rules[0].match.words[1]" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_time_zone_is_the_machines(tmp_path):
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Asia/Baghdad")
    assert local_zone({}, link) == "Asia/Baghdad"
    assert local_zone({"TZ": "Europe/Paris"}, link) == "Europe/Paris"
    assert local_zone({"TZ": "nonsense"}, tmp_path / "none") == "UTC"


def test_a_preview_shows_what_the_feeds_say_and_tells_nobody(tmp_path):
    now = format_datetime(datetime(2026, 3, 9, 12, tzinfo=UTC))
    feed = (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><item><guid>1</guid>'
        f"<title>Siege of the old quay ends</title><link>https://one.example/1</link><pubDate>{now}"
        "</pubDate></item></channel></rss>"
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.end_headers()
            self.wfile.write(feed.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        made = loaded(tmp_path, Answers(words=("siege",), feeds=("https://a.example",)))
        url = f"http://127.0.0.1:{server.server_port}/rss"
        config = replace(
            made.config,
            feeds=(Feed("One", url, on_first_poll=FirstPoll.ALERT),),
            fetch=replace(made.config.fetch, allow_private=("*",)),
        )
        page = _preview(replace(made, config=config))
    finally:
        server.shutdown()
        server.server_close()
    assert "Siege" in page.read_text(encoding="utf-8")
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "wirewatch.db").exists()


def test_the_shipped_text_is_found():
    assert shipped_text() == (ROOT / "config.yaml").read_text(encoding="utf-8")


def test_the_unit_runs_this_installation(tmp_path):
    system = unit(template(), program="/opt/w/bin/wirewatch")
    assert (
        "ExecStart=/opt/w/bin/wirewatch run --config ${CONFIGURATION_DIRECTORY}/config.yaml"
        in system
    )
    assert "DynamicUser=yes" in system
    mine = unit(
        template(), program="/x/wirewatch", config=tmp_path / "my config.yaml", for_user=True
    )
    assert f'--config "{tmp_path}/my config.yaml"' in mine
    assert "DynamicUser" not in mine
    assert "StateDirectory" not in mine  # the database stands where `wirewatch status` looks for it
    assert f'ReadWritePaths="{tmp_path}"' in mine or f"ReadWritePaths={tmp_path}" in mine
    assert "/etc/wirewatch" not in mine
    assert "WantedBy=default.target" in mine


def test_the_users_unit_is_written_where_systemd_looks(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert status_of(["install-service", "--user"]) == 0
    assert (tmp_path / "systemd" / "user" / "wirewatch.service").exists()
    said = capsys.readouterr().err
    assert "systemctl --user" in said
    assert f"wirewatch init {tmp_path}/wirewatch/config.yaml" in said
    assert status_of(["install-service", "--user"]) == 2
    assert status_of(["install-service", "--user", "--force"]) == 0


def test_without_the_right_to_write_it_says_what_helps(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CONFIG_HOME", os.devnull)
    assert status_of(["install-service", "--user"]) == 1
    assert "can't write" in capsys.readouterr().err
