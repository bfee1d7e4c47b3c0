"""Channels made from the settings: who sends, who can be asked, and what takes the place of a channel that is not set up."""

from __future__ import annotations

from dataclasses import replace

from monitor.channels.apprise import AppriseChannel
from monitor.channels.email import EmailChannel
from monitor.channels.file import FileChannel, message_file_name
from monitor.channels.slack import SlackChannel, SlackWebhook
from monitor.config import Settings
from monitor.domain.messages.alert import DeliveryReceipt, OutboundMessage
from monitor.pipeline.delivery import DeliveryLookup, Sender
from monitor.pipeline.thread_cards import MessageEditor
from monitor.render.mail import subject
from monitor.render.renderer import Renderer
from monitor.render.slack import status_card

PLACEHOLDER_ADDRESS = "nobody@localhost.localdomain"
DEFAULT_SENDER = "Deal monitor <deal-monitor@localhost.localdomain>"


def make_renderer(settings: Settings) -> Renderer:
    sender = settings.smtp.sender or DEFAULT_SENDER
    domain = sender.rpartition("@")[2].strip("> ")
    leave = settings.smtp.unsubscribe or ""
    return Renderer(settings.templates, sender=sender, list_domain=domain, unsubscribe=leave)


def make_senders(settings: Settings, renderer: Renderer) -> dict[str, Sender]:
    """One sender a channel; a channel that is not configured writes the same message to the outbox folder."""
    files = FileChannel(settings.outbox_dir)
    senders: dict[str, Sender] = {
        "email": lambda parcel: files.send_mail(renderer.mail(parcel), message_file_name(parcel)),
        "slack": lambda parcel: files.send_slack(renderer.slack(parcel), message_file_name(parcel)),
        "apprise": lambda parcel: file_fallback(files, renderer, parcel),
        "file": lambda parcel: file_fallback(files, renderer, parcel),
    }
    if settings.smtp.configured:
        mail = email_channel(settings)
        senders["email"] = lambda parcel: mail.send(renderer.mail(parcel), parcel.to)
    if settings.slack.configured:
        slack = slack_channel(settings)
        senders["slack"] = lambda parcel: slack.send(renderer.slack(parcel))
    if settings.apprise.configured:
        others = AppriseChannel(settings.apprise.targets)
        senders["apprise"] = lambda parcel: others.send(subject(parcel), renderer.text(parcel), parcel.to)
    return senders


def slack_thread_api(settings: Settings) -> tuple[dict[str, DeliveryLookup], dict[str, MessageEditor]]:
    """What Slack can do by its token, and a webhook and mail cannot: look up what was said, and rewrite it."""
    slack = slack_channel(settings) if settings.slack.configured else None
    if not isinstance(slack, SlackChannel):
        return {}, {}
    return {"slack": slack.find}, {"slack": lambda card: slack.update(status_card(card))}


def file_fallback(files: FileChannel, renderer: Renderer, parcel: OutboundMessage) -> DeliveryReceipt:
    """The message as Slack JSON and as mail; a route that only writes files need not name an address."""
    files.send_slack(renderer.slack(parcel), message_file_name(parcel))
    addressed = parcel if "@" in parcel.to else replace(parcel, to=PLACEHOLDER_ADDRESS)
    return files.send_mail(renderer.mail(addressed), message_file_name(parcel))


def email_channel(settings: Settings) -> EmailChannel:
    smtp = settings.smtp
    assert smtp.host is not None
    return EmailChannel(
        smtp.host, smtp.port, sender=(smtp.sender or DEFAULT_SENDER).rpartition("<")[2].rstrip("> "), mode=smtp.security,
        username=smtp.username or "", password=smtp.password.get_secret_value() if smtp.password else "",
        timeout=smtp.timeout_seconds, ca_file=str(smtp.ca_file) if smtp.ca_file else None,
    )  # fmt: skip


def slack_channel(settings: Settings) -> SlackChannel | SlackWebhook:
    slack = settings.slack
    if slack.token is not None:
        return SlackChannel(slack.token.get_secret_value(), base_url=slack.api_url)
    assert slack.webhook is not None
    return SlackWebhook(slack.webhook.get_secret_value())
