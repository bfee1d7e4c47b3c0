"""How the program is, as Prometheus reads it: made anew from the database at each scrape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from monitor.domain.messages.digest.feed_health import STATES
from monitor.domain.model import Outlook, Standing
from monitor.domain.pages.vitals import Vitals, complaints, next_deadline

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "deal_monitor"
STATUSES = (*(word.value for word in Standing), Outlook.AT_RISK.value, Outlook.STALLED.value)
"""Every word that a status can be."""


def metrics_text(vitals: Vitals) -> bytes:
    """All figures in the text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(vitals))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Figures(Collector):
    """The figures of one moment."""

    def __init__(self, vitals: Vitals) -> None:
        self.vitals = vitals

    def collect(self) -> Iterator[Metric]:
        yield from commitment_figures(self.vitals)
        yield from source_figures(self.vitals)
        yield from program_figures(self.vitals)


def commitment_figures(vitals: Vitals) -> Iterator[Metric]:
    """Where each commitment stands."""
    status = _gauge("commitment_status", "1 for the status that a commitment has, else 0.", ("commitment", "status"))
    outlook = _gauge(
        "commitment_outlook", "1 for the outlook that a commitment has, else 0.", ("commitment", "outlook")
    )
    since = _gauge("commitment_status_since_timestamp_seconds", "Since when the status is shown.", ("commitment",))
    ratio = _gauge("commitment_progress_ratio", "What is counted as done, as a share of the target.", ("commitment",))
    deadline = _gauge(
        "commitment_deadline_timestamp_seconds",
        "The next date that counts, at its end in UTC.",
        ("commitment", "deadline"),
    )
    flags = _gauge("commitment_flags", "How many flags of a kind are raised.", ("commitment", "flag"))
    for name, verdict in sorted(vitals.verdicts.items()):
        _one_of(status, name, STATUSES, verdict.status.value)
        _one_of(outlook, name, (word.value for word in Outlook), verdict.outlook.value)
        since.add_metric((name,), verdict.shown_since.timestamp())
        if verdict.progress is not None and verdict.progress.share is not None:
            ratio.add_metric((name,), verdict.progress.share)
        if (ahead := next_deadline(verdict, vitals.now)) is not None:
            deadline.add_metric((name, ahead.what), end_of_day(ahead.date).timestamp())
        for kind in sorted({flag.kind.value for flag in verdict.flags}):
            flags.add_metric((name, kind), sum(flag.kind.value == kind for flag in verdict.flags))
    yield from (status, outlook, since, ratio, deadline, flags)


def source_figures(vitals: Vitals) -> Iterator[Metric]:
    """How the sources are."""
    state = _gauge("source_state", "1 for the state that a source is in, else 0.", ("source", "state"))
    success = _gauge(
        "source_last_success_timestamp_seconds", "When a source answered last; absent before.", ("source",)
    )
    for source in vitals.sources:
        _one_of(state, source.name, STATES, source.state)
        _add_moment(success, (source.name,), vitals.successes.get(source.name))
    yield from (state, success)


def program_figures(vitals: Vitals) -> Iterator[Metric]:
    """How the program itself is."""
    rules = InfoMetricFamily(f"{PREFIX}_rules", "The rules last put to use.")
    rules.add_metric((), {"version": vitals.rules})
    build = InfoMetricFamily(f"{PREFIX}_build", "The program.")
    build.add_metric((), {"version": vitals.program})
    messages = _gauge("outbox_messages", "Messages by channel and state.", ("channel", "state"))
    for (channel, state), count in sorted(vitals.messages.items()):
        messages.add_metric((channel, state), count)
    broken = _gauge("channel_broken", "1 for a channel that is out of order until it is repaired.", ("channel",))
    for channel in sorted({channel for channel, _ in vitals.messages} | {*vitals.broken}):
        broken.add_metric((channel,), channel in vitals.broken)
    yield from (rules, build, messages, broken)
    yield _single("problems", "Things that failed by themselves and are not over.", vitals.problems)
    yield _single("healthy", "1 while /healthz answers 200, else 0.", not complaints(vitals))
    moments = {
        "last_poll": ("When a feed was last asked.", vitals.polled),
        "last_read": ("When a source last answered.", vitals.read),
        "last_decision": ("When a verdict was last decided.", vitals.decided),
        "site_built": ("When the pages were made.", vitals.built),
    }
    for name, (words, moment) in moments.items():
        family = _gauge(f"{name}_timestamp_seconds", words, ())
        _add_moment(family, (), moment)
        yield family


def end_of_day(day: date) -> datetime:
    """The first moment of the next day, UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _gauge(name: str, words: str, labels: tuple[str, ...]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", words, labels=labels)


def _single(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", words, value=value)


def _one_of(family: GaugeMetricFamily, subject: str, words: Iterable[str], true: str) -> None:
    for word in words:
        family.add_metric((subject, word), word == true)


def _add_moment(family: GaugeMetricFamily, labels: tuple[str, ...], moment: datetime | None) -> None:
    if moment is not None:
        family.add_metric(labels, moment.timestamp())
