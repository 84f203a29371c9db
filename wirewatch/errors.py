"""Everything wirewatch raises on purpose.

* WirewatchError
  x ConfigError              one mistake in a configuration: path, place, problem, hint
  x ConfigErrors             all of them, collected; what check, start and reload report
  x FeedError                feed or URL, kind (a stable word), problem
    + FetchError             permanent, retry_after_s
      - FetchRefused         an address, scheme or downgrade that we do not follow
      - FetchTimeout         the poll's total deadline passed
      - FetchTooLarge        more bytes than a feed may have
      - FetchStatus          an HTTP status that is no success
    + ParseError             the body is no feed: not-a-feed, blocked, empty, too-costly
  x DeliveryError            channel, permanent, retry_after_s
  x StoreError               the database can't be used as it is
    + StoreNewer             it was written by a newer version
    + AlreadyRunning         another instance holds it; carries its pid
  x ListenError              the address for /healthz and /metrics can't be listened on
  x UsageError               what was asked for on the command line can't be done

I/O errors say whether trying again can help (`permanent`) and, where the other
side said so, after how long (`retry_after_s`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class WirewatchError(Exception):
    """Anything a caller may want to catch; `str()` is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a configuration, as found by whoever read that part.

    Rooms know where in the data they are, not where in the file: they give the
    path, and `wirewatch.config` adds file, line and column.

    Attributes:
        path: Keys and indexes from the root, such as ("rules", 3, "match", "place", 1).
        problem: What is wrong, without a full stop.
        hint: What to do about it, or "".
        offset: Characters into the value at `path`, for mistakes inside a phrase line.
    """

    path: tuple[str | int, ...]
    problem: str
    hint: str = ""
    offset: int = 0

    def dotted(self) -> str:
        """The path as people read it: `rules[3].match.place[1]`."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        return text


class ConfigError(WirewatchError):
    """One mistake in a configuration, with its place in the file."""

    def __init__(self, problem: Problem, *, file: str = "", line: int = 0, column: int = 0) -> None:
        """Remember the problem and where it stands (lines and columns count from 1; 0 is unknown)."""
        self.problem, self.file, self.line, self.column = problem, file, line, column
        place = f"{file}:{line}:{column}: " if line else f"{file}: " if file else ""
        path = f"{problem.dotted()}: " if problem.path else ""
        hint = f"; {problem.hint}" if problem.hint else ""
        super().__init__(f"{place}{path}{problem.problem}{hint}")


class ConfigErrors(WirewatchError):
    """All mistakes of one configuration, in file order."""

    def __init__(self, errors: Iterable[ConfigError]) -> None:
        """Collect; `str()` has one mistake a line."""
        self.errors = tuple(sorted(errors, key=lambda e: (e.file, e.line, e.column)))
        super().__init__("\n".join(map(str, self.errors)))


class RuleErrors(WirewatchError):
    """All mistakes of one rule book, by path; the configuration adds the places."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Collect; `str()` has one mistake a line."""
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{p.dotted()}: {p.problem}" for p in self.problems))


class FeedError(WirewatchError):
    """A feed could not be read this time.

    Attributes:
        kind: A stable word for logs, tables and coverage lines: `timeout`, `refused`,
            `too-large`, `status-404`, `blocked`, `not-a-feed`, `empty`, `dns`, `tls`, `network` …
    """

    def __init__(self, problem: str, *, kind: str, url: str = "") -> None:
        """Say what happened (`problem`, a sentence) and name it (`kind`)."""
        self.problem, self.kind, self.url = problem, kind, url
        super().__init__(f"{kind}: {problem}")

    def __reduce__(self) -> tuple[object, ...]:
        """Cross process borders: parsing happens in workers."""
        return (_revive, (type(self), self.args, self.__dict__))


class FetchError(FeedError):
    """The feed could not be fetched."""

    def __init__(
        self,
        problem: str,
        *,
        kind: str = "network",
        url: str = "",
        permanent: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        """See FeedError; `permanent` means asking again is pointless (410)."""
        super().__init__(problem, kind=kind, url=url)
        self.permanent, self.retry_after_s = permanent, retry_after_s


class FetchRefused(FetchError):
    """We do not go there: private address, odd scheme, https to http."""


class FetchTimeout(FetchError):
    """The total deadline of the poll passed."""


class FetchTooLarge(FetchError):
    """The body is larger than a feed may be."""


class FetchStatus(FetchError):
    """The server answered with a status that is no success."""

    def __init__(
        self,
        problem: str,
        *,
        status: int,
        url: str = "",
        permanent: bool = False,
        retry_after_s: float | None = None,
        kind: str | None = None,
    ) -> None:
        """See FetchError; `kind` is `status-NNN` unless something better is known."""
        super().__init__(
            problem,
            kind=kind or f"status-{status}",
            url=url,
            permanent=permanent,
            retry_after_s=retry_after_s,
        )
        self.status = status


class ParseError(FeedError):
    """The body is no feed, or too costly to find out."""


class DeliveryError(WirewatchError):
    """A message was not taken.

    Attributes:
        permanent: Trying again is pointless (an unknown recipient).
        retry_after_s: Seconds the other side asked us to wait, or None.
        code: What it answered (an SMTP or HTTP status), or None.
        gone: The destination says it is gone for good (HTTP 410).
    """

    def __init__(
        self,
        problem: str,
        *,
        permanent: bool = False,
        retry_after_s: float | None = None,
        code: int | None = None,
        gone: bool = False,
    ) -> None:
        """Say what happened and whether to try again."""
        self.permanent, self.retry_after_s, self.code, self.gone = (
            permanent,
            retry_after_s,
            code,
            gone,
        )
        super().__init__(problem)


class StoreError(WirewatchError):
    """The database can't be used as it is."""


class StoreNewer(StoreError):
    """The database was written by a newer version of wirewatch."""


class AlreadyRunning(StoreError):
    """Another instance is at work on this database."""

    def __init__(self, problem: str, *, pid: int | None = None) -> None:
        """Carry the other's process id where it is known."""
        self.pid = pid
        super().__init__(problem)


class ListenError(WirewatchError):
    """The address for /healthz, /readyz and /metrics can't be listened on."""


class UsageError(WirewatchError):
    """What was asked for on the command line can't be done; exit status 2."""


def _revive(cls: type[FeedError], args: tuple[object, ...], state: dict[str, object]) -> FeedError:
    error = cls.__new__(cls, *args)
    Exception.__init__(error, *args)
    error.__dict__.update(state)
    return error
