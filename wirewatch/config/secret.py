"""Resolve references to what does not belong into a file: `${ENV}`, `file:`, `credential:`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wirewatch.config.words import Wrong, path

_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MAX_SECRET_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class References:
    """Where references lead; passed to the models as their validation context.

    Attributes:
        environ: For `${NAME}` and `${NAME:-what to take when it is not set}`.
        folder: `file:` paths are relative to it.
        service: Where the credentials of the running system service are, for root beside it.
        secrets: Every secret value that was read, so that logs can be scrubbed of them.
    """

    environ: Mapping[str, str]
    folder: Path
    service: Path = Path("/run/credentials/wirewatch.service")
    secrets: set[str] = field(default_factory=set, repr=False)

    def text(self, value: str) -> str:
        """Replace each `${NAME}` in a text.

        Raises:
            Wrong: A variable is not set and has no default, or its name is none.
        """
        return _REFERENCE.sub(self._variable, value) if "${" in value else value

    def secret(self, value: str) -> str:
        """Return what a secret's reference leads to; a literal stays what it is.

        Raises:
            Wrong: The variable, file or credential isn't there, or holds nothing.
        """
        text = self.text(value)
        if text.startswith("file:"):
            text = _content(self.folder / path(text.removeprefix("file:")))
        elif text.startswith("credential:"):
            text = _content(self._credential(text.removeprefix("credential:")))
        if not text:
            raise Wrong("the secret is empty", "give it a value, or leave the key out")
        self.secrets.add(text)
        return text

    def _variable(self, found: re.Match[str]) -> str:
        name, colon, default = found[1].partition(":-")
        if not _NAME.fullmatch(name):
            raise Wrong(f"${{{found[1]}}} names no environment variable", "write ${NAME}")
        if name in self.environ:
            return self.environ[name]
        if colon:
            return default
        raise Wrong(f"the environment variable {name} is not set", f"set it: export {name}=…")

    def _credential(self, name: str) -> Path:
        if "/" in name or name in {"", ".", ".."}:
            raise Wrong(f'"{name}" names no credential', "write credential:NAME")
        if folder := self.environ.get("CREDENTIALS_DIRECTORY"):
            return Path(folder) / name
        if os.access(path := self.service / name, os.R_OK):
            return path
        raise Wrong(
            f"there is no systemd credential {name}",
            f"put LoadCredential={name}:… into the unit; while it runs, root can read it too",
        )


def is_reference(value: str) -> bool:
    """Whether a secret stands elsewhere, as it should."""
    return "${" in value or value.startswith(("file:", "credential:"))


def _content(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(MAX_SECRET_BYTES).strip()
    except UnicodeDecodeError as error:
        raise Wrong(f"{path} is no text") from error
    except OSError as error:
        raise Wrong(f"can't read {path}: {error.strerror or error}") from error
