"""Render alerts, digests and notices: sandboxed templates, inlined styles, within the size budget.

Deterministic: the same view gives the same bytes. A template of the user's that raises, runs on or
prints without end is replaced by the built-in one, and `problems` says so; a digest always goes out.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import css_inline
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

import wirewatch
from alerts import context, sentences, show
from wirewatch.model import Alert, Channel, DigestView, EmailChannel, SystemNotice
from wirewatch.text import clean_line

# Gmail cuts a message off at about 102 KB of HTML.
HTML_BUDGET_BYTES = 90 * 1024
_TEXT_BUDGET_BYTES = 200 * 1024
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
        self._own = _Pair(ChoiceLoader([FileSystemLoader(folder), built_in])) if folder else None
        self._inliner = css_inline.CSSInliner(
            keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
        )

    def alert(
        self, alert: Alert, channel: Channel | None = None, *, timezone: str = "UTC"
    ) -> Rendered:
        """Render an alert for a channel; times are shown in `timezone`."""
        values = context.of_alert(alert, timezone=timezone, unsubscribe=_unsubscribe(channel))
        return self._render("alert", values, timezone)

    def digest(self, view: DigestView, channel: Channel | None = None) -> Rendered:
        """Render a digest within the budget: what doesn't fit whole is listed, then counted and attached."""
        full, brief = min(_FULL, len(view.stories)), min(_BRIEF, max(len(view.stories) - _FULL, 0))
        whole = Attachment("all-stories.txt", "text/plain", b"")
        while True:
            attached = whole.name if full + brief < len(view.stories) else ""
            rendered = self._digest(view, channel, full, brief, attached)
            size = max(
                len(rendered.html.encode()) / HTML_BUDGET_BYTES,
                len(rendered.text.encode()) / _TEXT_BUDGET_BYTES,
            )
            if size <= 1 or full + brief == 0:
                break
            full, brief = _fewer(full, brief, size)
            if full:
                brief = min(_BRIEF, len(view.stories) - full)
        if not attached:
            return rendered
        content = self._digest_list(view)
        return Rendered(
            rendered.subject,
            rendered.html,
            rendered.text,
            (Attachment(whole.name, whole.content_type, content),),
        )

    def system(
        self, notice: SystemNotice, channel: Channel | None = None, *, timezone: str = "UTC"
    ) -> Rendered:
        """Render news about wirewatch itself."""
        values = context.of_system(notice, timezone=timezone, unsubscribe=_unsubscribe(channel))
        return self._render("system", values, timezone)

    def _digest(
        self, view: DigestView, channel: Channel | None, full: int, brief: int, attached: str
    ) -> Rendered:
        values = context.of_digest(
            view, full=full, brief=brief, unsubscribe=_unsubscribe(channel), attached=attached
        )
        return self._render("digest", values, view.timezone)

    def _digest_list(self, view: DigestView) -> bytes:
        lines = [
            f"{view.name} digest, {sentences.slot_words(view)} ({view.timezone}): {sentences.counts(view)}",
            "",
        ]
        for story in view.stories[:_ATTACHED]:
            entry = context.brief_of(story)
            lines.append(f"[{entry['severity']}] {entry['title']}")
            if entry["url"]:
                lines.append(f"  {entry['url']}")
        left = len(view.stories) - _ATTACHED
        if left > 0:
            lines.append(f"and {show.counted(left, 'more story', 'more stories')}")
        return ("\n".join(lines) + "\n").encode()

    def _render(self, name: str, values: context.Context, timezone: str) -> Rendered:
        if self._own:
            try:
                return self._with(self._own, name, values, timezone)
            except Exception as error:  # noqa: BLE001 - a user's template may raise anything; the built-in one goes out
                self.problems.append(_problem(name, error))
        return self._with(self._built_in, name, values, timezone)

    def _with(self, pair: _Pair, name: str, values: context.Context, timezone: str) -> Rendered:
        filled = values | {"moment": partial(show.moment, timezone=timezone)}
        html = self._inliner.inline(pair.html.get_template(f"{name}.html.j2").render(filled))
        text = pair.text.get_template(f"{name}.txt.j2").render(filled)
        return Rendered(values["subject"], _tidy(html), _tidy(text))


class _Pair:
    """The same templates for HTML, where everything is escaped, and for text, where nothing is."""

    def __init__(self, loader: BaseLoader) -> None:
        self.html = _environment(loader, autoescape=True)
        self.text = _environment(loader, autoescape=False)


def built_in_templates() -> Path:
    """Return the folder of the shipped templates: in the wheel, or beside the packages in a checkout."""
    package = Path(wirewatch.__file__).parent
    packed = package / "templates"
    return packed if packed.is_dir() else package.parent / "templates"


def _environment(loader: BaseLoader, *, autoescape: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=loader,
        autoescape=autoescape,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters: dict[str, Callable[..., object]] = {
        "change": show.change,
        "counted": show.counted,
        "line": clean_line,
        "pad": lambda text, width: str(text).ljust(min(int(width), 80)),
        "wrap": _wrap,
    }
    environment.filters.update(filters)
    return environment


def _tidy(text: str) -> str:
    """Return text that any mail program takes: no control characters, at most one empty line in a row.

    Articles come in clean; this is the second wall, for stores filled by others.
    """
    lines = ["-- " if line == "-- " else _tidy_line(line) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _tidy_line(line: str) -> str:
    # Runs of spaces are ours (indents, columns); clean_line would fold them.
    pieces = re.split("( {2,}|^ )", line)
    return "".join(piece if piece.isspace() else _clean_piece(piece) for piece in pieces).rstrip()


def _clean_piece(piece: str) -> str:
    cleaned = clean_line(piece)
    return " " * piece.startswith(" ") + cleaned + " " * (piece.endswith(" ") and cleaned != "")


def _wrap(text: str, indent: str) -> str:
    wrapped = textwrap.wrap(
        str(text), 76, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )  # fmt: skip
    return "\n".join(wrapped)


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
