"""What is counted while it happens, in Prometheus' words.

Names are those of docs/operations.md; there is never a label per feed: with 10,000 feeds that
would be 10,000 series each, and `wirewatch feeds --unhealthy` says it better. `prometheus-client`
is the extra `metrics`; without it everything here counts nothing and `text` says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from wirewatch import __version__
from wirewatch.errors import WirewatchError
from wirewatch.model import Article, Delivery, Relation
from wirewatch.model.feeds import Health
from wirewatch.model.overview import Snapshot

if TYPE_CHECKING:
    from wirewatch.pipeline.admit import Round

_POLL_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LATENCY_SECONDS = (1, 5, 15, 60, 300, 900, 3_600, 7_200, 21_600, 86_400)
# A document that changed and brought nothing new is no error.
_RESULTS = {
    **{result: result for result in ("new", "unchanged", "not_modified")},
    "parsed": "unchanged",
}


class NotInstalled(WirewatchError):
    """prometheus-client is missing."""


class Metrics:
    """Counters of one process; figures of the moment come with the snapshot."""

    def __init__(self) -> None:
        """Start at zero.

        Raises:
            NotInstalled: Say so, with what to install.
        """
        try:
            from prometheus_client import (  # noqa: PLC0415 - an extra
                CollectorRegistry,
                Counter,
                Gauge,
                Histogram,
                disable_created_metrics,
            )
        except ImportError as error:
            raise NotInstalled(
                "metrics need prometheus-client: pip install wirewatch[metrics]"
            ) from error
        # Else there are more series, of when each was made, which nobody asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs to annotate
        self._registry = registry = CollectorRegistry()
        self._gauge_of = Gauge
        self._gauges: dict[str, Any] = {}
        self._polls = Counter("wirewatch_polls", "Polls by result.", ["result"], registry=registry)
        self._poll_s = Histogram(
            "wirewatch_poll_duration_seconds", "From asking to committed.", buckets=_POLL_SECONDS, registry=registry
        )  # fmt: skip
        self._articles = Counter(
            "wirewatch_articles", "Entries by what they turned out to be.", ["outcome"], registry=registry
        )  # fmt: skip
        self._matches = Counter(
            "wirewatch_matches", "Matches by rule.", ["rule"], registry=registry
        )
        self._deliveries = Counter(
            "wirewatch_deliveries", "Attempts to deliver.", ["channel", "result"], registry=registry
        )
        self._detection_s = Histogram(
            "wirewatch_detection_latency_seconds",
            "From an article's own publication time to its storing.",
            buckets=_LATENCY_SECONDS,
            registry=registry,
        )
        self._alert_s = Histogram(
            "wirewatch_alert_latency_seconds",
            "From a message's making to its acceptance.",
            buckets=_LATENCY_SECONDS,
            registry=registry,
        )
        Gauge("wirewatch_build_info", "Always 1.", ["version"], registry=registry).labels(
            __version__
        ).set(1)

    def polled(self, round_: Round, *, took_s: float) -> None:
        """Count a poll and what it brought."""
        if round_.outcome == "held":
            return  # nothing was asked
        result = _RESULTS.get(round_.outcome, "error")
        self._polls.labels(result).inc()
        self._poll_s.observe(took_s)
        for admitted in round_.admitted:
            self._articles.labels(_outcome(admitted.relation)).inc()
            if admitted.relation in {Relation.NEW, Relation.DERIVED}:
                self._detected(admitted.article)
            for match in admitted.reading.matches if admitted.reading else ():
                self._matches.labels(match.rule_id).inc()

    def delivered(self, delivery: Delivery) -> None:
        """Count an attempt."""
        message = delivery.owed.message
        self._deliveries.labels(message.channel, "sent" if delivery.ok else "failed").inc()
        if delivery.ok:
            self._alert_s.observe((delivery.ended_at - message.created_at).total_seconds())

    def text(self, snapshot: Snapshot) -> str:
        """Return everything in Prometheus' text format."""
        from prometheus_client import generate_latest  # noqa: PLC0415 - an extra

        view = snapshot.overview
        for health in Health:
            self._set("wirewatch_feeds", dict(view.feeds).get(health, 0), state=health.value)
        late = view.late_count / view.feed_count if view.feed_count else 0.0
        self._set("wirewatch_feeds_late_ratio", late)
        self._set("wirewatch_feed_lag_seconds", view.lag_max.total_seconds(), quantile="max")
        self._set("wirewatch_feed_lag_seconds", view.lag_p95.total_seconds(), quantile="0.95")
        self._set("wirewatch_outbox_pending", view.owed_count)
        self._set("wirewatch_outbox_dead", view.dead_count)
        self._set("wirewatch_outbox_oldest_seconds", _age(view.owed_since, view.at))
        self._set("wirewatch_last_tick_timestamp_seconds", _stamp(snapshot.last_tick_at))
        digests = [each.last_at for each in view.digests if each.last_at]
        self._set("wirewatch_last_digest_timestamp_seconds", _stamp(max(digests, default=None)))
        self._set("wirewatch_config_last_reload_successful", int(view.reload != "refused"))
        self._set("wirewatch_database_bytes", view.database_bytes)
        self._set("wirewatch_disk_free_bytes", view.free_bytes)
        return str(generate_latest(self._registry).decode())

    def _detected(self, article: Article) -> None:
        """Only credible dates count: the future, and more than a week back, say nothing of us."""
        if article.published_at is None:
            return
        delay = article.first_seen_at - article.published_at
        if timedelta() <= delay <= timedelta(days=7):
            self._detection_s.observe(delay.total_seconds())

    def _set(self, name: str, value: float, **labels: str) -> None:
        if name not in self._gauges:
            self._gauges[name] = self._gauge_of(
                name, _HELP[name], list(labels), registry=self._registry
            )
        gauge = self._gauges[name]
        (gauge.labels(**labels) if labels else gauge).set(value)


_HELP = {
    "wirewatch_feeds": "Configured feeds by health.",
    "wirewatch_feeds_late_ratio": "Share of feeds whose poll is more than a minute overdue.",
    "wirewatch_feed_lag_seconds": "How long overdue polls have been waiting.",
    "wirewatch_outbox_pending": "Messages waiting to be delivered.",
    "wirewatch_outbox_dead": "Messages that could not be delivered.",
    "wirewatch_outbox_oldest_seconds": "Age of the oldest message that waits.",
    "wirewatch_last_tick_timestamp_seconds": "When a tick last committed; 0 before the first.",
    "wirewatch_last_digest_timestamp_seconds": "When a digest was last closed; 0 before the first.",
    "wirewatch_config_last_reload_successful": "0 while a refused configuration waits to be mended.",
    "wirewatch_database_bytes": "Size of the database and its log.",
    "wirewatch_disk_free_bytes": "Free on the database's disk.",
}


def _outcome(relation: Relation) -> str:
    match relation:
        case Relation.KNOWN:
            return "duplicate"
        case Relation.REVISION:
            return "revision"
        case Relation.COPY:
            return "copy"
        case Relation.NEW | Relation.DERIVED:
            return "new"


def _age(since: datetime | None, now: datetime) -> float:
    return (now - since).total_seconds() if since else 0.0


def _stamp(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0
