"""Write feeds into config.yaml and leave every other character of it as it is.

ruamel.yaml says where the list of feeds ends; the new lines are put there as text, and the result is
read back: it must hold what the file held before and the new feeds, nothing else. Where the file is
written in a way that has no such place (`feeds: [...]` on one line), ruamel writes it anew, comments kept.
"""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from wirewatch.errors import UsageError
from wirewatch.model import Feed

_PLAIN = re.compile(r"[A-Za-z][\w./+-]*(?: [\w./+&'()-]+)*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def add_feeds(path: Path, feeds: Sequence[Feed]) -> None:
    """Add feeds to the end of a configuration's list, in place and atomically.

    Args:
        path: The file; its mode is kept, a link is followed.
        feeds: Names must be new to the file; name, url, tags, tier, language are written.

    Raises:
        UsageError: It can't be read as YAML, or its `feeds:` is no list.
    """
    path = path.resolve()
    text = path.read_text("utf-8")
    edited = with_feeds(text, feeds)
    if edited != text:
        _replace(path, edited)


def with_feeds(text: str, feeds: Sequence[Feed]) -> str:
    """Return the text of a configuration with these feeds added.

    Raises:
        UsageError: It can't be read as YAML, or its `feeds:` is no list.
    """
    if not feeds:
        return text
    before = _data(text)
    listed = before.get("feeds")
    if listed is not None and not isinstance(listed, list):
        raise UsageError("feeds: is no list in this configuration; mend it first")
    rows = [feed_row(feed) for feed in feeds]
    wanted = {**before, "feeds": [*(listed or []), *rows]}
    for edited in (_inserted(text, rows, listed), _rewritten(text, rows)):
        with suppress(UsageError):
            if edited is not None and _data(edited) == wanted:
                return edited
    raise UsageError("the feeds could not be written into this configuration; add them by hand")


def feed_row(feed: Feed) -> dict[str, object]:
    """Return a feed as the configuration says it, without what is the default anyway."""
    row: dict[str, object] = {"name": feed.name, "url": feed.url}
    if feed.tags:
        row["tags"] = list(feed.tags)
    if feed.tier != Feed("", "").tier:
        row["tier"] = feed.tier
    if feed.language:
        row["language"] = feed.language
    return row


def _inserted(text: str, rows: Sequence[Mapping[str, object]], listed: object) -> str | None:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    if not listed:
        return _first_feeds(lines, rows)
    place = _end_of_feeds(text)
    if place is None:
        return None
    line, indent = place
    new = [f"{' ' * indent}- {_flow(row)}\n" for row in rows]
    return "".join([*lines[:line], *new, *lines[line:]])


def _first_feeds(lines: list[str], rows: Sequence[Mapping[str, object]]) -> str:
    new = [f"  - {_flow(row)}\n" for row in rows]
    for number, line in enumerate(lines):
        if found := re.fullmatch(r"feeds:[ \t]*(?:\[\s*\]|null|~)?([ \t]*(?:#.*)?)\n", line):
            return "".join([*lines[:number], f"feeds:{found[1]}\n", *new, *lines[number + 1 :]])
    return "".join([*lines, "feeds:\n", *new])


def _end_of_feeds(text: str) -> tuple[int, int] | None:
    """Return the line after the last feed, and how far its dash is indented; None for a flow list."""
    from ruamel.yaml.nodes import MappingNode, SequenceNode  # noqa: PLC0415 - only for editing

    root = _yaml().compose(text)
    if not isinstance(root, MappingNode):
        return None
    for key, value in root.value:
        if key.value == "feeds" and isinstance(value, SequenceNode) and not value.flow_style:
            last = value.value[-1]
            end = last.end_mark
            # A block's end mark stands before whatever comes next; a flow's right behind it.
            line = end.line + 1 if end.column else end.line
            if not getattr(last, "flow_style", True) or end.line > last.start_mark.line:
                line = _last_line(text, last.start_mark.line, line)
            return line, int(value.start_mark.column)
    return None


def _last_line(text: str, first: int, limit: int) -> int:
    """Go back over comments and empty lines that belong to what follows."""
    lines = text.splitlines()
    while limit - 1 > first and (
        limit > len(lines)
        or not lines[limit - 1].strip()
        or lines[limit - 1].lstrip().startswith("#")
    ):
        limit -= 1
    return limit


def _rewritten(text: str, rows: Sequence[Mapping[str, object]]) -> str | None:
    yaml = _yaml()
    data = yaml.load(text) or {}
    data["feeds"] = [*(data.get("feeds") or []), *map(dict, rows)]
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _flow(row: Mapping[str, object]) -> str:
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in row.items()) + "}"


def _scalar(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_scalar, value)) + "]"
    text = str(value)
    if isinstance(value, int) or (_PLAIN.fullmatch(text) and text.lower() not in _WORDS):
        return text
    if re.fullmatch(r"https?://[\w./?&=%~+-]+", text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _data(text: str) -> dict[str, Any]:
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - only for editing

    try:
        data = _yaml(kind="safe").load(text)
    except YAMLError as error:
        raise UsageError(f"this configuration can't be read: {error}") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise UsageError("this configuration is no mapping")
    return data


def _yaml(kind: str = "rt") -> Any:  # noqa: ANN401 - ruamel's own
    from ruamel.yaml import YAML  # noqa: PLC0415 - only for editing

    yaml = YAML(typ=kind, pure=True)
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
