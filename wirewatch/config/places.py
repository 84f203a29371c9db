"""Where in which file a piece of the configuration stands.

The main file's paths are its own. What comes from elsewhere carries a path that begins with
`files` and a number: `("files", 2, "rules", 0, "match", …)`; messages show the file's own path.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from wirewatch.config.yaml import DataPath, Document
from wirewatch.errors import ConfigError, Problem

FILES = "files"


@dataclass(slots=True)
class Places:
    """The documents of one configuration; the first is the main file."""

    documents: list[Document] = field(default_factory=list)

    def add(self, document: Document) -> DataPath:
        """Take a document in; return the prefix of its paths."""
        self.documents.append(document)
        number = len(self.documents) - 1
        return (FILES, number) if number else ()

    def error(self, problem: Problem, *, key: bool = False) -> ConfigError:
        """Give a problem its place.

        Args:
            problem: With a path as `add` prefixes it.
            key: It is about the key itself, not its value.
        """
        document, path = self._split(problem.path)
        line, column = document.place(path, key=key, offset=problem.offset)
        own = replace(problem, path=path)
        if document.root is None:
            return ConfigError(own, file=document.name)
        return ConfigError(own, file=document.name, line=line, column=column)

    def spot(self, path: DataPath) -> str:
        """Return `file:line` for a hint such as "the first is at …"."""
        document, own = self._split(path)
        return f"{document.name}:{document.place(own, key=True)[0]}"

    def mistakes(self) -> list[ConfigError]:
        """Return what is wrong with the YAML of all documents."""
        return [
            ConfigError(
                Problem(mistake.path, mistake.problem, mistake.hint),
                file=document.name,
                line=mistake.line,
                column=mistake.column,
            )
            for document in self.documents
            for mistake in document.mistakes
        ]

    def _split(self, path: DataPath) -> tuple[Document, DataPath]:
        if len(path) >= 2 and path[0] == FILES and isinstance(path[1], int):
            return self.documents[path[1]], path[2:]
        return self.documents[0], path
