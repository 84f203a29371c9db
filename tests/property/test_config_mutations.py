"""Whatever a hand slips to write, the answer is a place and a sentence, never a traceback."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wirewatch.config import load
from wirewatch.config.words import Wrong, clock, distance, duration, spell, weekdays
from wirewatch.config.yaml import read
from wirewatch.errors import ConfigErrors

ROOT = Path(__file__).parents[2]
EVERYTHING = """\
version: 1
title: Desk
contact: desk@example.org
database: wirewatch.db
templates: mine
include: [more.yaml]
alerts:
  {instant: high, wait: 60s, cooldown: 4h, more_sources: 5, storm_count: 20, storm_within: 10m, expire: 6h,
   max_per_day: 50, channels: [desk], route_all: true, inhibit: false,
   routes: [{channels: [hook], severity: critical, rules: [strike], tags: [war], countries: [IQ], languages: [ar]}]}
system: {channels: [files]}
fetch: {interval: 15m, min_interval: 5m, max_interval: 2h, deadline: 30s, host_spacing: 1s, per_host: 2, hold_host: true,
  concurrency: 100, max_bytes: 10000000, allow_private: ["mattermost.lan:443"], proxy: "${PROXY}"}
service: {tick: 1s, listen: "127.0.0.1:9464", ping_url: "${PING}", reload_every: 5s, drain: 8s}
retention: {articles: 90d, matched: forever, backups: 7}
feeds:
  - {name: One, url: https://one.example/rss, tags: [world], tier: 1}
  - name: Two
    url: "https://two.example/rss?a=b"
    language: ar
    every: 10m
    headers: {X-Key: "${KEY}"}
    auth: {user: me, password: "${KEY}"}
    ignore_hints: true
    paused: false
    on_first_poll: alert
    allow_private: false
lists:
  air-attack:
    - airstrike~
    - strike NEAR/4 (jet* | warplane* | F-16)
  groups:
    - {name: Kata'ib Hezbollah, also: [=KH], ar: [كتائب حزب الله], country: IQ, kind: group, transliterate: true}
    - {name: Badr, ambiguous: true}
filters:
  - {name: sport, exclude: [cup final], unless: [casualties], applies_to: [strike, "tag:war"], anywhere: true}
rules:
  - id: strike
    title: Strikes
    severity: high
    enabled: true
    fields: [title, lead]
    match:
      attack: [$air-attack, drone NEAR/3 attack]
      who: [$groups, "militia: armed"]
    condition: attack and who
    exclude: [video game]
    exclude_anywhere: [box office]
    unless: [killed]
    near: {groups: [attack, who], within: 40 words, ordered: false}
    where: {feed: One, source: [one.example], tag: world, tier: "<=2", author: [A], category: [World], language: en,
      killed: ">=5", injured: "<9", country: [IQ, SY], place: [Erbil], actor: [Badr], platform: [drone], status: claimed}
    when: {sources: 3, articles: 4, within: 6h, spike: 3, first_mention: who, absent: false, per: place}
    alert: {cooldown: 4h, per: story, channels: [desk], wait: 10s, instant: true, max_per_day: 5, more_sources: 3}
    tags: [war]
    owner: desk
    note: Call first.
    tests: {no_match: ["Video game about an airstrike"]}
  - {id: sum, match: {a: [siege], b: blockade}, score: {weights: {a: 1.5, b: 2}, minimum: 2}}
channels:
  desk: {type: email, to: [desk@example.org], from: w@example.org, server: smtps://mail.example.org, security: tls,
    user: desk, password: "${KEY}", timeout: 30s, unsubscribe: desk@example.org, fallback: files, rate: 30,
    delivery: at_most_once, quiet_hours: {start: "22:00", end: "07:00", timezone: Asia/Baghdad, let_through: critical}}
  hook: {type: webhook, url: "${HOOK}", secret: "${KEY}", secrets: ["${KEY}"], headers: {A: b},
    content_type: application/json, timeout: 20s}
  files: {type: file, folder: out, terminal: true}
  reader: {type: feed, folder: feed, title: T, link: https://d.example, keep: 100}
  chat: {type: apprise, urls: ["${HOOK}"], limit: 1900}
digests:
  - {name: morning, at: ["07:00", "19:00"], timezone: Asia/Baghdad, days: [mon-fri], severity: low, rules: [strike],
     tags: [war], channels: [desk, hook], send_empty: true, near_misses: false, catch_up: latest, title: M}
  - {name: all, channels: [files, reader, chat]}
"""
ENVIRON = {
    "KEY": "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=",
    "HOOK": "https://hooks.example.org/T0KEN",
    "PROXY": "http://proxy.example:3128",
    "PING": "https://ping.example/abc",
}
PLACED = re.compile(r".+?(:\d+:\d+)?: .+", re.DOTALL)


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory(prefix="config-") as name:
        Path(name, "more.yaml").write_text("rules:\n  - {id: more, match: [ambush]}\n")
        yield Path(name)


def answer(folder: Path, text: str, environ=ENVIRON) -> ConfigErrors | None:
    """Load a text; every mistake has a place within it."""
    path = folder / f"config-{os.getpid()}.yaml"
    path.write_text(text, encoding="utf-8")
    lines = len(text.splitlines()) + 1
    found = None
    try:
        load(path, environ=environ)
    except ConfigErrors as errors:
        found = errors
    for error in found.errors if found else ():
        assert error.problem.problem
        assert error.problem.hint, str(error)
        assert error.line <= lines or error.file != str(path), str(error)
        assert (error.line >= 1 and error.column >= 1) or "can't be read" in str(error), str(error)
        assert PLACED.fullmatch(str(error))
        assert "Input should" not in str(error), str(error)
        assert "T0KEN" not in str(error)
    assert found is None or found.errors
    return found


def test_the_file_with_everything_in_it_is_right(folder):
    assert answer(folder, EVERYTHING) is None


def test_every_key_of_the_models_is_in_it():
    """So that the mutations below reach every one of them."""
    from wirewatch.config.schema import schema

    keys = {
        key
        for definition in [schema(), *schema()["$defs"].values()]
        for key in definition.get("properties", {})
    }
    # `use` needs shipped lists, which the test below has.
    assert [key for key in sorted(keys - {"use"}) if f"{key}:" not in EVERYTHING] == []


lines = EVERYTHING.splitlines(keepends=True)
tokens = re.findall(r"\w+|[^\w\s]|\s+", EVERYTHING)
slow = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
odd = st.sampled_from(
    ["", "~", "null", "[]", "{}", "[[]]", "- x", "no", "-1", "99999999999999999999", "1e9", '"', "'", "[", "{",
     ": ", "#", "\t", "*a", "&a", "!!set", "${NOPE}", "${}", "file:", "file:/nonexistent", "credential:x", "$nope",
     "a NEAR/0 b", "(", "|", "~", "/[/", "é", "\u202e", "x" * 5000, "12:30", "2024-01-01", "true", "@"]
)  # fmt: skip


@slow
@given(st.integers(0, len(lines) - 1), st.sampled_from(["drop", "twice", "indent", "outdent"]))
def test_a_line_lost_doubled_or_shifted(folder, n, how):
    changed = list(lines)
    match how:
        case "drop":
            del changed[n]
        case "twice":
            changed.insert(n, changed[n])
        case "indent":
            changed[n] = "  " + changed[n]
        case _:
            changed[n] = changed[n].removeprefix("  ")
    answer(folder, "".join(changed))


@slow
@given(st.integers(0, len(tokens) - 1), odd)
def test_a_word_replaced_by_something_odd(folder, n, instead):
    answer(folder, "".join([*tokens[:n], instead, *tokens[n + 1 :]]))


@slow
@given(st.integers(0, len(EVERYTHING)), st.text(max_size=4), st.integers(0, 3))
def test_letters_typed_or_lost_anywhere(folder, at, typed, lost):
    text = EVERYTHING[:at] + typed + EVERYTHING[at + lost :]
    answer(folder, text.encode(errors="ignore").decode())


@slow
@given(st.integers(0, len(EVERYTHING)))
def test_a_file_cut_off(folder, at):
    answer(folder, EVERYTHING[:at])


@slow
@given(st.sampled_from(sorted(set(re.findall(r"\b[a-z_]{4,}(?=:)", EVERYTHING)))), st.data())
def test_a_mistyped_key_is_guessed(folder, key, data):
    n = data.draw(st.integers(0, len(key) - 2))
    mistyped = key[:n] + key[n + 1] + key[n] + key[n + 2 :]
    text = re.sub(rf"\b{key}:", f"{mistyped}:", EVERYTHING, count=1)
    free = {
        "who",
        "attack",
        "groups",
        "sport",
        "desk",
        "hook",
        "files",
        "reader",
        "chat",
        "smtps",
        "https",
        "militia",
    }
    errors = answer(folder, text)
    if mistyped != key and key not in free:
        assert errors is not None
        assert any(f'"{mistyped}"' in str(error) for error in errors.errors), str(errors)


@pytest.mark.parametrize("name", ["config.yaml", "examples/world-conflict.yaml"])
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_shipped_files_with_a_slip(folder, name, data):
    text = (ROOT / name).read_text(encoding="utf-8")
    parts = re.findall(r"\w+|[^\w\s]|\s+", text)
    n = data.draw(st.integers(0, len(parts) - 1))
    answer(folder, "".join([*parts[:n], data.draw(odd), *parts[n + 1 :]]), environ={})


@given(st.text(max_size=200))
def test_any_text_at_all_is_read_or_refused(text):
    document = read(text, "x")
    assert document.root is not None or document.mistakes
    for mistake in document.mistakes:
        assert mistake.line >= 1


@given(st.text(max_size=30))
def test_any_words_are_read_or_refused(text):
    for reader in (duration, distance, clock, weekdays):
        try:
            reader(text)
        except Wrong as error:
            assert error.problem  # noqa: PT017 - either outcome is right


@given(st.timedeltas(min_value=duration("0s"), max_value=duration("3650d")))
def test_what_is_spelled_is_read_back(delta):
    rounded = duration(spell(delta))
    assert abs(rounded - delta) <= duration("1ms")
