"""Checks of routes and services (Slack, mail, Apprise, model, pages, heartbeat). They send no message."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from email.utils import getaddresses

from monitor.channels.outside_check import call_outside_check
from monitor.channels.slack import SlackChannel
from monitor.cli.common import format_utc, pluralised
from monitor.cli.doctor import Examination, Finding, split_remedy
from monitor.config.field_checks import protects_secrets
from monitor.domain.alerts.recipients import subscribed
from monitor.domain.model import ReaderMode
from monitor.domain.text.labels import join_few
from monitor.errors import ChannelError
from monitor.pipeline.health import OUTSIDE_CHECK
from monitor.pipeline.reader_lead import REMEDY
from monitor.pipeline.reading_queue import reader_state
from monitor.runtime.link_keys import read_keys
from monitor.runtime.session import owner_first, routes_of
from monitor.runtime.wiring import email_channel, make_reader, slack_channel
from monitor.store import problems_and_runs, verdict_records

SAMPLE_DOMAINS = ("example.com", "example.org", "example.net", ".example", ".invalid", "localhost.localdomain")
SLACK_SCOPES = "under OAuth & Permissions of its app at api.slack.com, and install the app again"
SLACK_REMEDIES = {
    "missing_scope": f"add channels:read and channels:history (private channels: groups:), {SLACK_SCOPES}",
    "not_in_channel": "invite the bot to the channel: /invite @NAME",
    "channel_not_found": "correct the route's channel, or invite the bot if the channel is private",
    "unknown_method": "correct slack.api_url in config.toml, or remove it",
    "is_archived": "use another channel in the route, or unarchive this one",
}
NO_POSTING = ("not_in_channel", "channel_not_found", "is_archived")
"""Errors of Slack after which posting fails too."""
ANSWER_SECONDS = 5.0
"""Time for the model's server to list its models, or for the page server to answer (estimate)."""


def check_route(examination: Examination) -> Iterator[Finding]:
    """There are routes, and neither the owner nor everybody has unsubscribed."""
    settings = examination.settings
    if not settings.routes:
        yield Finding("warn", "route", "no route is configured, so no alerts are sent", "add [[routes]] to config.toml")
    routes = owner_first(routes_of(settings), settings.owner.route)
    if examination.store is None or not routes:
        return
    with examination.store.read() as conn:
        remaining = subscribed(routes, verdict_records.interventions(conn, ()).get("", ()))
    owner = routes[0].config_name
    undo = f"deal-monitor routes unsubscribe --undo {owner} {shlex.quote(routes[0].to)} WHY"
    if not remaining:
        yield Finding("FAIL", "route", "every address has unsubscribed, so no alerts or warnings are sent", undo)
    elif owner not in {route.config_name for route in remaining}:
        text = f"the owner's route {owner!r} has unsubscribed; {remaining[0].to} receives the warnings instead"
        yield Finding("warn", "route", text, f"{undo}, or name another route in [owner]")


def check_slack(examination: Examination) -> Iterator[Finding]:
    """Slack accepts the token, the app has the scopes it needs, and the bot can post to each channel."""
    settings = examination.settings
    if "slack" not in settings.live_channels():
        return
    channel = slack_channel(settings)
    if not isinstance(channel, SlackChannel):
        text = "incoming webhook, without threads and look-ups; a token (DEAL_MONITOR_SLACK__TOKEN) adds both"
        yield Finding("ok", "slack", text)
        return
    if examination.offline:
        yield Finding("ok", "slack", "token set; not checked offline")
        return
    yield Finding("ok", "slack", f"token of {channel.check()}")
    scopes = channel.scopes() or {"chat:write"}  # an app of the old kind reports no scopes
    if "chat:write" not in scopes:
        text = "the token cannot post, because it lacks the scope chat:write"
        yield Finding("FAIL", "slack", text, f"add chat:write {SLACK_SCOPES}")
    for place in dict.fromkeys(route.to for route in settings.domain_routes() if route.channel == "slack"):
        fault = channel.lookup_refusal(place)
        joins = fault == "not_in_channel" and "chat:write.public" in scopes  # posting works without an invitation
        if not fault:
            yield Finding("ok", "slack", f"{place}: an uncertain message is looked up before it is sent again")
        elif fault in NO_POSTING and not joins:
            text = f"{place}: messages cannot be posted ({fault})"
            yield Finding("FAIL", "slack", text, SLACK_REMEDIES[fault])
        else:
            text = f"{place}: an uncertain message is sent again without a look-up ({fault}), possibly twice"
            yield Finding("warn", "slack", text, SLACK_REMEDIES.get(fault, ""))


def check_mail(examination: Examination) -> Iterator[Finding]:
    """The mail server answers, secures the connection, and accepts login and sender."""
    smtp = examination.settings.smtp
    if not smtp.host:
        return
    _, sender = getaddresses([smtp.sender or ""])[0]
    if sender.lower().endswith(SAMPLE_DOMAINS):
        text = f"the sender {sender} is a sample address; mail will be refused or marked as spam"
        yield Finding("warn", "mail", text, "write an address of your own domain as smtp.sender")
    if examination.offline:
        yield Finding("ok", "mail", f"{smtp.host}:{smtp.port} ({smtp.security}); not checked offline")
        return
    place = email_channel(examination.settings).check()
    yield Finding("ok", "mail", f"{place} ({smtp.security}) accepts {smtp.username or 'no login'} and sender {sender}")


def check_apprise(examination: Examination) -> Iterator[Finding]:
    """The optional package is installed and accepts every address. It makes no request."""
    from monitor.channels.apprise import AppriseChannel

    if examination.settings.apprise.urls:
        yield Finding("ok", "apprise", f"targets {AppriseChannel(examination.settings.apprise.targets).check()}")


def check_model(examination: Examination) -> Iterator[Finding]:
    """The server has the model, tokens are left today, and a model that should lead has passed its check."""
    settings, rulebook = examination.settings, examination.rulebook
    if not settings.reader.base_url:
        yield Finding("ok", "model", "off; [reader] in config.toml can name a model")
        return
    reader = make_reader(settings, rulebook) if rulebook is not None else None
    if rulebook is None or reader is None:
        yield Finding("warn", "model", "not checked, because its prompt is made from the rules", "correct the rules")
        return
    setup = reader.setup
    if rulebook.policy.reader is ReaderMode.OFF:
        remedy = "write another mode there, or remove [reader] from config.toml"
        yield Finding("warn", "model", f"{setup.place} is never used, because policy.yaml has reader: off", remedy)
        return
    if not examination.offline and setup.name not in (models := reader.server.models(ANSWER_SECONDS)):
        text = f"{setup.place} is not among the models of the server: {join_few(models) or 'it lists none'}"
        yield Finding("warn", "model", text, "correct model in [reader], or base_url, which often ends in /v1")
    text = f"{setup.place}, prompt {setup.version}"
    if examination.store is None:
        yield Finding("ok", "model", text)
        return
    with examination.store.read() as conn:
        state = reader_state(conn, rulebook, setup, examination.now)
    if state.confirms:
        only = f"{setup.place} only confirms what the rules find, because {state.confirms}"
        yield Finding("warn", "model", only, REMEDY)
    text += f"; {state.tokens:,} of {setup.daily_tokens:,} tokens used today (UTC)"
    text += f"; {pluralised(state.waiting, 'text')} waiting"
    if state.state == "reading":
        yield Finding("ok", "model", text)
    else:
        yield Finding("warn", "model", f"{text}. {state.state}, only the rules read: {state.trouble}")


def check_pages(examination: Examination) -> Iterator[Finding]:
    """The pages can be built and are served by https, and the key of signed links is private."""
    settings = examination.settings
    folder, base, key = settings.site_dir, settings.site.base_url, settings.site_key_file
    if os.path.lexists(folder) and not folder.is_symlink():
        text = f"{folder} is not our link to the pages, so none are built"
        yield Finding("warn", "pages", text, "move it away, or name another folder as data in [monitor]")
    if base is None:
        yield Finding("ok", "pages", f"{folder}; messages do not link to it, because [site] has no base_url")
        return
    if not protects_secrets(base):
        text = f"{base}: pages, and the links in messages, are sent unencrypted"
        yield Finding("warn", "pages", text, "put a server with a certificate in front, and write https://")
    if settings.site.key is None and key.exists():
        if settings.site.actions:
            read_keys(key)  # raises for a key that cannot be used
        if key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding("warn", "pages", f"other users can read {key}, and so sign links", f"chmod 600 {key}")
    if examination.offline:
        return
    try:
        call_outside_check(f"{base}/healthz", deadline_s=ANSWER_SECONDS, remedy="")
    except ChannelError as error:
        if "HTTP 404" not in str(error):  # the answer of a plain web server, which has the pages only
            remedy = "start `deal-monitor site serve` or your web server, or correct base_url"
            yield Finding("warn", "pages", f"{base}/healthz: {error}", remedy)
            return
    yield Finding("ok", "pages", f"{base} answers")


def check_heartbeat(examination: Examination) -> Iterator[Finding]:
    """The last call to the outside check. It is not called here, because a call reports that the monitor is well."""
    if not examination.settings.heartbeat.url:
        yield Finding("ok", "heartbeat", "off; [heartbeat] can name a service that notices if this machine stops")
        return
    runs = []
    if examination.store is not None:
        with examination.store.read() as conn:
            runs = list(problems_and_runs.last_runs(conn, OUTSIDE_CHECK, 1))
    if not runs:
        yield Finding("ok", "heartbeat", "not called yet; a running monitor calls it")
    elif runs[0].outcome == "called":
        yield Finding("ok", "heartbeat", f"called on {format_utc(runs[0].ended_at)}")
    else:
        problem, remedy = split_remedy(runs[0].detail)
        text = f"no successful call since {format_utc(runs[0].started_at)}: {problem}"
        yield Finding("warn", "heartbeat", text, remedy or "fix the cause; it is then called again")
