r"""Regular expressions on RE2 only: linear in time whatever is written.

RE2's \\w and \\b know ASCII only; \\w is widened to letters, marks and digits of every script, and \\b
beside other letters is refused, because it would quietly never match.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from rules.query import QueryError, Regex

if TYPE_CHECKING:
    from rules.nodes import Pattern

MAX_PATTERN = 1_000
MIN_LITERAL = 3
_MEMORY_BYTES = 8 << 20

# Escapes and counts whole: the letters and digits in them stand for no text.
_ITEM = re.compile(
    r"\\Q.*?(?:\\E|$)|\\[pPx]\{[^}]*\}|\\x[0-9A-Fa-f]{2}|\\[0-7]{1,3}|\\[pP].|\\."
    r"|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|\(\?[^)]*?[:>)]|\{\d+(?:,\d*)?\}|.",
    re.DOTALL,
)
_WORD = r"\p{L}\p{M}\p{N}_"


def compile_regex(regex: Regex) -> Pattern:
    """Return a compiled pattern.

    Raises:
        QueryError: RE2 refuses it (and why), or it is not installed.
    """
    try:
        import re2  # noqa: PLC0415 - an extra; without it a pattern is an error, not a guess
    except ImportError as error:
        raise QueryError(
            "patterns need RE2, which is not installed",
            offset=regex.offset,
            hint="pip install 'wirewatch[regex]', or write words and * instead",
        ) from error
    if len(regex.pattern) > MAX_PATTERN:
        raise QueryError(
            f"a pattern of {len(regex.pattern)} characters, more than {MAX_PATTERN}",
            offset=regex.offset,
            hint="use a list of phrases",
        )
    if r"\b" in regex.pattern and not regex.pattern.isascii():
        raise QueryError(
            r"\b knows ASCII letters only",
            offset=regex.offset,
            hint="write the phrase without slashes: phrases are whole words in every script",
        )
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY_BYTES
    options.case_sensitive = "i" not in regex.flags
    try:
        return cast("Pattern", re2.compile(_widen(regex.pattern), options))
    except re2.error as error:
        raise QueryError(
            f"RE2 refuses this pattern: {_reason(error)}",
            offset=regex.offset,
            hint=_hint(_reason(error)),
        ) from error


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


def _hint(reason: str) -> str:
    for said, hint in _HINTS:
        if said in reason:
            return hint
    return "write what RE2 knows, or phrases"


_HINTS = (
    ("perl operator", "look-around does not exist in RE2: use near, exclude or phrases"),
    ("escape sequence", "back-references and some escapes don't exist in RE2: use phrases"),
    ("missing )", r"close the parenthesis, or write \( for the sign itself"),
    ("missing ]", r"close the bracket, or write \[ for the sign itself"),
    ("unexpected )", r"open the parenthesis, or write \) for the sign itself"),
    ("no argument for repetition", r"write \* or \+ for the sign itself"),
    ("bad repetition", "one * or + is enough"),
    ("repetition", "repeat at most 1,000 times, one repetition inside another included"),
    ("too large", "write a shorter pattern, or a list of phrases"),
)


def _widen(pattern: str) -> str:
    return "".join(_widened(m.group()) for m in _ITEM.finditer(pattern))


def _widened(item: str) -> str:
    if item == r"\w":
        return f"[{_WORD}]"
    if item == r"\W":
        return f"[^{_WORD}]"
    if item.startswith("[") and len(item) > 1:
        return item.replace(r"\w", _WORD)
    return item


def literals(pattern: str) -> frozenset[str] | None:
    """Return folded pieces of which every match contains one, or None where there are none.

    Only plain ASCII letters and digits count: they stand in the folded text as they are printed.
    """
    items = [m.group() for m in _ITEM.finditer(pattern)]
    branches = _branches(items)
    found = [_longest(branch) for branch in branches]
    return frozenset(found) if all(len(piece) >= MIN_LITERAL for piece in found) else None


def _branches(items: list[str]) -> list[list[str]]:
    """Cut at the bars outside of parentheses; what stands inside some is left out as unknown."""
    branches: list[list[str]] = [[]]
    depth = 0
    for item in items:
        if item.startswith("(") and not (item.startswith("(?") and item.endswith(")")):
            depth += 1
        elif item == ")":
            depth -= 1
        if item == "|" and depth == 0:
            branches.append([])
        else:
            branches[-1].append(item if depth == 0 and item != ")" else "(")
    return branches


def _longest(items: list[str]) -> str:
    runs = [""]
    for n, item in enumerate(items):
        following = items[n + 1] if n + 1 < len(items) else ""
        if len(item) == 1 and item.isascii() and item.isalnum() and following[:1] not in _OPTIONAL:
            runs[-1] += item.lower()
        else:
            runs.append("")
    return max(runs, key=len)


_OPTIONAL = frozenset("?*{+")
