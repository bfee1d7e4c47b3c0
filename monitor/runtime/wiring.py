"""Channels and the model made from the settings; an unconfigured channel writes files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from monitor.channels.apprise import AppriseChannel
from monitor.channels.email import EmailChannel
from monitor.channels.file import FileChannel, message_file_name
from monitor.channels.slack import SlackChannel, SlackWebhook
from monitor.config import Settings
from monitor.domain.messages.action_links import LinkMaker
from monitor.domain.messages.briefs import DeliveryReceipt, OutboundMessage
from monitor.errors import RenderError
from monitor.pipeline.delivery import DeliveryLookup, Sender
from monitor.pipeline.thread_cards import MessageEditor
from monitor.render.mail import subject
from monitor.render.renderer import Renderer
from monitor.runtime.link_keys import link_maker
from monitor.store.json_codec import from_json

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.runtime.model_reader import ModelReader
    from monitor.store.tables import Item

PLACEHOLDER_ADDRESS = "nobody@localhost.localdomain"
DEFAULT_SENDER = "Deal monitor <deal-monitor@localhost.localdomain>"
"""For mail written to files: addresses in the domain of this machine only."""


def make_renderer(settings: Settings, links_by: Callable[[Settings], LinkMaker | None] = link_maker) -> Renderer:
    """The renderer of templates. links_by: gives the maker of signed links. Raises ConfigError for an invalid key."""
    sender = settings.smtp.sender or DEFAULT_SENDER
    domain, unsubscribe = sender.rpartition("@")[2].strip("> "), settings.smtp.unsubscribe or ""
    addresses = {"unsubscribe": unsubscribe, "base_url": settings.site.base_url or ""}
    return Renderer(
        settings.monitor.templates, sender=sender, list_domain=domain, **addresses, links=links_by(settings)
    )


def make_senders(
    settings: Settings, renderer: Renderer
) -> tuple[dict[str, Sender], dict[str, DeliveryLookup], dict[str, MessageEditor]]:
    """One sender per channel; an unconfigured channel writes the message to the outbox folder. And by channel, the
    look-up and the edit of sent messages, which Slack allows with a token, but not with a webhook."""
    files, live = FileChannel(settings.outbox_dir), settings.live_channels()
    senders: dict[str, Sender] = {
        "email": lambda message: files.send(renderer.mail(message), message_file_name(message)),
        "slack": lambda message: files.send(renderer.slack(message), message_file_name(message)),
        "apprise": partial(file_fallback, files, renderer),
        "file": partial(file_fallback, files, renderer),
    }
    finders, updaters = dict[str, DeliveryLookup](), dict[str, MessageEditor]()
    if "email" in live:
        mail = email_channel(settings)
        senders["email"] = lambda message: mail.send(renderer.mail(message), message.to)
    if "slack" in live:
        slack, sent = slack_channel(settings), slack_channel(settings)
        senders["slack"] = lambda message: slack.send(renderer.slack(message))
        if isinstance(sent, SlackChannel):
            update = sent.update
            finders["slack"], updaters["slack"] = sent.find, lambda card: update(renderer.slack(card))
    if "apprise" in live:
        others = AppriseChannel(settings.apprise.targets)
        senders["apprise"] = lambda message: others.send(subject(message), renderer.text(message), message.to)
    return senders, finders, updaters


def shown_text(renderer: Renderer, item: Item) -> str:
    """A message as it would be sent, as text and without its personal links."""
    try:
        brief = from_json(item.payload)
        place = (item.channel, item.to, item.kind, item.commitment)
        return renderer.text(OutboundMessage(item.message_id, 0, *place, brief))
    except RenderError as error:
        return f"This message cannot be shown: {error}\n"


def file_fallback(files: FileChannel, renderer: Renderer, message: OutboundMessage) -> DeliveryReceipt:
    """The message as Slack JSON and as mail; a route of files needs no address."""
    files.send(renderer.slack(message), message_file_name(message))
    addressed = message if "@" in message.to else replace(message, to=PLACEHOLDER_ADDRESS)
    return files.send(renderer.mail(addressed), message_file_name(message))


def email_channel(settings: Settings) -> EmailChannel:
    """The configured mail server of [smtp]."""
    smtp = settings.smtp
    assert smtp.host is not None
    sender = (smtp.sender or DEFAULT_SENDER).rpartition("<")[2].rstrip("> ")
    username, password = smtp.username or "", smtp.password.get_secret_value() if smtp.password else ""
    channel = partial(EmailChannel, smtp.host, smtp.port, mode=smtp.security, timeout=smtp.timeout_seconds)
    connect = partial(channel, sender=sender)
    return connect(username=username, password=password, ca_file=str(smtp.ca_file) if smtp.ca_file else None)


def slack_channel(settings: Settings) -> SlackChannel | SlackWebhook:
    """Slack with the configured token of [slack], else with its webhook."""
    slack = settings.slack
    if slack.token is not None:
        return SlackChannel(slack.token.get_secret_value(), base_url=slack.api_url)
    assert slack.webhook is not None
    return SlackWebhook(slack.webhook.get_secret_value())


def make_reader(settings: Settings, rulebook: Rulebook) -> ModelReader | None:
    """The model of [reader], with the questions of these rules; None without one. Raises RuleError and RenderError."""
    reader = settings.reader
    if reader.base_url is None or reader.model is None:
        return None
    from monitor.domain.reading.question import speakers
    from monitor.pipeline.reader_lead import ReaderSetup
    from monitor.readers.chat import ChatServer
    from monitor.render.reader_question import reader_questions, template_version
    from monitor.runtime.model_reader import ModelReader

    key = reader.key.get_secret_value() if reader.key else ""
    server = ChatServer(reader.base_url, reader.model, key, reader.timeout_seconds)
    templates = settings.monitor.templates
    template, questions = template_version(templates), reader_questions(rulebook, templates)
    setup = ReaderSetup(reader.model, server.place, template, questions, reader.batch, reader.daily_tokens)
    return ModelReader(server, setup, speakers(rulebook), rulebook, reader.batch)
