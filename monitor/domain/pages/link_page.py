"""The words on the page of a signed link, before and after it is used, and if it is not valid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from monitor.domain.alerts.mutes import MUTE_FOR
from monitor.domain.messages.action_links import LinkAction
from monitor.domain.text.labels import format_date, format_time
from monitor.domain.text.plain import one_line

PRESS, APPROVE = "yes", "approve"
"""Choices: the only button of a page; to send a held message."""
CHOICES = frozenset({PRESS, APPROVE, "reject", "mute"})


@dataclass(frozen=True, slots=True)
class LinkPage:
    """lines: whole sentences; quoted: the first line of the message; buttons: the choice and the label of each;
    asks_reason, asks_name: show a text field; text: the lines of the whole message. state `mismatch`: a mail program
    sent its "Unsubscribe" to a link of another kind."""

    state: Literal["offer", "done", "unknown", "expired", "mismatch"]
    heading: str
    lines: tuple[str, ...]
    quoted: str = ""
    buttons: tuple[tuple[str, str], ...] = ()
    asks_reason: bool = False
    asks_name: bool = False
    text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button. choice: one of the page's; one_click: a mail program pressed it, which can only unsubscribe;
    comment, name: what the reader wrote."""

    choice: str
    one_click: bool = False
    comment: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class LinkedMessage:
    """The message behind a link. name: the commitment; first_line: of the message; place: where it was sent, without
    the address."""

    name: str
    first_line: str
    place: str


def masked_place(channel: str, to: str) -> str:
    """The recipient without the address, because anyone who holds the link can open the page."""
    if channel != "email":
        return "this Slack channel" if channel == "slack" else "this place"
    box, _, domain = to.rpartition("@")
    return f"{box[:1]}…@{domain}"


NO_LINK = LinkPage(
    "unknown",
    "This link cannot be used",
    ("It is incomplete, was changed on the way, or belongs to another monitor. Nothing has changed.",),
)
MISMATCH = LinkPage(
    "mismatch",
    "This is not an unsubscribe link",
    ("A mail program tried to unsubscribe with a link of another kind. Nothing has changed.",),
)


def expired_page(last_day: date) -> LinkPage:
    text = f"It worked until {format_date(last_day)}. Nothing has changed. A newer message has a working link."
    return LinkPage("expired", "This link has expired", (text,))


def offer_page(action: LinkAction, message: LinkedMessage) -> LinkPage:
    """Explains the button."""
    if action is LinkAction.UNSUBSCRIBE:
        lines = (
            f"No more messages will go to {message.place}: no alerts and no digests.",
            "The owner of this monitor is notified. Other readers are not affected.",
        )
        return LinkPage("offer", "Unsubscribe", lines, message.first_line, ((PRESS, "Unsubscribe"),))
    lines = (
        "The owner of this monitor receives your report, with the evidence behind this message and your comment.",
        "The status does not change until the owner has checked it.",
    )
    buttons = ((PRESS, "Report as wrong"),)
    return LinkPage("offer", "Report as wrong", lines, message.first_line, buttons, asks_reason=True)


def approval_page(route: str, commitment: str, until: datetime, text: tuple[str, ...]) -> LinkPage:
    """Shows a held message as it would be sent, with the choices of its editor."""
    line = f"It goes to route {route}, and only if you approve it. Without a decision it expires on"
    mute = (("mute", f"Reject, and mute {commitment} for {MUTE_FOR.days} days"),) if commitment else ()
    buttons = ((APPROVE, "Approve and send"), ("reject", "Reject"), *mute)
    heading, lines = "Approve this message?", (f"{line} {format_time(until, 'UTC')}.",)
    return LinkPage("offer", heading, lines, "", buttons, asks_reason=True, asks_name=True, text=text)


def done_page(action: LinkAction, message: LinkedMessage, at: datetime) -> LinkPage:
    """Confirms what was done and when. An address can also have been unsubscribed by other means."""
    when = format_time(at, "UTC")
    if action is LinkAction.UNSUBSCRIBE:
        text = f"{message.place} was unsubscribed on {when}. The owner of this monitor can subscribe it again."
        return LinkPage("done", "Unsubscribed", (text,), message.first_line)
    return LinkPage("done", "Reported as wrong", (f"Reported on {when}. The owner was notified.",), message.first_line)


def reader_comment(text: str) -> str:
    """A reader's comment as one line of at most 300 characters. It cannot close the quotation marks around it."""
    return one_line(text, 300).translate(str.maketrans("“”„‟", '""""'))
