"""When something is told at once, and by which way."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from wirewatch.config.models.base import Duration, Many, Model, Text, Truth, lasting, whole
from wirewatch.model import AlertSettings, Route, Severity

_D = AlertSettings()


class RouteModel(Model):
    """Which matches go to which channels; every given condition must hold."""

    channels: Annotated[list[Text], Many] = Field(min_length=1, description="Where they go.")
    severity: Severity | None = Field(default=None, description="Of this severity and above.")
    rules: Annotated[list[Text], Many] = Field(default=[], description="Of one of these rules.")
    tags: Annotated[list[Text], Many] = Field(default=[], description="With one of these tags.")
    countries: Annotated[list[Text], Many] = Field(
        default=[], description="About one of these countries (ISO 3166: IQ, SY)."
    )
    languages: Annotated[list[Text], Many] = Field(
        default=[], description="In one of these languages (ar, en)."
    )

    def build(self) -> Route:
        """Return the route."""
        return Route(
            channels=tuple(self.channels),
            severity=self.severity,
            rules=tuple(self.rules),
            tags=tuple(self.tags),
            countries=tuple(country.upper() for country in self.countries),
            languages=tuple(language.lower() for language in self.languages),
        )


class AlertsModel(Model):
    """When to tell at once; rules may override."""

    instant: Severity = Field(
        default=_D.instant,
        description="Tell at once from this severity up; the rest waits for the digest.",
    )
    wait: Annotated[timedelta, lasting("0s", "1d")] = Field(
        default=_D.wait, description="Wait so long for the story to form; `critical` never waits."
    )
    cooldown: Duration = Field(
        default=_D.cooldown, description="Pause between updates of one story (per rule)."
    )
    more_sources: Annotated[int, whole(1, 10_000)] = Field(
        default=_D.more_sources, description="So many more independent sources lift the cooldown."
    )
    storm_count: Annotated[int, whole(0, 1_000_000)] = Field(
        default=_D.storm_count,
        description="More alerts than this within `storm_within` become one mini-digest; 0: never.",
    )
    storm_within: Annotated[timedelta, lasting("1s", "1d")] = Field(
        default=_D.storm_within, description="The time for `storm_count`."
    )
    expire: Annotated[timedelta, lasting("1m", "30d")] = Field(
        default=_D.expire,
        description="An alert not delivered for so long moves into the next digest.",
    )
    max_per_day: Annotated[int, whole(1, 1_000_000)] | None = Field(
        default=_D.max_per_day,
        description="Alerts of one rule a day at most; the rest goes to the digest.",
    )
    channels: Annotated[list[Text], Many] = Field(
        default=[],
        description="Where alerts go unless a route or the rule says otherwise; without it every channel "
        "that is not only for digests or system news.",
    )
    routes: list[RouteModel] = Field(
        default=[],
        description="Ways for some alerts; the first that fits is taken (see `route_all`).",
    )
    route_all: Truth = Field(
        default=_D.route_all, description="All routes that fit, not just the first."
    )
    inhibit: Truth = Field(
        default=_D.inhibit,
        description="An open critical story keeps its minor matches out of the instant channels.",
    )

    def build(self) -> AlertSettings:
        """Return the settings."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        values["channels"] = tuple(self.channels)
        values["routes"] = tuple(route.build() for route in self.routes)
        return AlertSettings(**values)


class SystemModel(Model):
    """News about wirewatch itself: feeds down, a reload refused, dead letters."""

    channels: Annotated[list[Text], Many] = Field(
        default=[], description="The channels it goes to."
    )
