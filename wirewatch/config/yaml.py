"""Read YAML as people mean it, and know where everything stands.

Every scalar stays the text that was written: `no`, `NO`, `12:30`, `007` and `1_000` are
words here, as in YAML 1.2; the models say which texts are numbers, durations or truth
values. Only an unquoted empty value, `~` and `null` mean "nothing". Keys may not repeat,
tags (`!!set`) are refused, and aliases may not grow a small file into a huge tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Tree = dict[str, "Tree"] | list["Tree"] | str | None
DataPath = tuple[str | int, ...]

MAX_BYTES = 64_000_000
MAX_DEPTH = 60
MAX_NODES = 2_000_000  # of the expanded tree; 10,000 rules have some 400,000
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BRACKET = re.compile(r"[\[\]{}]")
_DEEP_INDENT = re.compile(rf"^[ \-?:]{{{MAX_DEPTH}}}", re.MULTILINE)
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_HINTS = (
    ("mapping values are not allowed", "put quotes around a text that contains ': '"),
    ("found character '\\t'", "indent with spaces, not tabs"),
    ("found a tab character", "indent with spaces, not tabs"),
    ("did not find expected '-' indicator", "this line begins too far left or right"),
    ("found another document", "a configuration is one document: delete the ---"),
    ("cannot start any token", "put quotes around a text that starts with @, %, ` or a tab"),
    ("did not find expected alphabetic", "put quotes around a text that starts with * or &"),
    ("did not find expected key", "the line before, or its indentation, is not finished"),
    ("did not find expected ',' or", "a bracket is not closed, or a comma is missing"),
    ("unexpected end of stream", "a quotation mark or bracket is not closed"),
    ("undefined alias", "put quotes around a text that starts with *"),
)
_ANY_HINT = "look for brackets, quotes and indentation here or above"


class Strict(_LOADER):  # type: ignore[misc]  # chosen at run time: libyaml may be missing
    """A loader that resolves nothing: whatever carries another tag than text was tagged by hand."""


Strict.yaml_implicit_resolvers = {}


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong with the YAML itself; lines and columns count from 1."""

    problem: str
    line: int
    column: int
    hint: str = ""
    path: DataPath = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its data, and the nodes that know where each piece stands.

    Attributes:
        name: The file as messages call it.
        tree: Mappings, lists, texts and None.
        mistakes: All that is wrong with the YAML; the tree holds what could be read.
    """

    name: str
    tree: Tree
    root: Node | None = None
    mistakes: tuple[Mistake, ...] = ()
    lines: tuple[str, ...] = field(default=(), repr=False)

    def place(self, path: DataPath, *, key: bool = False, offset: int = 0) -> tuple[int, int]:
        """Return line and column (from 1) of a value, or of its key; the nearest parent's if it has none.

        Args:
            path: Keys and indexes from the root.
            key: Point at the key, not at its value.
            offset: Characters into a text that stands on one line.
        """
        node, mark_node = self.root, self.root
        for n, part in enumerate(path):
            found = _child(node, part)
            if found is None:
                break
            key_node, node = found
            mark_node = key_node if key and n == len(path) - 1 and key_node else node
        if mark_node is None:
            return (1, 1)
        mark = mark_node.start_mark
        line, column = mark.line + 1, mark.column + 1
        if offset and isinstance(mark_node, ScalarNode) and mark.line == mark_node.end_mark.line:
            column += self._shift(mark_node, offset)
        return (line, column)

    def _shift(self, node: ScalarNode, offset: int) -> int:
        """How far into the line the n-th character of a text stands: quotes and escapes take room."""
        start, end = node.start_mark, node.end_mark
        if not node.style or start.line >= len(self.lines):
            return offset
        written = self.lines[start.line][start.column + 1 : end.column - 1]
        escape = "''" if node.style == "'" else "\\"
        taken = position = 0
        while taken < offset and position < len(written):
            position += len("''") if written.startswith(escape, position) else 1
            taken += 1
        return position + 1


def read(text: str, name: str) -> Document:
    """Parse one document; mistakes are collected, never raised.

    Only the first mistake of syntax can be found (what follows it means nothing); of
    repeated keys, tags and the like all are.
    """
    try:
        if deep := _too_deep(text):
            return Document(name, None, None, (deep,))
        root = yaml.compose(text, Loader=Strict)
    except yaml.MarkedYAMLError as error:
        return Document(name, None, None, (_syntax(error),))
    except yaml.reader.ReaderError as error:
        return Document(name, None, None, (_unreadable(text, error),))
    if root is None:
        return Document(
            name, None, None, (Mistake("is empty", 1, 1, "`wirewatch init` writes a first one"),)
        )
    builder = _Builder()
    tree = builder.build(root, ())
    return Document(name, tree, root, tuple(builder.mistakes), tuple(text.splitlines()))


def read_file(path: Path, name: str) -> tuple[Document, bytes]:
    """Read a file; what can't be read at all is a mistake in an empty document."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        problem = f"can't be read: {error.strerror or error}"
        return Document(
            name,
            None,
            None,
            (Mistake(problem, 0, 0, "name another file, or change its permissions"),),
        ), b""
    if len(content) > MAX_BYTES:
        return Document(
            name,
            None,
            None,
            (
                Mistake(
                    "is larger than 64 MB", 0, 0, "spread it over several: include: [rules/*.yaml]"
                ),
            ),
        ), content
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        mistake = Mistake("is not UTF-8 text", line, column, "save the file as UTF-8")
        return Document(name, None, None, (mistake,)), content
    return read(text, name), content


class _Builder:
    """Makes plain data of nodes and notes what is wrong on the way."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self._count, self._full = 0, False
        self._open: set[int] = set()

    def build(self, node: Node, path: DataPath) -> Tree:
        self._count += 1
        if isinstance(node, ScalarNode):
            self._check_tag(node, path, "str")
            return None if not node.style and node.value in _NULLS else str(node.value)
        if id(node) in self._open:
            self._note(
                node, path, "an alias may not stand inside what it refers to", "write it out"
            )
            return None
        if self._count > MAX_NODES:
            if not self._full:
                self._note(
                    node,
                    path,
                    "its aliases grow into more than 2 million values",
                    "write lists, and use them by $name",
                )
            self._full = True
            return None
        self._open.add(id(node))
        tree = self._collection(node, path)
        self._open.discard(id(node))
        return tree

    def _check_tag(self, node: Node, path: DataPath, plain: str) -> None:
        if node.tag != f"tag:yaml.org,2002:{plain}":
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            self._note(node, path, f"the tag {tag} means nothing here", "leave it out")

    def _collection(self, node: Node, path: DataPath) -> Tree:
        self._check_tag(node, path, "seq" if isinstance(node, SequenceNode) else "map")
        if isinstance(node, SequenceNode):
            return [self.build(child, (*path, n)) for n, child in enumerate(node.value)]
        tree: dict[str, Tree] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._note(
                    key_node, path, "a key must be a word", "begin the line with a word and a colon"
                )
                continue
            key = str(key_node.value)
            if key in tree:
                self._note(
                    key_node,
                    (*path, key),
                    f'the key "{key}" stands here a second time',
                    f"the first is in line {lines[key]}",
                )
                continue
            if key == "<<":
                self._note(key_node, path, "YAML 1.2 has no merge keys (<<)", "write the keys out")
                continue
            lines[key] = key_node.start_mark.line + 1
            tree[key] = self.build(value_node, (*path, key))
        return tree

    def _note(self, node: Node, path: DataPath, problem: str, hint: str = "") -> None:
        mark = node.start_mark
        self.mistakes.append(Mistake(problem, mark.line + 1, mark.column + 1, hint, path))


def _child(node: Node | None, part: str | int) -> tuple[Node | None, Node] | None:
    match node, part:
        case MappingNode(), str():
            return next(
                ((k, v) for k, v in node.value if isinstance(k, ScalarNode) and k.value == part),
                None,
            )
        case SequenceNode(), int() if 0 <= part < len(node.value):
            return None, node.value[part]
    return None


def _too_deep(text: str) -> Mistake | None:
    """Find nesting that would exhaust the C stack: libyaml's composer recurses and dies at some 30,000."""
    if not (_DEEP_INDENT.search(text) or _open_brackets(text) > MAX_DEPTH):
        return None
    depth = 0
    for event in yaml.parse(text, Loader=Strict):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            mark = event.start_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            return Mistake(
                "is nested too deeply", line, column, "a configuration needs ten levels at most"
            )
    return None


def _open_brackets(text: str) -> int:
    """How many brackets are open at once at most; those inside texts count too, which only costs time."""
    depth = most = 0
    for found in _BRACKET.finditer(text):
        depth += 1 if found[0] in "[{" else -1
        most = max(most, depth)
    return most


def _syntax(error: yaml.MarkedYAMLError) -> Mistake:
    problem = error.problem or error.context or "can't be read"
    mark, start = error.problem_mark or error.context_mark, error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    hint = next((hint for start, hint in _HINTS if start in problem), _ANY_HINT)
    if start and mark and start.line != mark.line:
        problem += f" (it begins in line {start.line + 1})"
    return Mistake(f"is no YAML: {problem}", line, column, hint)


def _unreadable(text: str, error: yaml.reader.ReaderError) -> Mistake:
    """Say which control character stands where; libyaml gives a position in bytes or characters."""
    place = next(_strange(text), None)
    line, column, what = place or (1, 1, str(error.reason))
    return Mistake(f"holds a character that YAML does not allow: {what}", line, column, "delete it")


def _strange(text: str) -> Iterator[tuple[int, int, str]]:
    for n, line in enumerate(text.split("\n"), 1):
        for column, char in enumerate(line, 1):
            if (char < " " and char not in "\t\r") or char in "\x7f\ufffe\uffff":
                yield n, column, f"U+{ord(char):04X}"
