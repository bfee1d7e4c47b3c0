"""`doctor`: is everything that a running monitor needs in order? One line a check, with the remedy where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import click

from monitor.cli.common import describe_rulebook, echo_lines, format_utc, pluralised, settings_of
from monitor.cli.tables import format_date
from monitor.errors import MonitorError
from monitor.long_work import counted

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.messages.digest.feed_health import ConfiguredFeed, PollState

ONE_DAY = timedelta(days=1)
GREETING_SECONDS = 5.0
"""How long the server of a model may take to list its models, an estimate: it need not think about it."""
MOST_LISTED = 5
"""Names of models in one line of text."""
STATE_ADVICE = {
    "uncertain": "Uncertain ones may have arrived, and are sent again by themselves",
    "dead": "`deal-monitor outbox list --state dead` tells why; once that is mended, `deal-monitor outbox retry` sends them",
}
"""State of messages -> what to know or to do about them."""
SLACK_REMEDIES = {
    "missing_scope": "give its app channels:history, and groups:history for private channels (with channels:read and "
    "groups:read where routes name channels by #name)",
    "not_in_channel": "invite the bot to the channel",
    "channel_not_found": "invite the bot to the channel, or give the route the channel's id",
}
"""Refusal of Slack -> what lets the monitor look a message up."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, and what to know or to do."""

    state: Literal["ok", "warn", "FAIL"]
    what: str
    text: str


@click.command()
@click.option("--offline", is_flag=True, help="Do not ask Slack, the mail server or the server of the model.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a check.")
def doctor(*, offline: bool, as_json: bool) -> None:
    """Check configuration, rules, templates, database, channels, reader and sources. Exit code 1 if anything fails."""
    failed = False
    for finding in counted(run_checks(settings_of(), offline=offline), "checking", unit="findings"):
        text = f"{finding.state:<5} {finding.what:<10} {finding.text}"
        echo_lines(as_json=as_json, values=[asdict(finding)], text=[text])
        failed |= finding.state == "FAIL"
    if failed:
        raise SystemExit(1)


def run_checks(settings: Settings, *, offline: bool) -> Iterator[Finding]:
    """Every check, the cheap ones first. A check that breaks is a finding, and the others go on."""
    yield Finding("ok", "config", f"{settings.path}: {len(settings.feeds)} feeds, {len(settings.routes)} routes")
    for warning in settings.warnings:
        yield Finding("warn", "config", warning)
    checks = {
        "rules": check_rules,
        "templates": check_templates,
        "pages": check_pages,
        "outbox": check_folder,
        "apprise": check_apprise,
    }
    if not offline:
        checks |= {"slack": check_slack, "mail": check_mail}
    checks["reader"] = partial(check_reader, offline=offline)
    for what, check in (checks | {"database": check_database}).items():
        try:
            yield from check(settings)
        except MonitorError as error:
            yield Finding("FAIL", what, str(error))


def check_rules(settings: Settings) -> Iterator[Finding]:
    from monitor.config import check_routes
    from monitor.rulebook import load_rulebook, test_rulebook
    from monitor.runtime.session import rule_cache

    rulebook = load_rulebook(settings.rules, cache=rule_cache(settings))
    failed = [result for result in test_rulebook(rulebook) if not result.passed]
    yield Finding("ok", "rules", describe_rulebook(rulebook))
    if failed:
        yield Finding("warn", "rules", f"{len(failed)} examples fail; see `deal-monitor rules test`")
    check_routes(settings, rulebook.commitments)


def check_templates(settings: Settings) -> Iterator[Finding]:
    from monitor.runtime.wiring import make_renderer

    asks = settings.reader.configured  # a folder of before there was a reader has no template for its question
    problems = make_renderer(settings).check(question=asks)
    for problem in problems:
        yield Finding("FAIL", "templates", problem)
    if not problems:
        what = "every message and the reader's question render" if asks else "every message renders"
        yield Finding("ok", "templates", f"{what} from {settings.templates}")


def check_pages(settings: Settings) -> Iterator[Finding]:
    """That the templates of the pages can be filled in, and which ones are used."""
    from monitor.runtime.site import has_site_templates, site_templates
    from monitor.site.check import check_templates as check_site_templates

    templates = site_templates(settings)
    if not has_site_templates(settings):
        remedy = f"To change how they look, copy {templates.folder / 'site'} there"
        yield Finding(
            "ok", "pages", f"{settings.templates} has no folder site: the shipped templates are used. {remedy}"
        )
    problems = check_site_templates(templates)
    for problem in problems:
        yield Finding("FAIL", "pages", problem)
    if not problems:
        yield Finding("ok", "pages", f"every page renders from {templates.folder / 'site'}")


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
    else:
        yield Finding("ok", "outbox", f"messages of channels that are not configured are written to {folder}")


def check_slack(settings: Settings) -> Iterator[Finding]:
    """That Slack answers, and for each place whether a message of unknown fate can be looked up there."""
    from monitor.channels.slack import SlackChannel
    from monitor.runtime.wiring import slack_channel

    if not settings.slack.configured:
        return
    channel = slack_channel(settings)
    if not isinstance(channel, SlackChannel):
        yield Finding("ok", "slack", "incoming webhook (no threads, no look-up of uncertain messages)")
        return
    yield Finding("ok", "slack", f"token of {channel.check()}")
    for place in dict.fromkeys(route.to for route in settings.domain_routes() if route.channel == "slack"):
        fault = channel.lookup_refusal(place)
        if fault:
            remedy = f". To look first, {SLACK_REMEDIES[fault]}" if fault in SLACK_REMEDIES else ""
            text = f"a message of unknown fate is sent again without a look whether it arrived ({fault}){remedy}"
        else:
            text = "a message of unknown fate is looked up before it is sent again"
        yield Finding("warn" if fault else "ok", "slack", f"{place}: {text}")


def check_mail(settings: Settings) -> Iterator[Finding]:
    from monitor.runtime.wiring import email_channel

    if settings.smtp.configured:
        yield Finding("ok", "mail", email_channel(settings).check())


def check_reader(settings: Settings, *, offline: bool) -> Iterator[Finding]:
    """That the server of the model answers and has the model, and that model and question are those of the last `reader check`; the
    tokens of the day, and what waits to be read."""
    from monitor.domain.model import ReaderMode
    from monitor.pipeline.reader_health import state_of
    from monitor.rulebook import load_rulebook
    from monitor.runtime.session import open_database, rule_cache, utc_now
    from monitor.runtime.wiring import make_reader
    from monitor.workbench.testing.reader_check import advice, last_check

    if not settings.reader.configured:
        yield Finding("ok", "reader", "off: the rules read alone. [reader] in config.toml can name a model")
        return
    rulebook = load_rulebook(settings.rules, cache=rule_cache(settings))
    reader = make_reader(settings, rulebook)
    assert reader is not None
    setup = reader.setup
    with closing(open_database(settings)) as store, store.read() as conn:
        state = state_of(conn, setup.place, setup.daily_tokens, setup.least_cost, utc_now())
    if rulebook.policy.reader is ReaderMode.OFF:
        yield Finding("warn", "reader", f"{setup.place} is never asked: policy.yaml says reader: off")
        return
    if unchecked := advice(last_check(settings.data_dir), setup.name, setup.question.version):
        yield Finding("warn", "examples", unchecked)
    if not offline:
        listed = reader.server.models(GREETING_SECONDS)
        if listed and setup.name not in listed:
            some = ", ".join(listed[:MOST_LISTED])
            yield Finding("warn", "reader", f"{setup.place} is not among the models that the server lists: {some}")
        if not listed and not urlsplit(settings.reader.base_url).path:
            told = "base_url often ends in /v1, and at this address the server lists no models"
            yield Finding("warn", "reader", f"{setup.place} may not be found: {told}")
    spent = f"{state.tokens:,} of {setup.daily_tokens:,} tokens used today (UTC)"
    text = f"{setup.place}, question {setup.question.version}; {spent}; {pluralised(state.waiting, 'text')} waiting"
    if state.state == "reading":
        yield Finding("ok", "reader", text)
    else:
        trouble = f"{state.state}, the rules speak alone: {state.trouble}"
        yield Finding("warn", "reader", f"{text}. {trouble}")


def check_apprise(settings: Settings) -> Iterator[Finding]:
    """That the optional package is there and reads every address; it sends nothing, so it is asked offline too."""
    from monitor.channels.apprise import AppriseChannel

    if settings.apprise.configured:
        yield Finding("ok", "apprise", f"targets {AppriseChannel(settings.apprise.targets).check()}")


def check_database(settings: Settings) -> Iterator[Finding]:
    """What the database knows: messages, broken channels, open problems, failed jobs of the last day, sources in trouble."""
    from monitor.pipeline.outbox_admin import counts
    from monitor.pipeline.reader_health import PROBLEM_KIND
    from monitor.runtime.session import feeds_of, open_database, utc_now
    from monitor.store import feeds, problems_and_runs
    from monitor.store import outbox as outbox_store

    with closing(open_database(settings)) as store:
        yield Finding("ok", "database", store.name)
        totals, now = counts(store), utc_now()
        with store.read() as conn:
            broken = outbox_store.open_circuits(conn)
            problems, used = problems_and_runs.problems(conn), problems_and_runs.adopted(conn)
            failures, states = problems_and_runs.failures(conn, now - ONE_DAY), feeds.states(conn)
    tally = ", ".join(f"{count} {state}" for state, count in totals.items() if count)
    advice = [text for state, text in STATE_ADVICE.items() if totals[state]]
    yield Finding("warn" if advice else "ok", "messages", ". ".join((tally or "none yet", *advice)))
    # The outbox knows of a channel that sends nothing, whatever the channel itself answers to a mere greeting.
    remedy = "Mend that; a running monitor tries once a minute, `deal-monitor outbox retry` makes the next try at once"
    for channel, (since, error) in broken.items():
        text = f"{channel}: out of order since {format_utc(since)}, its messages wait: {error}. {remedy}"
        yield Finding("FAIL", "channel", text)
    for problem in problems:
        if problem.kind == PROBLEM_KIND:
            continue  # told with the reader's state
        if problem.kind != "rules":
            yield Finding("warn", problem.kind, f"{problem.subject}: {problem.error}")
            continue
        # An edit that the running monitor refused. What stands in the folder now is checked apart.
        version = f"version {used.version} of {format_date(used.adopted_at)}" if used else "the last good version"
        refused = f"an edit was refused on {format_utc(problem.first_at)}, {version} stays in use"
        fault = problem.error.text or problem.error
        yield Finding("warn", "reload", f"{problem.subject}: {refused}: {fault}")
    for failure in failures:
        run = failure.run
        text = f"{run.job} failed on {format_utc(run.ended_at)}: {run.detail}"
        yield Finding("ok", "job", f"{text}; it works again") if failure.over else Finding("warn", "job", text)
    yield from source_findings(feeds_of(settings), states, now)


def source_findings(
    feeds: Sequence[ConfiguredFeed], states: Mapping[str, PollState], now: datetime
) -> Iterator[Finding]:
    """The sources that cannot be relied on, those that fail alike in one line. It fails where no source answers."""
    from monitor.domain.messages.digest.feed_health import alike_failures, blackout, source_health

    dark = blackout(feeds, states)
    for number, alike in enumerate(alike_failures(feeds, states)):
        count, names = len(alike.feeds), ", ".join(alike.feeds[:MOST_LISTED])
        names += f" and {count - MOST_LISTED} more" if count > MOST_LISTED else ""
        text = f"{names}: failing since {format_date(alike.since)}: {alike.error}"
        if count > 1:
            text = f"{count} feeds fail alike since {format_date(alike.since)}: {alike.error} ({names})"
        if dark is not None and number == 0:
            yield Finding("FAIL", "source", f"no source answers since {format_utc(dark.since)}. {text}. {alike.remedy}")
        else:
            yield Finding("warn", "source", f"{text}. {alike.remedy}")
    for source in source_health(feeds, states, now):
        if source.state in ("silent", "frozen"):
            text = f"{source.name}: {source.state} since {format_date(source.since)}: {source.detail}"
            yield Finding("warn", "source", text)
