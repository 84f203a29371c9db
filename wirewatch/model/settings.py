"""The configuration as the rest of the house sees it: valid, complete, frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from pathlib import Path

from wirewatch.model.articles import Severity
from wirewatch.model.feeds import Feed
from wirewatch.model.rules import RuleBook


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How feeds are fetched and how often.

    Attributes:
        interval, min_interval, max_interval: The base of the adaptive interval and its ends.
        deadline: Of one poll, in all.
        host_spacing: Between two requests to one host.
        per_host: Requests to one host at a time.
        hold_host: A 429 or 503 with Retry-After for one feed puts off its host's other feeds.
        concurrency: Polls at a time.
        max_bytes: Of a body, decoded.
        allow_private: Hosts (`name` or `name:port`) on private addresses that may be asked, by feeds
            and webhooks; `*` allows all (demo, tests).
        proxy: Only when asked for; nothing is taken from the environment.
    """

    interval: timedelta = timedelta(minutes=15)
    min_interval: timedelta = timedelta(minutes=5)
    max_interval: timedelta = timedelta(hours=2)
    deadline: timedelta = timedelta(seconds=30)
    host_spacing: timedelta = timedelta(seconds=1)
    per_host: int = 2
    concurrency: int = 100
    max_bytes: int = 10_000_000
    hold_host: bool = True
    allow_private: tuple[str, ...] = ()
    proxy: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Route:
    """Which matches go to which channels at once; every given condition must hold."""

    channels: tuple[str, ...]
    severity: Severity | None = None
    rules: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """When to tell at once; rules may override.

    Attributes:
        instant: From this severity up.
        wait: For the story to form; `critical` never waits.
        cooldown: Between updates of one story (per rule).
        more_sources: So many more independent sources lift the cooldown.
        storm_count, storm_within: More alerts than this become one mini-digest; 0 switches that off.
        expire: An instant alert not taken for so long moves to the next digest.
        channels: Where alerts go unless routes or the rule say otherwise; () is every channel
            that is not only for digests or system news.
        route_all: All routes that fit, not just the first.
        inhibit: An open critical story keeps its minor matches out of the instant channels.
    """

    instant: Severity = Severity.HIGH
    wait: timedelta = timedelta(seconds=60)
    cooldown: timedelta = timedelta(hours=4)
    more_sources: int = 5
    storm_count: int = 20
    storm_within: timedelta = timedelta(minutes=10)
    expire: timedelta = timedelta(hours=6)
    max_per_day: int | None = None
    channels: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    route_all: bool = False
    inhibit: bool = True


class DeliveryMode(StrEnum):
    """What to do with a message that a crash left in doubt."""

    AT_LEAST_ONCE = "at_least_once"
    AT_MOST_ONCE = "at_most_once"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` local time (over midnight when end < start); critical may pass."""

    start: time
    end: time
    timezone: str
    let_through: Severity | None = Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class ChannelBase:
    """What every channel has.

    Attributes:
        rate: Messages a minute, or None.
        fallback: The channel that gets what this one can't deliver.
    """

    name: str
    quiet_hours: QuietHours | None = None
    delivery: DeliveryMode = DeliveryMode.AT_LEAST_ONCE
    fallback: str | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class EmailChannel(ChannelBase):
    """Mail over SMTP.

    Attributes:
        security: "tls" (smtps://), "starttls" (smtp:// with STARTTLS required) or "none".
    """

    to: tuple[str, ...] = ()
    sender: str = ""
    host: str = ""
    port: int = 0
    security: str = "tls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: timedelta = timedelta(seconds=30)
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookChannel(ChannelBase):
    """A signed POST; the URL itself may be a secret."""

    url: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    content_type: str = "application/json"
    timeout: timedelta = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class FileChannel(ChannelBase):
    """A folder that gets .html, .txt and .eml files, and a line on the terminal for each."""

    folder: Path = Path("out")
    terminal: bool = True


@dataclass(frozen=True, slots=True)
class FeedChannel(ChannelBase):
    """An Atom, RSS and JSON feed in a folder, so that a reader can subscribe."""

    folder: Path = Path("feed")
    title: str = "wirewatch"
    link: str | None = None
    keep: int = 100


@dataclass(frozen=True, slots=True)
class AppriseChannel(ChannelBase):
    """Any service Apprise knows; each URL is a secret and a recipient of its own."""

    urls: tuple[str, ...] = field(default=(), repr=False)
    limit: int = 1900


Channel = EmailChannel | WebhookChannel | FileChannel | FeedChannel | AppriseChannel


@dataclass(frozen=True, slots=True)
class Digest:
    """A bundle at set times.

    Attributes:
        at: Local times of day, in order.
        days: 0 (Monday) to 6.
        severity, rules, tags: What it takes; empty takes all.
        send_empty: Send it even when nothing matched: silence is never ambiguous.
        catch_up: After downtime: "latest" (one that covers all) or "none".
    """

    name: str
    channels: tuple[str, ...]
    at: tuple[time, ...] = (time(7),)
    timezone: str = "UTC"
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    severity: Severity = Severity.INFO
    rules: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    send_empty: bool = True
    near_misses: bool = False
    catch_up: str = "latest"
    title: str = ""


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """The process itself.

    Attributes:
        tick: How often the due index is asked.
        listen: `host:port` of /healthz, /readyz and /metrics, or None.
        ping_url: A dead man's switch, asked after each committed digest.
        reload_every: How often the configuration file is looked at; None only on SIGHUP.
    """

    tick: timedelta = timedelta(seconds=1)
    listen: str | None = None
    ping_url: str | None = field(default=None, repr=False)
    reload_every: timedelta | None = timedelta(seconds=5)
    drain: timedelta = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long articles are kept; matched ones stay for ever unless `matched` says otherwise."""

    articles: timedelta = timedelta(days=90)
    matched: timedelta | None = None
    backups: int = 7


@dataclass(frozen=True, slots=True)
class Config:
    """Everything `config.yaml` says.

    Attributes:
        path: The file; relative paths in it are relative to its folder.
        hash: Of the file's content (and of included files): stored with every match.
        system_channels: Where news about wirewatch itself goes.
        templates: A folder whose templates replace the built-in ones one by one.
    """

    path: Path
    hash: str
    contact: str
    database: Path
    rules: RuleBook
    feeds: tuple[Feed, ...] = ()
    channels: tuple[Channel, ...] = ()
    digests: tuple[Digest, ...] = ()
    alerts: AlertSettings = AlertSettings()
    fetch: FetchSettings = FetchSettings()
    service: ServiceSettings = ServiceSettings()
    retention: Retention = Retention()
    system_channels: tuple[str, ...] = ()
    templates: Path | None = None
    title: str = "wirewatch"
    _feeds: dict[str, Feed] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the feeds: with 100,000 of them a search costs more than the poll it is for."""
        object.__setattr__(self, "_feeds", {feed.name: feed for feed in self.feeds})

    def feed(self, name: str) -> Feed | None:
        """Return the feed of that name, or None."""
        return self._feeds.get(name)

    def channel(self, name: str) -> Channel | None:
        """Return the channel of that name, or None."""
        return next((channel for channel in self.channels if channel.name == name), None)
