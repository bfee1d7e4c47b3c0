"""Checks of the routes and of the channels through which messages go. Nothing is sent."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from email.utils import getaddresses
from typing import TYPE_CHECKING

from monitor.cli.doctor.findings import Examination, Finding

if TYPE_CHECKING:
    from monitor.channels.slack import SlackChannel

NOBODYS_DOMAINS = ("example.com", "example.org", "example.net", ".example", ".invalid", "localhost.localdomain")
"""Domains that stand in samples, and belong to nobody who reads mail."""
AGAIN = "under OAuth & Permissions of its app at api.slack.com, and install the app again"
"""How a scope is given to a token of Slack."""
REFUSALS = {
    "missing_scope": f"give it channels:history, and groups:history for private channels, {AGAIN}",
    "not_in_channel": "invite the bot to the channel: /invite @NAME",
    "channel_not_found": "invite the bot to the channel if it is private, or correct the route's channel (the name is as in Slack)",
    "unknown_method": "correct slack.api_url in config.toml, or leave it out: the server there does not know this method",
    "is_archived": "name another channel in the route, or unarchive this one",
}
"""Refusal of Slack -> what lets the monitor read a channel."""
UNREACHABLE = ("not_in_channel", "channel_not_found", "is_archived")
"""Refusals after which a message cannot be posted either."""


def check_routes(patient: Examination) -> Iterator[Finding]:
    """That there are routes, and that none still has the address of a sample."""
    settings = patient.settings
    if not settings.routes and patient.whole:
        remedy = "write [[routes]] into config.toml: who is told what, and where"
        yield Finding("warn", "route", "there is no route: nobody is told of anything", remedy)
    for route in settings.routes:
        nobodys = [address for _, address in getaddresses([route.to]) if _is_nobodys(address)]
        if route.channel == "email" and nobodys and not settings.smtp.configured:  # else the configuration warns of it
            text = f"{route.name!r} mails to {', '.join(nobodys)}, which nobody reads"
            yield Finding("warn", "route", text, "put your own address there")
    yield from _unsubscribed(patient)


def _unsubscribed(patient: Examination) -> Iterator[Finding]:
    """That the owner has not unsubscribed, nor everybody."""
    from monitor.domain.alerts.unsubscriptions import subscribed
    from monitor.runtime.session import owner_first, routes_of
    from monitor.store import verdict_records

    routes = owner_first(routes_of(patient.settings), patient.settings.owner.route)
    if patient.store is None or not routes:
        return
    with patient.store.read() as conn:
        stay = subscribed(routes, verdict_records.interventions(conn, ()).get("", ()))
    owner = routes[0].config_name
    again = f"deal-monitor routes unsubscribe --undo {owner} {shlex.quote(routes[0].to)} WHY"
    if not stay:
        text = "everybody has unsubscribed: nobody is told of anything, nor that the program is in trouble"
        yield Finding("FAIL", "route", text, again)
    elif owner not in {route.config_name for route in stay}:
        text = f"the owner's route {owner!r} has unsubscribed: {stay[0].to} is told of the program's troubles instead"
        yield Finding("warn", "route", text, f"{again}, or name another route in [owner]")


def _is_nobodys(address: str) -> bool:
    return address.rpartition("@")[2].lower().endswith(NOBODYS_DOMAINS)


def check_outbox(patient: Examination) -> Iterator[Finding]:
    """That messages of channels which are not set up can be written to files."""
    from monitor.runtime.app import outbox_folder

    folder = outbox_folder(patient.settings)
    if folder is None:
        yield Finding("ok", "outbox", "every route has a channel that can send")
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        yield Finding("FAIL", "outbox", f"{folder} cannot be written: {error.strerror}", "make it writable")
    else:
        yield Finding("ok", "outbox", f"messages of channels that are not configured are written to {folder}")


def check_slack(patient: Examination) -> Iterator[Finding]:
    """That Slack takes the token, that the app has the scopes it needs, and that the bot is in each channel."""
    from monitor.channels.slack import SlackChannel
    from monitor.runtime.wiring import slack_channel

    settings = patient.settings
    if not settings.slack.configured:
        return
    channel = slack_channel(settings)
    if not isinstance(channel, SlackChannel):
        remedy = "a token (DEAL_MONITOR_SLACK__TOKEN) allows threads and look-ups"
        yield Finding("ok", "slack", f"incoming webhook: no threads, no look-up of uncertain messages; {remedy}")
        return
    if patient.offline:
        yield Finding("ok", "slack", "token set, not asked offline")
        return
    yield Finding("ok", "slack", f"token of {channel.check()}")
    places = tuple(dict.fromkeys(route.to for route in settings.domain_routes() if route.channel == "slack"))
    scopes = channel.scopes()
    if scopes is not None and "chat:write" not in scopes:
        yield Finding(
            "FAIL", "slack", "the token may not post: it lacks the scope chat:write", f"give it chat:write {AGAIN}"
        )
    by_name = [place for place in places if place.startswith("#")]
    if scopes is not None and by_name and "channels:read" not in scopes:
        text = (
            f"{', '.join(by_name)}: a channel by its name cannot be looked up: the token lacks the scope channels:read"
        )
        yield Finding("warn", "slack", text, f"give it channels:read (groups:read for private channels) {AGAIN}")
    for place in places:
        yield _place(channel, place, posts_anywhere=scopes is not None and "chat:write.public" in scopes)


def _place(channel: SlackChannel, place: str, *, posts_anywhere: bool) -> Finding:
    fault = channel.lookup_refusal(place)
    if not fault:
        return Finding("ok", "slack", f"{place}: a message of unknown fate is looked up before it is sent again")
    remedy = REFUSALS.get(fault, "")
    if fault in UNREACHABLE and not (posts_anywhere and fault == "not_in_channel"):
        return Finding("FAIL", "slack", f"{place}: messages cannot be posted there ({fault})", remedy)
    text = f"{place}: a message of unknown fate is sent again without a look whether it arrived ({fault})"
    return Finding("warn", "slack", text, f"to look first, {remedy}" if remedy else "")


def check_mail(patient: Examination) -> Iterator[Finding]:
    """That the mail server is there, secures the connection, lets us in and takes our sender."""
    from monitor.runtime.wiring import email_channel

    smtp = patient.settings.smtp
    if not smtp.configured:
        return
    _, sender = getaddresses([smtp.sender or ""])[0]
    if _is_nobodys(sender):
        text = f"mail comes from {sender}, which is nobody's address: it will be refused, or taken for spam"
        yield Finding("warn", "mail", text, "write an address of your own domain as smtp.sender")
    if patient.offline:
        yield Finding("ok", "mail", f"{smtp.host}:{smtp.port} ({smtp.security}), not asked offline")
    else:
        place = email_channel(patient.settings).check()
        login = f"as {smtp.username}" if smtp.username else "without a login"
        yield Finding("ok", "mail", f"{place} ({smtp.security}) lets us in {login} and takes mail from {sender}")


def check_apprise(patient: Examination) -> Iterator[Finding]:
    """That the optional package is there and reads every address; it sends nothing, so it is asked offline too."""
    from monitor.channels.apprise import AppriseChannel

    if patient.settings.apprise.configured:
        yield Finding("ok", "apprise", f"targets {AppriseChannel(patient.settings.apprise.targets).check()}")
