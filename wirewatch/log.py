"""Logs: one event a line on stderr, text on a terminal, JSON lines elsewhere; never a secret.

Every line is `event key=value …`. Whatever a line is made of (a server's answer, a traceback), the
secrets that were loaded are taken out of it last, when it is text already.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import sys
import threading
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, TextIO
from urllib.parse import quote, urlsplit

Format = Literal["text", "json"]

# Two or three letters are no secret, and taking them out would leave no line readable.
_SHORTEST = 4
_PLACEHOLDER = "***"
_PAIR = re.compile(r"(?<!\S)([a-z][a-z0-9_]*)=")
_SLOT = re.compile(r"%(?:%|[-#0 +]*\d*(?:\.\d+)?[a-zA-Z])")
_LOUD = ("apscheduler", "httpx", "httpcore", "asyncio")


class Scrubber:
    """Takes secrets out of text, in every form they may stand there."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Add secrets; one that is a URL hides its path, query and password, too.

        What is shorter than four characters is left alone.
        """
        for secret in secrets:
            self._forms |= _forms(secret)
        if self._forms:
            longest_first = sorted(self._forms, key=lambda form: (-len(form), form))
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def __call__(self, text: str) -> str:
        """Return the text with `***` for each secret."""
        return self._pattern.sub(_PLACEHOLDER, text) if self._pattern else text


def _forms(secret: str) -> set[str]:
    """The secret itself, and as JSON, URLs, reprs and base64 would write it."""
    parts = {secret}
    if "://" in secret:
        url = urlsplit(secret)
        parts |= {url.password or "", f"{url.path}?{url.query}" if url.query else url.path}
        parts |= {value for pair in url.query.split("&") if (value := pair.partition("=")[2])}
        parts |= {part for part in url.path.split("/") if _is_token(part)}
        parts.discard("/")
    forms = set[str]()
    for part in filter(None, parts):
        encoded = base64.b64encode(part.encode(errors="replace")).decode().rstrip("=")
        escaped = json.dumps(part), json.dumps(part, ensure_ascii=False), repr(part)
        forms |= {part, quote(part, safe=""), quote(part), encoded, *(e[1:-1] for e in escaped)}
    return {form for form in forms if len(form) >= _SHORTEST}


def _is_token(part: str) -> bool:
    """Whether a part of a path looks made up by a machine; `hooks` and `services` stay readable."""
    return len(part) >= 16 or (len(part) >= 8 and any(char.isdigit() for char in part))


class TextFormatter(logging.Formatter):
    """`12:00:01 warning not_delivered channel=ops …`, for people; the date is the terminal's own."""

    def __init__(self, scrub: Scrubber) -> None:
        super().__init__()
        self.scrub = scrub

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, and a traceback's lines below it."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone()
        line = f"{at:%H:%M:%S} {record.levelname.lower()} {printable(record.getMessage())}"
        if record.exc_info:
            trace = self.formatException(record.exc_info)
            line += "\n" + "\n".join(map(printable, trace.splitlines()))
        return self.scrub(line)


class JsonFormatter(logging.Formatter):
    """One object a line: `at`, `level`, `logger`, `event`, and each key with its value."""

    def __init__(self, scrub: Scrubber) -> None:
        super().__init__()
        self.scrub = scrub

    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON object."""
        at = datetime.fromtimestamp(record.created, UTC)
        entry: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **_fields(record),
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        # Before JSON escapes them and after: what was a repr would be escaped twice.
        clean = {
            key: self.scrub(value) if isinstance(value, str) else value
            for key, value in entry.items()
        }
        return self.scrub(json.dumps(clean, ensure_ascii=False, default=str))


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """Read `event key=value …` where the template says so; another's message stays one text."""
    message = record.getMessage()
    template = str(record.msg)
    keys = list(_PAIR.finditer(template))
    event = template.partition(" ")[0]
    if "%" in event:
        event = message.partition(" ")[0]
    if not keys and (" " in message or not event.isidentifier()):
        return {"event": "said", "message": message}
    args = list(record.args) if isinstance(record.args, tuple) else []
    slots = [slot for slot in _SLOT.finditer(template) if slot[0] != "%%"]
    found: dict[str, Any] = {}
    for n, key in enumerate(keys):
        end = keys[n + 1].start() if n + 1 < len(keys) else len(template)
        own = [i for i, slot in enumerate(slots) if key.end() <= slot.start() < end]
        alone = len(own) == 1 and template[key.end() : end].strip() == slots[own[0]][0]
        if alone and own[0] < len(args):
            value = args[own[0]]
            found[key[1]] = value if isinstance(value, int | float) else str(value)
    return {"event": event, **found, "message": message}


def printable(text: str) -> str:
    """Return text that can't move a terminal's cursor, colour it or break the line."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def configure(
    *,
    log_format: Format | None = None,
    level: int = logging.INFO,
    secrets: Collection[str] = (),
    unsaid: str = "",
    stream: TextIO | None = None,
) -> Scrubber:
    """Set logging up for the whole process, crashes included; may be called again.

    Args:
        log_format: None takes text on a terminal and JSON lines elsewhere.
        level: Of our own loggers; libraries speak from WARNING up.
        secrets: Taken out of everything that is logged.
        unsaid: An event (`polled`) that the command tells in another way.
        stream: stderr unless given.

    Returns:
        What scrubs; `learn` teaches it the secrets of a new configuration.
    """
    out = stream or sys.stderr
    scrub = Scrubber(secrets)
    chosen = log_format or ("text" if out.isatty() else "json")
    handler = logging.StreamHandler(out) if stream else _Stderr()
    handler.setFormatter(TextFormatter(scrub) if chosen == "text" else JsonFormatter(scrub))
    if unsaid:
        handler.addFilter(lambda record: str(record.msg).split(" ", 1)[0] != unsaid)
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, TextFormatter | JsonFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _LOUD:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    # It warns of each tick that finds the one before still at work; the next one does that work.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.captureWarnings(capture=True)
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed
    return scrub


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # a plain attribute there
        return sys.stderr


def learn(secrets: Iterable[str]) -> None:
    """Keep these out of the logs, too: those of a configuration that was just taken over."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, TextFormatter | JsonFormatter):
            handler.formatter.scrub.learn(secrets)


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("wirewatch").critical("crashed", exc_info=(kind, error, trace))


def _thread_crashed(crash: threading.ExceptHookArgs) -> None:
    error = crash.exc_value
    if error is not None and not issubclass(crash.exc_type, SystemExit):
        info = (crash.exc_type, error, crash.exc_traceback)
        name = crash.thread.name if crash.thread else "unknown"
        logging.getLogger("wirewatch").critical("thread_crashed thread=%s", name, exc_info=info)
