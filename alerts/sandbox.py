"""Templates of the user's: what they may do, and how much of it.

Jinja2's sandbox keeps a template from our internals, not from running on: three nested loops are
enough. Here every loop, call and filter costs from one budget, no operator or filter can make a
value larger than a bound, and what is printed is counted. Counting instead of timing keeps the same
view the same bytes on every machine. Measured: an endless template ends in under a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from enum import Enum
from functools import wraps
from itertools import islice
from typing import Any

from jinja2 import BaseLoader, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

MAX_STEPS = 100_000  # thirty times what the built-in digest takes at its largest
MAX_OUTPUT = 2_000_000
MAX_VALUE = 500_000  # characters of a string, members of a list, bits of a number

# Left out: what makes much of little (center, replace, format, indent …), what is not the same each
# time (random), and what needs a reason to be here.
_FILTERS = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "filesizeformat", "first", "float",
    "forceescape", "groupby", "int", "items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject",
    "rejectattr", "reverse", "round", "safe", "select", "selectattr", "sort", "string", "striptags", "sum", "title",
    "trim", "truncate", "unique", "upper", "urlencode", "wordcount",
)  # fmt: skip
_STRING_METHODS = frozenset(
    {"upper", "lower", "title", "capitalize", "strip", "lstrip", "rstrip", "startswith", "endswith", "split", "isdigit"}
)  # fmt: skip


class TooMuch(SecurityError):
    """A template ran on, printed without end, or made a value that is too large."""


class TooLittle(ValueError):
    """A template printed nothing that a reader could see."""


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment whose templates can neither escape nor run on."""

    intercepted_binops = frozenset({"+", "*", "**", "%", "//", "-"})

    def __init__(self, loader: BaseLoader, *, autoescape: bool) -> None:
        """Take templates from `loader`."""
        super().__init__(
            loader=loader,
            autoescape=autoescape,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.steps = 0
        self.concat = _concat  # type: ignore[method-assign]  # an attribute of the class, there for this
        self.filters = {name: self._costed(self.filters[name]) for name in _FILTERS}
        self.globals = {
            "range": self._range,
            "_counted": self._counted,
            "_joined": _joined,
            "namespace": self.globals["namespace"],
            "dict": dict,
        }

    def add_filters(self, filters: dict[str, Callable[..., object]]) -> None:
        """Add filters of our own, at a price."""
        self.filters |= {name: self._costed(each) for name, each in filters.items()}

    def rendered(self, template: Template, values: dict[str, object]) -> str:
        """Render with a fresh budget.

        Raises:
            TooMuch: It ran on, or printed without end.
        """
        self.steps = 0
        pieces, size = [], 0
        for piece in template.generate(values):
            size += len(piece)
            if size > MAX_OUTPUT:
                raise TooMuch(f"printed more than {MAX_OUTPUT:,} characters")
            pieces.append(piece)
        return "".join(pieces)

    def spend(self, steps: int = 1) -> None:
        """Count steps; raises TooMuch when a template takes more than it may."""
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise TooMuch(f"ran on: more than {MAX_STEPS:,} steps")

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401 - jinja2's signature
        """Keep to the few methods of strings that can't make them longer, and to none of numbers."""
        if isinstance(obj, Enum):
            return attr in {"name", "value"}
        if isinstance(obj, (str, bytes)):
            return attr in _STRING_METHODS
        if isinstance(obj, (int, float)):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: object) -> None:
        """Leave `str.format` to `is_safe_attribute`: widths make much of little."""

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        """Compute, unless the result could be too large."""
        self.spend()
        numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        if operator == "%" and not numbers:
            raise TooMuch("`%` is for numbers here")
        if operator == "**" and (not numbers or abs(left) > 10_000 or abs(right) > 10):
            raise TooMuch("`**` is for small numbers here")
        if operator == "*" and not numbers and _size(left) * abs(_times(left, right)) > MAX_VALUE:
            raise TooMuch("`*` made something too long")
        return _bounded(super().call_binop(context, operator, left, right))

    def call(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Call, at a price: macros may call themselves."""
        # Positional: (context, callee, *arguments); jinja2 names them with two underscores.
        self.spend(20)
        return _bounded(super().call(*args, **kwargs))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree: nodes.Template = _Costing().visit(super()._parse(source, name, filename))
        return tree

    def _range(self, *args: int) -> range:
        made = range(*args)
        self.spend(len(made))
        return made

    def _counted(self, values: Iterable[object]) -> Iterator[object]:
        for value in values:
            self.spend()
            yield value

    def _costed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def costed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the filter takes
            self.spend(1 + sum(_size(arg) for arg in args) // 10)
            if function.__name__ in {"sync_do_join", "do_join", "join"}:
                args = (*args[:1], list(islice(args[1], MAX_VALUE)), *args[2:])
                separator = str(args[2]) if len(args) > 2 else str(kwargs.get("d", ""))
                _check(len(args[1]) * len(separator) + sum(_size(each) for each in args[1]))
            return _bounded(function(*args, **kwargs))

        return costed


class _Costing(NodeTransformer):
    """Makes every loop count its turns, and `~` look at what it makes."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - jinja2's name
        self.generic_visit(node)
        name = nodes.Name("_counted", "load")
        node.iter = nodes.Call(name, [node.iter], [], None, None).set_lineno(node.lineno)
        name.set_lineno(node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - jinja2's name
        self.generic_visit(node)
        name = nodes.Name("_joined", "load")
        call = nodes.Call(name, node.nodes, [], None, None).set_lineno(node.lineno)
        name.set_lineno(node.lineno)
        return call


def _joined(*parts: object) -> str:
    _check(sum(_size(part) if isinstance(part, str) else 40 for part in parts))
    if any(hasattr(part, "__html__") for part in parts):
        return Markup().join(escape(part) for part in parts)
    return "".join(map(str, parts))


def _concat(parts: Iterable[str]) -> str:
    pieces = list(parts)
    _check(sum(map(len, pieces)), MAX_OUTPUT)
    return "".join(pieces)


def _bounded(value: Any) -> Any:  # noqa: ANN401 - whatever was computed
    _check(_size(value))
    return value


def _check(size: int, limit: int = MAX_VALUE) -> None:
    if size > limit:
        raise TooMuch("made something too long")


def _size(value: object) -> int:
    if isinstance(value, int):
        return value.bit_length()
    return len(value) if isinstance(value, Sized) else 1


def _times(left: object, right: object) -> int:
    return next((each for each in (left, right) if isinstance(each, int)), 1)
