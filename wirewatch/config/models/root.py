"""The whole file, an included file, and a shipped list."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from wirewatch.config.models.alerts import AlertsModel, SystemModel
from wirewatch.config.models.base import (
    Many,
    Model,
    Reads,
    Secret,
    Shorthand,
    Text,
    Words,
    lasting,
    or_nothing,
    whole,
)
from wirewatch.config.models.channels import AnyChannel, DigestModel
from wirewatch.config.models.feeds import FeedModel, FetchModel
from wirewatch.config.models.rules import FilterModel, RuleModel
from wirewatch.config.models.terms import Terms
from wirewatch.config.words import Wrong, listen_address
from wirewatch.model import Retention, ServiceSettings

_SERVICE, _RETENTION = ServiceSettings(), Retention()


def _nothing_is_none(value: object) -> object:
    """`feeds:` with nothing under it has none."""
    return [] if value is None else value


def _nothing_is_empty(value: object) -> object:
    return {} if value is None else value


Optional = Shorthand(_nothing_is_none, describe=or_nothing)
OptionalMap = Shorthand(_nothing_is_empty, describe=or_nothing)


def _version(text: str) -> int:
    if text.strip() != "1":
        raise Wrong(f"this wirewatch can't read version {text}", "write version: 1")
    return 1


def _listen(text: str) -> str:
    listen_address(text)
    return text.strip()


Listen = Annotated[str, Reads(_listen, schema={"type": "string", "examples": ["127.0.0.1:9464"]})]


class ServiceModel(Model):
    """The running service."""

    tick: Annotated[timedelta, lasting("50ms", "1m")] = Field(
        default=_SERVICE.tick, description="How often it looks for what is due."
    )
    listen: Listen | None = Field(
        default=None,
        description="`host:port` for /healthz, /readyz and /metrics: `127.0.0.1:9464`.",
    )
    ping_url: Secret | None = Field(
        default=None,
        description="A dead man's switch (Healthchecks style), asked after each committed digest.",
    )
    reload_every: Annotated[timedelta | None, lasting("100ms", "1d", never="never")] = Field(
        default=_SERVICE.reload_every,
        description="How often this file is looked at for changes; `never`: only on SIGHUP.",
    )
    drain: Annotated[timedelta, lasting("0s", "10m")] = Field(
        default=_SERVICE.drain, description="How long polls and deliveries may go on after SIGTERM."
    )

    def build(self) -> ServiceSettings:
        """Return the settings."""
        return ServiceSettings(**{name: getattr(self, name) for name in type(self).model_fields})


class RetentionModel(Model):
    """How long articles are kept."""

    articles: Annotated[timedelta, lasting("1d", "36500d")] = Field(
        default=_RETENTION.articles, description="Articles that matched nothing."
    )
    matched: Annotated[timedelta | None, lasting("1d", "36500d", never="forever")] = Field(
        default=_RETENTION.matched, description="Articles that matched; `forever`, or a duration."
    )
    backups: Annotated[int, whole(0, 1000)] = Field(
        default=_RETENTION.backups, description="Nightly backups kept beside the database."
    )

    def build(self) -> Retention:
        """Return the settings."""
        return Retention(articles=self.articles, matched=self.matched, backups=self.backups)


class PartModel(Model):
    """What an included file may hold."""

    feeds: Annotated[list[FeedModel], Optional] = Field(default=[], description="What is polled.")
    lists: Annotated[dict[str, Terms], OptionalMap] = Field(
        default={}, description="Reusable terms, used as `$name`; a list always means any of these."
    )
    use: Annotated[list[Words], Many] = Field(
        default=[], description="Shipped lists to load, by name."
    )
    filters: Annotated[list[FilterModel], Optional] = Field(
        default=[], description="Exclusions applied to many rules."
    )
    rules: Annotated[list[RuleModel], Optional] = Field(default=[], description="Named conditions.")


class RootModel(PartModel):
    """`config.yaml`: version, feeds and rules are required, everything else has a default."""

    version: Annotated[int, Reads(_version, schema={"const": 1})] = Field(
        description="Of this format: 1."
    )
    feeds: Annotated[list[FeedModel], Optional] = Field(description="What is polled.")
    rules: Annotated[list[RuleModel], Optional] = Field(description="Named conditions.")
    include: Annotated[list[Words], Many] = Field(
        default=[],
        description="Further files with feeds, lists, filters and rules; patterns such as `rules/*.yaml`.",
    )
    contact: Text = Field(
        default="", description="Address in the User-Agent, so that publishers can reach you."
    )
    title: Text = Field(default="wirewatch", description="Heading of mails and feeds.")
    database: Text = Field(
        default="wirewatch.db",
        description="The SQLite file; relative to this file, or to $STATE_DIRECTORY.",
    )
    templates: Text | None = Field(
        default=None, description="A folder whose templates replace the built-in ones one by one."
    )
    alerts: AlertsModel = Field(default=AlertsModel(), description="When to tell at once.")
    system: SystemModel = Field(default=SystemModel(), description="News about wirewatch itself.")
    channels: Annotated[dict[str, AnyChannel], OptionalMap] = Field(
        default={}, description="Where messages go, by name."
    )
    digests: Annotated[list[DigestModel], Optional] = Field(
        default=[], description="Bundles of what was not told before."
    )
    fetch: FetchModel = Field(
        default=FetchModel(), description="How feeds are fetched and how often."
    )
    service: ServiceModel = Field(default=ServiceModel(), description="The running service.")
    retention: RetentionModel = Field(
        default=RetentionModel(), description="How long articles are kept."
    )


class ShippedModel(Model):
    """One of `rules/lists/*.yaml`."""

    title: Words = Field(default="", description="What it holds.")
    note: Words = Field(default="", description="Where it comes from.")
    use: Annotated[list[Words], Many] = Field(
        default=[], description="Further shipped lists that it needs."
    )
    lists: dict[str, Terms] = Field(description="Reusable terms.")
