"""`doctor`: is everything that a running monitor needs in order? One line a check, with the remedy where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import click

from monitor.cli.common import describe_rulebook, echo_json, format_date, settings_of
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.config import Settings
    from monitor.store.problems_and_runs import JobFailure
    from monitor.store.tables import Adopted, Problem


ONE_DAY = timedelta(days=1)
STATE_ADVICE = {
    "uncertain": "Uncertain ones may have arrived, and are sent again by themselves",
    "dead": "`deal-monitor outbox list --state dead` tells why; once that is mended, `deal-monitor outbox retry` sends them",
}
"""What to know or to do about messages in a state."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, and what to know or to do."""

    state: Literal["ok", "warn", "FAIL"]
    what: str
    text: str


@click.command()
@click.option("--offline", is_flag=True, help="Do not ask Slack or the mail server.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a check.")
@click.pass_context
def doctor(ctx: click.Context, *, offline: bool, as_json: bool) -> None:
    """Check configuration, rules, templates, database, channels and sources. Exit code 1 if anything fails."""
    findings = []
    for finding in run_checks(settings_of(ctx), offline=offline):
        findings.append(finding)
        if as_json:
            echo_json({"state": finding.state, "what": finding.what, "text": finding.text})
        else:
            click.echo(f"{finding.state:<5} {finding.what:<10} {finding.text}")
    if any(finding.state == "FAIL" for finding in findings):
        raise SystemExit(1)


def run_checks(settings: Settings, *, offline: bool) -> Iterator[Finding]:
    """Every check, the cheap and telling ones first."""
    yield Finding("ok", "config", f"{settings.path}: {len(settings.feeds)} feeds, {len(settings.routes)} routes")
    for warning in settings.warnings:
        yield Finding("warn", "config", warning)
    yield from errors_as_findings("rules", lambda: check_rules(settings))
    yield from errors_as_findings("templates", lambda: check_templates(settings))
    yield from errors_as_findings("outbox", lambda: check_folder(settings))
    yield from errors_as_findings("apprise", lambda: check_apprise(settings))
    if not offline:
        yield from errors_as_findings("slack", lambda: check_slack(settings))
        yield from errors_as_findings("mail", lambda: check_mail(settings))
    yield from errors_as_findings("database", lambda: check_database(settings))


def errors_as_findings(what: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """A check that breaks is a finding, not the end of the examination."""
    try:
        yield from check()
    except MonitorError as error:
        yield Finding("FAIL", what, str(error))


def check_rules(settings: Settings) -> Iterator[Finding]:
    from monitor.config import check_routes
    from monitor.rulebook import load_rulebook, test_rulebook
    from monitor.runtime.session import rule_cache

    rulebook = load_rulebook(settings.rules, cache=rule_cache(settings))
    failed = [result for result in test_rulebook(rulebook) if not result.passed]
    counted = describe_rulebook(rulebook)
    yield Finding("ok", "rules", counted)
    if failed:
        yield Finding("warn", "rules", f"{len(failed)} examples fail; see `deal-monitor rules test`")
    check_routes(settings, rulebook.commitments)


def check_templates(settings: Settings) -> Iterator[Finding]:
    from monitor.runtime.wiring import make_renderer

    problems = make_renderer(settings).check()
    for problem in problems:
        yield Finding("FAIL", "templates", problem)
    if not problems:
        yield Finding("ok", "templates", f"every message renders from {settings.templates}")


def check_folder(settings: Settings) -> Iterator[Finding]:
    from monitor.runtime.app import outbox_folder

    folder = outbox_folder(settings)
    if folder is None:
        yield Finding("ok", "outbox", "every route has a channel that can send")
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        yield Finding("FAIL", "outbox", f"{folder} cannot be written: {error.strerror}. Make it writable")
        return
    yield Finding("ok", "outbox", f"messages of channels that are not configured are written to {folder}")


def check_slack(settings: Settings) -> Iterator[Finding]:
    from monitor.channels.slack import SlackChannel
    from monitor.runtime.wiring import slack_channel

    if not settings.slack.configured:
        return
    channel = slack_channel(settings)
    if isinstance(channel, SlackChannel):
        yield Finding("ok", "slack", f"token of {channel.check()}")
        for place in dict.fromkeys(route.to for route in settings.domain_routes() if route.channel == "slack"):
            yield lookup_finding(place, channel.lookup_refusal(place))
    else:
        yield Finding("ok", "slack", "incoming webhook (no threads, no look-up of uncertain messages)")


SLACK_REMEDIES = {
    "missing_scope": "give its app channels:history, and groups:history for private channels (with channels:read and "
    "groups:read where routes name channels by #name)",
    "not_in_channel": "invite the bot to the channel",
    "channel_not_found": "invite the bot to the channel, or give the route the channel's id",
}


def lookup_finding(place: str, fault: str) -> Finding:
    """Whether a message of unknown fate is looked up in this place before it is sent again."""
    if not fault:
        return Finding("ok", "slack", f"{place}: a message of unknown fate is looked up before it is sent again")
    remedy = f". To look first, {SLACK_REMEDIES[fault]}" if fault in SLACK_REMEDIES else ""
    text = f"{place}: a message of unknown fate is sent again without a look whether it arrived ({fault}){remedy}"
    return Finding("warn", "slack", text)


def check_mail(settings: Settings) -> Iterator[Finding]:
    from monitor.runtime.wiring import email_channel

    if settings.smtp.configured:
        yield Finding("ok", "mail", email_channel(settings).check())


def check_apprise(settings: Settings) -> Iterator[Finding]:
    """That the optional package is there and reads every address; it sends nothing, so it is asked offline too."""
    from monitor.channels.apprise import AppriseChannel

    if settings.apprise.configured:
        yield Finding("ok", "apprise", f"targets {AppriseChannel(settings.apprise.targets).check()}")


def check_database(settings: Settings) -> Iterator[Finding]:
    from monitor.domain.messages.feed_health import source_health
    from monitor.pipeline.outbox_admin import counts
    from monitor.runtime.session import open_database, utc_now
    from monitor.store import feeds, problems_and_runs
    from monitor.store import outbox as outbox_store

    store = open_database(settings)
    try:
        yield Finding("ok", "database", store.name)
        yield from outbox_findings(counts(store))
        with store.read() as conn:
            broken = outbox_store.open_circuits(conn)
            problems, states, used = (
                problems_and_runs.problems(conn),
                feeds.states(conn),
                problems_and_runs.adopted(conn),
            )
            failures = problems_and_runs.failures(conn, utc_now() - ONE_DAY)
        for channel, (since, error) in broken.items():
            yield broken_channel_finding(channel, since, error)
        for problem in problems:
            yield refused_edit_finding(problem, used) if problem.kind == "rules" else problem_finding(problem)
        for failure in failures:
            yield job_failure_finding(failure)
        for source in source_health([feed for feed in settings.feeds if feed.enabled], states, utc_now()):
            if source.state not in ("ok", "never"):
                text = f"{source.name}: {source.state} since {format_date(source.since)}: {source.detail}"
                yield Finding("warn", "source", text)
    finally:
        store.close()


def problem_finding(problem: Problem) -> Finding:
    return Finding("warn", problem.kind, f"{problem.subject}: {problem.error}")


def job_failure_finding(failure: JobFailure) -> Finding:
    """A job of the running monitor that failed within the last day."""
    run = failure.run
    when = f"{run.ended_at:%-d %b %Y %H:%M} UTC"
    text = f"{run.job} failed on {when}: {run.detail}"
    return Finding("ok", "job", f"{text}; it works again") if failure.over else Finding("warn", "job", text)


def refused_edit_finding(problem: Problem, used: Adopted | None) -> Finding:
    """An edit under the running monitor that cannot be used. What stands in the folder now is checked apart."""
    version = f"version {used.version} of {format_date(used.adopted_at)}" if used else "the last good version"
    when = f"{problem.first_at:%-d %b %Y %H:%M} UTC"
    return Finding("warn", "reload", f"{problem.subject}: an edit was refused on {when}, {version} stays in use: "
                   f"{problem.error.text or problem.error}")  # fmt: skip


def outbox_findings(totals: dict[str, int]) -> Iterator[Finding]:
    told = ", ".join(f"{count} {state}" for state, count in totals.items() if count)
    state: Literal["ok", "warn"] = "warn" if totals.get("dead") or totals.get("uncertain") else "ok"
    remedies = [text for name, text in STATE_ADVICE.items() if totals.get(name)]
    yield Finding(state, "messages", ". ".join((told or "none yet", *remedies)))


def broken_channel_finding(channel: str, since: datetime, error: str) -> Finding:
    """What the outbox knows of a channel, whatever the channel itself answers to a mere greeting."""
    when = f"{since:%-d %b %Y %H:%M} UTC"
    remedy = "Mend that; a running monitor tries once a minute, `deal-monitor outbox retry` makes the next try at once"
    return Finding("FAIL", "channel", f"{channel}: out of order since {when}, its messages wait: {error}. {remedy}")
