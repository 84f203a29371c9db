"""A first config.yaml: what was asked for, in the words of the one that ships, comments and all."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import wirewatch
from wirewatch.errors import StoreError

_HEAD = """\
# yaml-language-server: $schema=./config.schema.json
#
# wirewatch: what to read, what to look for, whom to tell. Written by `wirewatch init`.
#
#   wirewatch check              is this file right? every mistake at once, with its line
#   wirewatch doctor             do the feeds and channels answer?
#   wirewatch once               poll everything once, tell what is due, and end
#   wirewatch digest --preview   what would the next digest say?
#   wirewatch run                run in the foreground until Ctrl-C
#
# A running wirewatch takes a changed file over by itself; a wrong one is refused and the last
# good one stays in force. Every key: docs/configuration.md
version: 1
"""
_CHANNELS = {
    "file": """\
# Alerts and digests land as .html, .txt and .eml in this folder, with a line on the terminal.
channels:
  desk: {{type: file, folder: {folder}}}
""",
    "email": """\
# ${{NAME}} is taken from the environment, so that no password stands in this file.
channels:
  desk:
    type: email
    to: [{to}]
    from: {sender}
    server: {server}          # smtps:// is TLS (port 465), smtp:// is STARTTLS (port 587)
{login}""",
    "webhook": """\
# ${{NAME}} is taken from the environment: the address of a webhook is a secret, too.
channels:
  desk: {{type: webhook, url: "${{WEBHOOK_URL}}"}}   # secret: "${{WEBHOOK_SECRET}}" signs each message
""",
}
_LOGIN = """\
    user: {user}
    password: "${{SMTP_PASSWORD}}"
"""
_TELLING = """\
# At once from this severity up; everything else waits for the digest. `wait` lets a story form
# first; `cooldown` holds back further news of a story that you have been told of.
alerts: {{instant: high, wait: 60s, cooldown: 4h}}

# What was not told at once. It is sent even when nothing matched: then it says how many feeds
# were read, and which could not be.
digests:
  - {{name: daily, at: "{at}", timezone: {timezone}, channels: [desk]}}

# News about wirewatch itself: feeds that are down, messages that could not be delivered.
system: {{channels: [desk]}}
"""
_RULES = """\
# A list means any of these; every named group under `match` must be present. `word~` takes
# inflected forms, `word*` any ending, `=Word` exact case, `a NEAR/4 b` at most four words between.
rules:
  - id: my-words
    title: {title}
    severity: high              # at once; medium waits for the digest
    match:
      words: [{words}]
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a newcomer said.

    Attributes:
        words: Phrases to look for; () takes the shipped rules.
        feeds: Addresses; () takes the shipped list.
        kind: "file", "email" or "webhook".
        at: Local time of the digest, "07:00".
    """

    words: Sequence[str] = ()
    feeds: Sequence[str] = ()
    kind: str = "file"
    contact: str = ""
    to: str = ""
    sender: str = ""
    server: str = ""
    user: str = ""
    folder: str = "out"
    at: str = "07:00"
    timezone: str = "UTC"


def compose(answers: Answers) -> str:
    """Return the text of a configuration; whether it holds is for `load` to say."""
    shipped = shipped_text()
    contact = answers.contact or answers.to or "you@example.org"
    parts = [
        _HEAD
        + "\n# Goes into the User-Agent, so that a publisher who is bothered can reach you instead of\n"
        + f"# blocking you.\ncontact: {_quoted(contact)}\n",
        _rule("whom to tell") + _channel(answers),
        _TELLING.format(at=answers.at, timezone=_quoted(answers.timezone)),
        _rule("what to read")
        + (_feeds(answers.feeds) if answers.feeds else _section(shipped, "feeds")),
        _rule("what to look for")
        + (_words(answers.words) if answers.words else _matching(shipped)),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def shipped_text() -> str:
    """Return the configuration that ships: packaged, or at the top of the checkout."""
    return _shipped("config.yaml")


def schema_file_text() -> str:
    """Return the shipped JSON Schema."""
    return _shipped("config.schema.json")


def _shipped(name: str) -> str:
    package = Path(wirewatch.__file__).parent
    for path in (package / "starter" / name, package.parent / name):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise StoreError(f"this installation lacks its {name}; install wirewatch again")


def _channel(answers: Answers) -> str:
    login = _LOGIN.format(user=_quoted(answers.user)) if answers.user else ""
    return _CHANNELS[answers.kind].format(
        folder=_quoted(answers.folder),
        to=", ".join(_quoted(each.strip()) for each in answers.to.split(",")),
        sender=_quoted(answers.sender or answers.to.split(",")[0].strip()),
        server=_quoted(answers.server),
        login=login,
    )


def _feeds(urls: Sequence[str]) -> str:
    lines, names = ["feeds:"], set[str]()
    for url in urls:
        host = re.sub(r"^(www|rss|feeds?)\.", "", urlsplit(url).hostname or url)
        name, n = host, 1
        while name in names:
            n += 1
            name = f"{host} {n}"
        names.add(name)
        lines.append(f"  - {{name: {_quoted(name)}, url: {_quoted(url)}}}")
    return "\n".join(lines)


def _words(words: Sequence[str]) -> str:
    title = ", ".join(words[:3]) + (" …" if len(words) > 3 else "")
    return _RULES.format(title=_quoted(title), words=", ".join(map(_quoted, words)))


def _matching(text: str) -> str:
    """The shipped lists, filters and rules, in the order they stand in."""
    keys = sorted(
        (key for key in ("use", "lists", "filters", "rules") if f"\n{key}:" in text),
        key=lambda key: text.index(f"\n{key}:"),
    )
    return "\n".join(_section(text, key) for key in keys)


def _section(text: str, key: str) -> str:
    """Return a top-level key with all that is under it."""
    lines = text.splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith(f"{key}:"))
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \n#-"):
        end += 1
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    return "".join(lines[start:end])


def _rule(title: str) -> str:
    return f"# ── {title} {'─' * (90 - len(title))}\n"


def _quoted(text: str) -> str:
    """Write a text so that YAML reads it back: plain where that is safe."""
    if (
        re.fullmatch(r"[A-Za-z][A-Za-z0-9 _./@+-]*[A-Za-z0-9~*]|[A-Za-z]", text)
        and text.lower() != "null"
    ):
        return text
    return json.dumps(text, ensure_ascii=False)
