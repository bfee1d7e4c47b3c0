"""The state of the program in the text format of Prometheus, read from the database at each scrape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from monitor.domain.messages.feed_health import STATES
from monitor.domain.model import Outlook, Standing
from monitor.domain.pages.vitals import Vitals, complaints

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "deal_monitor"
STATUSES = (*(word.value for word in Standing), Outlook.AT_RISK.value, Outlook.STALLED.value)


def metrics_text(vitals: Vitals) -> bytes:
    """All metrics."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_VitalsCollector(vitals))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


@dataclass(eq=False)
class _VitalsCollector(Collector):
    vitals: Vitals

    def collect(self) -> Iterator[Metric]:
        by_name = ("commitment",)
        status = _gauge("commitment_status", "1 for the current status of a commitment, else 0.", (*by_name, "status"))
        outlook = _gauge(
            "commitment_outlook", "1 for the current outlook of a commitment, else 0.", (*by_name, "outlook")
        )
        since = _gauge("commitment_status_since_timestamp_seconds", "Start of the current status.", by_name)
        ratio = _gauge("commitment_progress_ratio", "Confirmed progress as a share of the target.", by_name)
        deadline = _gauge(
            "commitment_deadline_timestamp_seconds", "End of the next deadline, UTC.", (*by_name, "deadline")
        )
        flags = _gauge("commitment_flags", "Number of raised flags of a kind.", (*by_name, "flag"))
        for name, verdict in sorted(self.vitals.verdicts.items()):
            _one_of(status, name, STATUSES, verdict.status.value)
            _one_of(outlook, name, (word.value for word in Outlook), verdict.outlook.value)
            since.add_metric((name,), verdict.shown_since.timestamp())
            if verdict.progress is not None and verdict.progress.share is not None:
                ratio.add_metric((name,), verdict.progress.share)
            # The next current deadline; the last one if all have passed.
            dates = sorted((d for d in verdict.deadlines if d.state == "current"), key=lambda d: d.date)
            ahead = [d for d in dates if d.date >= self.vitals.now.date()][:1] or dates[-1:]
            for each in ahead:
                end = datetime.combine(each.date + timedelta(days=1), time(), UTC)
                deadline.add_metric((name, each.what), end.timestamp())
            for kind in sorted({flag.kind.value for flag in verdict.flags}):
                flags.add_metric((name, kind), sum(flag.kind.value == kind for flag in verdict.flags))
        yield from (status, outlook, since, ratio, deadline, flags)
        yield from _operation(self.vitals)


def _operation(vitals: Vitals) -> Iterator[Metric]:
    """Metrics of sources, channels and the program."""
    state = _gauge("source_state", "1 for the current state of a source, else 0.", ("source", "state"))
    success = _gauge("source_last_success_timestamp_seconds", "Last good answer of a source.", ("source",))
    for source in vitals.sources:
        _one_of(state, source.name, STATES, source.state)
        if (answered := vitals.successes.get(source.name)) is not None:
            success.add_metric((source.name,), answered.timestamp())
    rules = InfoMetricFamily(f"{PREFIX}_rules", "The rules in use.")
    rules.add_metric((), {"version": vitals.rules})
    build = InfoMetricFamily(f"{PREFIX}_build", "The program.")
    build.add_metric((), {"version": vitals.program})
    messages = _gauge("outbox_messages", "Messages by channel and state.", ("channel", "state"))
    for labels, count in sorted(vitals.messages.items()):
        messages.add_metric(labels, count)
    broken = _gauge("channel_broken", "1 for a channel that needs repair, else 0.", ("channel",))
    for channel in sorted({channel for channel, _ in vitals.messages} | {*vitals.broken}):
        broken.add_metric((channel,), channel in vitals.broken)
    problems = _gauge("problems", "Open problems of single feeds, commitments or messages.")
    problems.add_metric((), vitals.problems)
    healthy = _gauge("healthy", "1 while /healthz answers 200, else 0.")
    healthy.add_metric((), not complaints(vitals))
    yield from (state, success, rules, build, messages, broken, problems, healthy)
    if vitals.workers:
        yield from _fleet(vitals)
    times = {
        "last_poll": ("Last request to a feed.", vitals.polled),
        "last_read": ("Last good answer of any source.", vitals.read),
        "last_decision": ("Last decision on a verdict.", vitals.decided),
        "site_built": ("Last build of the pages.", vitals.built),
    }
    for name, (description, moment) in times.items():
        family = _gauge(f"{name}_timestamp_seconds", description)
        if moment is not None:
            family.add_metric((), moment.timestamp())
        yield family


def _fleet(vitals: Vitals) -> Iterator[Metric]:
    """Metrics of the workers of a fleet."""
    workers = _gauge("workers", "Workers that gave a sign within 15 minutes.")
    workers.add_metric((), vitals.workers)
    jobs = _gauge("jobs", "Jobs of the engine by state.", ("state",))
    for state, count in sorted(vitals.jobs.items()):
        jobs.add_metric((state,), count)
    rescued = _gauge("rescued_jobs", "Jobs that were lost with their worker within 30 days.")
    rescued.add_metric((), vitals.rescued)
    age = _gauge("job_age_seconds", "Age of the oldest job that waits or runs; 0 without one.")
    age.add_metric((), (vitals.now - vitals.oldest_job).total_seconds() if vitals.oldest_job else 0)
    yield from (workers, jobs, rescued, age)


def _gauge(name: str, description: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", description, labels=labels)


def _one_of(family: GaugeMetricFamily, subject: str, words: Iterable[str], current: str) -> None:
    for word in words:
        family.add_metric((subject, word), word == current)
