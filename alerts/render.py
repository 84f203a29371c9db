"""Render alerts, digests and notices: sandboxed templates, inlined styles, within the size budget.

Deterministic: the same view gives the same bytes. A template of the user's that raises, runs on or
prints without end is replaced by the built-in one, and `problems` says so; a digest always goes out.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import css_inline
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    TemplateSyntaxError,
)

import wirewatch
from alerts import context, sentences, show
from alerts.sandbox import Sandbox, TooLittle, TooMuch
from wirewatch.model import Alert, Channel, DigestView, EmailChannel, SystemNotice
from wirewatch.text import clean_line, sendable

# Gmail cuts a message off at about 102 KB of HTML.
HTML_BUDGET_BYTES = 90 * 1024
_TEXT_BUDGET_BYTES = 200 * 1024
_SIGNATURE = "-- "  # RFC 3676: the one line whose blank at the end means something
_GAPS = re.compile(r"\n{3,}")
_FULL, _BRIEF, _ATTACHED = 60, 120, 10_000


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a reader sees, in both forms."""

    subject: str
    html: str
    text: str
    attachments: tuple[Attachment, ...] = ()


_REST = Attachment("all-stories.txt", "text/plain", b"")
T = TypeVar("T")


class Renderer:
    """Templates, compiled once; the user's replace the built-in ones file by file.

    Attributes:
        problems: What was wrong with the user's templates since this was last emptied.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Use the templates in `folder` before the built-in ones."""
        self.folder = folder
        self.problems: list[str] = []
        built_in = FileSystemLoader(built_in_templates())
        self._built_in = _Pair(built_in)
        # Only the user's templates are counted and bounded: ours are known to end.
        own = ChoiceLoader([FileSystemLoader(folder), built_in]) if folder else None
        self._own = _Pair(own, bounded=True) if own else None
        self._inliner = css_inline.CSSInliner(
            keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
        )

    def alert(
        self, alert: Alert, channel: Channel | None = None, *, timezone: str = "UTC"
    ) -> Rendered:
        """Render an alert for a channel; times are shown in `timezone`."""
        values = context.of_alert(alert, timezone=timezone, unsubscribe=_unsubscribe(channel))
        return self._safely("alert", lambda pair: self._page(pair, "alert", values, timezone))

    def digest(self, view: DigestView, channel: Channel | None = None) -> Rendered:
        """Render a digest within the budget: what doesn't fit whole is listed, then counted and attached."""
        rendered, left_out = self._safely(
            "digest", lambda pair: self._fitted(pair, view, _unsubscribe(channel))
        )
        if not left_out:
            return rendered
        return replace(rendered, attachments=(replace(_REST, content=_digest_list(view)),))

    def system(
        self, notice: SystemNotice, channel: Channel | None = None, *, timezone: str = "UTC"
    ) -> Rendered:
        """Render news about wirewatch itself."""
        values = context.of_system(notice, timezone=timezone, unsubscribe=_unsubscribe(channel))
        return self._safely("system", lambda pair: self._page(pair, "system", values, timezone))

    def _safely(self, name: str, make: Callable[[_Pair], T]) -> T:
        """Use the user's templates; where they go wrong, ours, and remember what was wrong."""
        if self._own:
            try:
                return make(self._own)
            except Exception as error:  # noqa: BLE001 - a user's template may raise anything; the built-in one goes out
                self.problems.append(_problem(name, error))
        return make(self._built_in)

    def _fitted(self, pair: _Pair, view: DigestView, unsubscribe: str) -> tuple[Rendered, bool]:
        """Return a digest with as many stories as fit, and whether any were left out."""
        total = len(view.stories)
        full = min(_FULL, total)
        brief = min(_BRIEF, total - full)
        while True:
            left_out = full + brief < total
            values = context.of_digest(
                view, full=full, brief=brief, unsubscribe=unsubscribe, attached=_REST.name if left_out else ""
            )  # fmt: skip
            rendered = self._rendered(pair, "digest", values, view.timezone)
            size = _size(rendered)
            if size <= 1:
                return rendered, left_out
            if full + brief == 0:
                raise TooMuch("more than 90 KiB, even without a story")
            full, brief = _fewer(full, brief, size)
            if full:
                brief = min(_BRIEF, total - full)

    def _page(self, pair: _Pair, name: str, values: context.Context, timezone: str) -> Rendered:
        rendered = self._rendered(pair, name, values, timezone)
        if _size(rendered) > 1:
            raise TooMuch("more than 90 KiB")
        return rendered

    def _rendered(self, pair: _Pair, name: str, values: context.Context, timezone: str) -> Rendered:
        filled = values | {"moment": partial(show.moment, timezone=timezone)}
        html = self._inliner.inline(_tidy(pair.html(name, filled)))
        return Rendered(values["subject"], html, _tidy(pair.text(name, filled)))


class _Pair:
    """The same templates for HTML, where everything is escaped, and for text, where nothing is."""

    def __init__(self, loader: BaseLoader, *, bounded: bool = False) -> None:
        make = Sandbox if bounded else _environment
        self._html, self._text = make(loader, autoescape=True), make(loader, autoescape=False)
        for environment in (self._html, self._text):
            if isinstance(environment, Sandbox):
                environment.add_filters(FILTERS)
            else:
                environment.filters.update(FILTERS)

    def html(self, name: str, values: context.Context) -> str:
        """Render `name.html.j2`."""
        return _rendered(self._html, f"{name}.html.j2", values)

    def text(self, name: str, values: context.Context) -> str:
        """Render `name.txt.j2`."""
        return _rendered(self._text, f"{name}.txt.j2", values)


def _rendered(environment: Environment, name: str, values: context.Context) -> str:
    template = environment.get_template(name)
    if not isinstance(environment, Sandbox):
        return template.render(values)
    printed = environment.rendered(template, values)
    if not _shows_something(printed):
        raise TooLittle("it shows nothing")
    return printed


def _shows_something(page: str) -> bool:
    """Say whether a reader sees any text: outside tags, the head, and what is for inboxes alone."""
    for start, end in (("<head", "</head>"), ('<p class="preview"', "</p>")):
        before, _, rest = page.partition(start)
        page = before + rest.partition(end)[2]
    first, *after_tags = page.split("<")
    return bool(first.strip()) or any(each.partition(">")[2].strip() for each in after_tags)


def built_in_templates() -> Path:
    """Return the folder of the shipped templates: in the wheel, or beside the packages in a checkout."""
    package = Path(wirewatch.__file__).parent
    packed = package / "templates"
    return packed if packed.is_dir() else package.parent / "templates"


def _environment(loader: BaseLoader, *, autoescape: bool) -> Environment:
    # Not sandboxed: these are ours, and what they are given is only ever printed, never run.
    return Environment(
        loader=loader,
        autoescape=autoescape,  # noqa: S701 - off for text parts alone
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _pad(text: object, width: int) -> str:
    return str(text).ljust(min(int(width), 80))


def _tidy(text: str) -> str:
    """Return text that any mail program takes: no control characters, at most one empty line in a row.

    Articles come in clean; this is the second wall, for stores filled by others.
    """
    if "\r" in text or not text.replace("\n", "").isprintable():
        text = sendable(text)
    lines = text.split("\n")
    text = "\n".join(line if line == _SIGNATURE else line.rstrip(" \t") for line in lines)
    return _GAPS.sub("\n\n", text).strip("\n") + "\n"


def _wrap(text: object, indent: str = "") -> str:
    wrapped = textwrap.wrap(
        str(text), 76, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )  # fmt: skip
    return "\n".join(wrapped)


FILTERS: dict[str, Callable[..., object]] = {
    "change": show.change,
    "counted": show.counted,
    "line": clean_line,
    "pad": _pad,
    "wrap": _wrap,
}


def _size(rendered: Rendered) -> float:
    """How many times its budget the larger part takes."""
    return max(
        len(rendered.html.encode()) / HTML_BUDGET_BYTES,
        len(rendered.text.encode()) / _TEXT_BUDGET_BYTES,
    )


def _digest_list(view: DigestView) -> bytes:
    """Every story of a digest in two lines each: what is attached where not all fit."""
    heading = f"{sentences.heading(view)}, {sentences.slot_words(view)} ({view.timezone})"
    listed = [f"{heading}: {sentences.counts(view)}", ""]
    for story in view.stories[:_ATTACHED]:
        entry = context.brief_of(story, view)
        listed.append(f"[{entry['severity']}] {entry['title']}")
        if entry["url"]:
            listed.append(f"  {entry['url']}")
    left = len(view.stories) - _ATTACHED
    if left > 0:
        listed.append(f"and {show.counted(left, 'more story', 'more stories')}")
    return ("\n".join(listed) + "\n").encode()


def _fewer(full: int, brief: int, size: float) -> tuple[int, int]:
    """Return smaller numbers of stories; `size` is how many times the budget the last try took."""
    kept = int(full / size * 0.95)
    if full > 1:
        return (max(min(kept, full - 1), 1), brief)
    return (0, int(brief / size * 0.9)) if brief > 1 else (0, 0)


def _unsubscribe(channel: Channel | None) -> str:
    return (channel.unsubscribe or "") if isinstance(channel, EmailChannel) else ""


def _problem(name: str, error: Exception) -> str:
    where = f"{error.name}:{error.lineno}: " if isinstance(error, TemplateSyntaxError) else ""
    return clean_line(f"template {name}: {where}{type(error).__name__}: {error}", 300)


__all__ = ["HTML_BUDGET_BYTES", "Attachment", "Rendered", "Renderer", "built_in_templates"]
