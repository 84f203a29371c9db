"""The loader: what a minimal file means, and how mistakes are told."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from wirewatch.config import load
from wirewatch.config.load import state_folder
from wirewatch.config.secret import References
from wirewatch.config.words import Wrong
from wirewatch.errors import ConfigErrors
from wirewatch.model import EmailChannel, FileChannel, FirstPoll, Severity, WebhookChannel

MINIMAL = """\
version: 1
feeds:
  - {name: One, url: https://one.example/rss}
rules:
  - {id: strikes, match: {words: [airstrike]}}
"""


def written(folder: Path, text: str, name: str = "config.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str, **environ: str) -> list[str]:
    """What is wrong, without the folder's name."""
    with pytest.raises(ConfigErrors) as caught:
        load(written(folder, text), environ=environ)
    return [str(each).removeprefix(f"{folder}/") for each in caught.value.errors]


def with_(section: str) -> str:
    return MINIMAL + section


def test_version_feeds_and_rules_are_a_complete_configuration(tmp_path):
    loaded = load(written(tmp_path, MINIMAL), environ={})
    config = loaded.config
    assert [feed.name for feed in config.feeds] == ["One"]
    assert config.rules.rules[0].severity == Severity.MEDIUM
    assert config.database == tmp_path / "wirewatch.db"
    assert loaded.files == (tmp_path / "config.yaml",)


def test_words_stay_words(tmp_path):
    """YAML 1.1 would make False of NO, 45000 of 12:30:00, 1000 of 1_000 and 7 of 007."""
    text = with_("lists: {words: [NO, no, on, 12:30:00, 1_000, 007, 2024-01-01, =KH, 1e3]}\n")
    (terms,) = load(written(tmp_path, text), environ={}).config.rules.lists
    assert [term.text for term in terms.terms] == [
        "NO", "no", "on", "12:30:00", "1_000", "007", "2024-01-01", "=KH", "1e3",
    ]  # fmt: skip


def test_every_mistake_is_told_at_once_with_its_place_and_a_hint(tmp_path):
    text = """\
version: 1
contct: x
feeds:
  - {name: One, url: htps://one.example, tier: 9}
rules:
  - {id: a, severity: hgh, match: {x: [a]}}
channels:
  desk: {type: emial}
"""
    assert mistakes(tmp_path, text) == [
        'config.yaml:2:1: contct: unknown key "contct"; did you mean "contact"?',
        "config.yaml:4:22: feeds[0].url: is no web address; it starts with https:// or http://",
        "config.yaml:4:48: feeds[0].tier: 9 is out of range; 1 to 5 is allowed",
        'config.yaml:6:23: rules[0].severity: unknown severity "hgh"; did you mean "high"?',
        'config.yaml:8:16: channels.desk.type: unknown channel type "emial"; did you mean "email"?',
    ]


def test_what_was_read_is_told_from_what_would_be_read_now(tmp_path):
    """Also where a file changed while others were read, or matches a pattern only now."""
    part = "rules: [{id: more, match: [a]}]\n"
    written(tmp_path, part, "rules/a.yaml")
    path = written(tmp_path, with_('include: ["rules/*.yaml"]\n'))
    loaded = load(path, environ={})
    assert loaded.stamps_now() == loaded.stamps
    added = written(tmp_path, part.replace("more", "most"), "rules/b.yaml")
    assert loaded.stamps_now() != loaded.stamps
    added.unlink()
    assert loaded.stamps_now() == loaded.stamps
    written(tmp_path, part + "# changed", "rules/a.yaml")
    assert loaded.stamps_now() != loaded.stamps


def test_repeated_keys_are_refused_where_they_stand_the_second_time(tmp_path):
    (mistake,) = mistakes(tmp_path, with_("rules: []\n"))
    assert mistake == (
        'config.yaml:6:1: rules: the key "rules" stands here a second time; the first is in line 4'
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "config.yaml:1:1: is empty"),
        ("a: b: c", "config.yaml:1:5: is no YAML: mapping values are not allowed"),
        ("version: 1\n\tfeeds: []", "config.yaml:2:1: is no YAML"),
        ("- a", "config.yaml:1:1: expects keys such as version:"),
        ("a: \x01", "config.yaml:1:4: holds a character that YAML does not allow: U+0001"),
        ("a: [b", "config.yaml:2:1: is no YAML"),
        ("[" * 100_000, "config.yaml:1:61: is nested too deeply"),
        ("a: &a [*a]", "config.yaml:1:4: a[0]: an alias may not stand inside"),
    ],
)
def test_what_is_no_yaml_has_a_place_too(tmp_path, text, told):
    assert any(each.startswith(told) for each in mistakes(tmp_path, text))


def test_a_file_that_is_not_there_or_no_text_is_one_sentence(tmp_path):
    with pytest.raises(ConfigErrors, match=r"none\.yaml: can't be read: No such file"):
        load(tmp_path / "none.yaml", environ={})
    (tmp_path / "latin.yaml").write_bytes("title: Krieg für alle".encode("latin-1"))
    with pytest.raises(ConfigErrors, match=r"latin\.yaml:1:15: is not UTF-8 text"):
        load(tmp_path / "latin.yaml", environ={})


def test_names_that_lead_nowhere_are_mistakes(tmp_path):
    text = with_(
        """\
channels:
  desk: {type: file, fallback: dsk}
system: {channels: [ops]}
alerts: {channels: [desk], routes: [{channels: [desc], rules: [strike]}]}
digests:
  - {name: daily, channels: [desk], rules: [strkes]}
"""
    )
    assert mistakes(tmp_path, text) == [
        'config.yaml:7:32: channels.desk.fallback: unknown channel "dsk"; did you mean "desk"?',
        'config.yaml:8:21: system.channels[0]: unknown channel "ops"; there is only desk',
        (
            'config.yaml:9:49: alerts.routes[0].channels[0]: unknown channel "desc"; '
            'did you mean "desk"?'
        ),
        (
            'config.yaml:9:64: alerts.routes[0].rules[0]: unknown rule "strike"; '
            'did you mean "strikes"?'
        ),
        'config.yaml:11:45: digests[0].rules[0]: unknown rule "strkes"; did you mean "strikes"?',
    ]


def test_a_broken_channel_is_one_mistake_not_one_for_each_mention(tmp_path):
    text = with_("channels: {desk: {type: flie}}\nsystem: {channels: [desk]}\n")
    assert len(mistakes(tmp_path, text)) == 1


def test_a_channel_that_no_digest_serves_is_a_warning(tmp_path):
    text = with_("channels: {desk: {type: file}}\n")
    (warning,) = load(written(tmp_path, text), environ={}).warnings
    assert 'no digest serves the channel "desk"' in str(warning)
    served = text + "digests: [{name: daily, channels: [desk]}]\n"
    assert load(written(tmp_path, served), environ={}).warnings == ()


def test_a_second_feed_rule_or_digest_of_a_name_is_refused(tmp_path):
    text = """\
version: 1
feeds:
  - {name: One, url: https://one.example/rss}
  - {name: One, url: https://two.example/rss}
rules:
  - {id: a, match: x}
  - {id: a, match: y}
"""
    assert mistakes(tmp_path, text) == [
        (
            f'config.yaml:4:12: feeds[1].name: a second feed is called "One"; '
            f"the first is at {tmp_path}/config.yaml:3"
        ),
        (
            f'config.yaml:7:10: rules[1].id: a second rule is called "a"; '
            f"the first is at {tmp_path}/config.yaml:6"
        ),
    ]


def test_secrets_come_from_the_environment_files_and_systemd(tmp_path):
    (tmp_path / "token").write_text("from-a-file\n")
    (tmp_path / "hook").write_text("from-systemd")
    text = with_(
        """\
channels:
  mail: {type: email, to: a@b.example, from: w@b.example, server: "smtp://${HOST:-mx.example}:2525", password: "${PW}"}
  hook: {type: webhook, url: "https://hooks.example/${PW}", secret: file:token, secrets: [credential:hook]}
digests: [{name: d, channels: [mail, hook]}]
"""
    )
    environ = {"PW": "from-env", "CREDENTIALS_DIRECTORY": str(tmp_path)}
    loaded = load(written(tmp_path, text), environ=environ)
    mail, hook = loaded.config.channels
    assert isinstance(mail, EmailChannel)
    assert (mail.host, mail.port, mail.security) == ("mx.example", 2525, "starttls")
    assert mail.password == "from-env"
    assert isinstance(hook, WebhookChannel)
    assert hook.secrets == ("from-a-file", "from-systemd")
    assert loaded.secrets == {
        "from-env", "from-a-file", "from-systemd", "https://hooks.example/from-env",
    }  # fmt: skip
    assert loaded.warnings == ()
    assert "from-" not in repr(loaded)


def test_a_secret_that_is_not_there_is_a_mistake_and_never_printed(tmp_path):
    text = with_(
        """\
channels:
  a: {type: webhook, url: "${URL}", secret: "${GONE}"}
  b: {type: webhook, url: "${WRONG}", secret: file:gone}
digests: [{name: d, channels: [a, b]}]
"""
    )
    told = mistakes(tmp_path, text, URL="https://a.example", WRONG="hunter2")
    assert "the environment variable GONE is not set; set it: export GONE=…" in told[0]
    assert len(told) == 3
    assert "hunter2" not in "\n".join(told)


def test_a_secret_in_the_file_is_a_warning(tmp_path):
    text = with_(
        "channels: {a: {type: webhook, url: 'https://a.example', secret: hunter2}}\n"
        "digests: [{name: d, channels: [a]}]\n"
    )
    (warning,) = load(written(tmp_path, text), environ={}).warnings
    assert "channels.a.secret: a secret stands in the file" in str(warning)
    assert "hunter2" not in str(warning)


def test_included_files_add_to_the_main_one_and_have_places_of_their_own(tmp_path):
    written(
        tmp_path,
        "rules:\n  - {id: b, match: siege}\nfeeds:\n  - {name: Two, url: x}\n",
        "more/b.yaml",
    )
    text = MINIMAL + "include: [more/*.yaml, none.yaml]\n"
    assert mistakes(tmp_path, text) == [
        (
            'config.yaml:6:24: include[1]: there is no file "none.yaml"; '
            "paths are relative to the folder of this file"
        ),
        "more/b.yaml:4:22: feeds[0].url: is no web address; it starts with https:// or http://",
    ]
    written(tmp_path, "rules:\n  - {id: b, match: siege}\n", "more/b.yaml")
    loaded = load(written(tmp_path, MINIMAL + "include: more/*.yaml\n"), environ={})
    assert [rule.id for rule in loaded.config.rules.rules] == ["strikes", "b"]
    assert len(loaded.files) == 2


def test_a_home_of_nobody_is_a_name_like_others(tmp_path):
    (mistake,) = mistakes(tmp_path, MINIMAL + "include: ~nobody-of-that-name/more.yaml\n")
    assert 'there is no file "~nobody-of-that-name/more.yaml"' in mistake


def test_the_hash_changes_with_an_included_file(tmp_path):
    more = written(tmp_path, "rules:\n  - {id: b, match: siege}\n", "more.yaml")
    path = written(tmp_path, MINIMAL + "include: more.yaml\n")
    before = load(path, environ={}).config.hash
    assert load(path, environ={}).config.hash == before
    more.write_text("rules:\n  - {id: b, match: blockade}\n")
    assert load(path, environ={}).config.hash != before


def test_what_is_written_goes_to_the_state_directory_when_systemd_gives_one(tmp_path):
    text = with_("channels: {f: {type: file}}\ndigests: [{name: d, channels: f}]\n")
    loaded = load(written(tmp_path, text), environ={"STATE_DIRECTORY": "/var/lib/wirewatch"})
    (channel,) = loaded.config.channels
    assert isinstance(channel, FileChannel)
    assert loaded.config.database == Path("/var/lib/wirewatch/wirewatch.db")
    assert channel.folder == Path("/var/lib/wirewatch/out")


def test_a_configuration_in_etc_has_its_state_where_systemd_puts_it():
    """So that `sudo wirewatch status` sees what the service does."""
    assert state_folder(Path("/etc/wirewatch"), {}) == Path("/var/lib/wirewatch")
    assert state_folder(Path("/etc/wirewatch"), {"STATE_DIRECTORY": "/s:/t"}) == Path("/s")
    assert state_folder(Path("/srv/etc/news"), {}) == Path("/srv/etc/news")


def test_credentials_are_found_beside_the_running_service_too(tmp_path):
    (tmp_path / "smtp").write_text("hush\n")
    beside = References({}, tmp_path, service=tmp_path)
    assert beside.secret("credential:smtp") == "hush"
    with pytest.raises(Wrong, match="no systemd credential webhook"):
        beside.secret("credential:webhook")


def test_an_interval_outside_the_usual_ends_moves_them(tmp_path):
    fetch = load(written(tmp_path, with_("fetch: {interval: 1m}\n")), environ={}).config.fetch
    assert (fetch.min_interval, fetch.interval) == (timedelta(minutes=1), timedelta(minutes=1))
    (told,) = mistakes(tmp_path, with_("fetch: {interval: 1m, min_interval: 2m}\n"))
    assert "min_interval (2m) is longer than interval (1m)" in told


def test_digests_feeds_and_quiet_hours_are_read_as_people_write_them(tmp_path):
    text = """\
version: 1
feeds:
  - {name: One, url: https://one.example/rss, tags: world, every: 1h30m, on_first_poll: alert, auth: {user: me, password: "${P}"}}
rules:
  - {id: a, match: {what: [airstrike, air raid], where: [Erbil]}, near: {groups: [what, where], within: 1 sentence}, where: {killed: ">=5", country: [iq, SY]}}
channels:
  f: {type: file, quiet_hours: {start: "22:00", end: "7:00", timezone: Asia/Baghdad, let_through: nothing}}
digests:
  - {name: d, channels: f, at: ["19:00", "07:00"], days: [mon-wed, Sat], timezone: Asia/Baghdad}
service: {reload_every: never, listen: "127.0.0.1:9464"}
retention: {matched: 365d}
"""
    config = load(written(tmp_path, text), environ={"P": "x"}).config
    feed, rule, digest = config.feeds[0], config.rules.rules[0], config.digests[0]
    assert (feed.tags, feed.every) == (("world",), timedelta(minutes=90))
    assert (feed.on_first_poll, feed.auth) == (FirstPoll.ALERT, ("me", "x"))
    assert [term.text for term in rule.match[0].terms] == ["airstrike", "air raid"]
    assert (rule.near[0].within, rule.near[0].unit) == (1, "sentence")
    assert rule.where is not None
    assert rule.where.conditions == (("killed", ">=5"), ("country", "IQ,SY"))
    assert digest.at == (time(7), time(19))
    assert digest.days == (0, 1, 2, 5)
    quiet = config.channels[0].quiet_hours
    assert quiet is not None
    assert (quiet.start, quiet.let_through) == (time(22), None)
    assert config.service.reload_every is None
    assert config.retention.matched == timedelta(days=365)


def test_an_unknown_key_hides_no_mistake_beside_it(tmp_path):
    text = """\
version: 1
feeds: []
rules:
  - id: a
    match: {text: [drone~]}
    severty: high
    condition: text and place
    exclude: [$spotr]
channels:
  files: {type: file, foldr: out}
"""
    assert [line.split(": ", 1)[1].split(";")[0] for line in mistakes(tmp_path, text)] == [
        'rules[0].severty: unknown key "severty"',
        'rules[0].condition: no group is called "place"',
        "rules[0].exclude[0]: unknown list $spotr",
        'channels.files.foldr: unknown key "foldr"',
    ]
