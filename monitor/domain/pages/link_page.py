"""The page behind a signed link: what it will do, what it has done, or why it does nothing. In words, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from monitor.domain.messages.action_links import Deed
from monitor.domain.text.labels import format_date, format_time
from monitor.domain.text.plain import one_line

LinkState = Literal["offer", "done", "undone", "unknown", "expired", "mismatch"]
"""unknown: signed by none of our keys for none of our messages; mismatch: a mail program's "Unsubscribe" for a link to something else."""
MUTE_LENGTH = timedelta(days=7)
"""How long a link silences a commitment."""
UNSUBSCRIBE_UNDO = timedelta(days=1)
"""How long a reader can take back an unsubscription: a slip of the finger is noticed at once. Later, whoever holds an old mail could
bring back mail that is not wanted; then the owner's command does it."""
ZONE = "UTC"
_QUOTATION_MARKS = str.maketrans("“”„‟", '""""')


@dataclass(frozen=True, slots=True)
class LinkPage:
    """lines: whole sentences; said: the first line of the message; button: what
    it does, '' without one; undo: what takes it back, '' where nothing does; asks_reason: a line of text goes with it."""

    state: LinkState
    heading: str
    lines: tuple[str, ...]
    said: str = ""
    button: str = ""
    undo: str = ""
    asks_reason: bool = False


@dataclass(frozen=True, slots=True)
class LinkedMessage:
    """What a page tells of its message. name: the promise; said: its first line; place: where it went, in words that name nobody."""

    name: str
    said: str
    place: str


def masked_place(channel: str, to: str) -> str:
    """Where a message went, without the address: whoever has the link may not have the mail."""
    if channel != "email":
        return "this Slack channel" if channel == "slack" else "this place"
    box, _, domain = to.rpartition("@")
    return f"{box[:1]}…@{domain}"


NO_LINK = LinkPage(
    "unknown",
    "This link cannot be used",
    ("It is incomplete or was changed on its way, or it belongs to another monitor. Nothing was done.",),
)

MISMATCH = LinkPage(
    "mismatch",
    "Not a link to unsubscribe",
    ("A mail program asked to unsubscribe by a link to something else. Nothing was done.",),
)


def expired_page(last_day: date) -> LinkPage:
    text = f"It worked until {format_date(last_day)}. Nothing was done. A newer message has a link that works."
    return LinkPage("expired", "This link has expired", (text,))


def offer_page(deed: Deed, about: LinkedMessage, now: datetime) -> LinkPage:
    """What the link will do once the reader presses its button."""
    if deed is Deed.UNSUBSCRIBE:
        lines = (
            f"No message will go to {about.place} any more: no alerts and no digests.",
            "The owner of this monitor is told. Other readers are not concerned.",
        )
        return LinkPage("offer", "Unsubscribe", lines, about.said, "Unsubscribe")
    if deed is Deed.MUTE:
        until = format_time(now + MUTE_LENGTH, ZONE)
        lines = (
            f"Until {until}, no alert on “{about.name}” will go to {about.place}. Everything is recorded all the same, and what then "
            "differs is told once.",
            "Other readers are not concerned.",
        )
        return LinkPage("offer", "Mute for 7 days", lines, about.said, "Mute for 7 days")
    lines = (
        "The owner of this monitor is told that this message is wrong, with the reports behind it and what you write here.",
        "The status stays as it is until the owner has looked.",
    )
    return LinkPage("offer", "Report as wrong", lines, about.said, "Report as wrong", asks_reason=True)


def done_page(deed: Deed, about: LinkedMessage, at: datetime, until: datetime | None, *, now: datetime) -> LinkPage:
    """That it is done, by this link or (of an unsubscription) otherwise, since when, and how to take it back."""
    when = format_time(at, ZONE)
    if deed is Deed.UNSUBSCRIBE:
        undo = "Undo: subscribe again" if until is not None and now < until else ""
        again = "" if undo else " Whoever runs this monitor can subscribe it again."
        lines = (f"{about.place} was unsubscribed on {when}. Nothing more goes there.{again}",)
        return LinkPage("done", "Unsubscribed", lines, about.said, undo=undo)
    if deed is Deed.MUTE:
        if until is None or until <= now:
            end = f" until {format_time(until, ZONE)}" if until else ""
            lines = (
                f"“{about.name}” was muted by this link on {when}{end}. That is over, and the link does nothing more.",
            )
            return LinkPage("done", "The mute is over", lines, about.said)
        lines = (
            f"Muted by this link on {when}: “{about.name}” is silent for {about.place} until {format_time(until, ZONE)}.",
        )
        return LinkPage("done", "Muted", lines, about.said, undo="Undo: end the mute")
    lines = (f"Reported by this link on {when}. The owner was told.",)
    open_still = until is not None and now < until
    return LinkPage("done", "Reported as wrong", lines, about.said, undo="Undo: take it back" if open_still else "")


def undone_page(deed: Deed, about: LinkedMessage, at: datetime) -> LinkPage:
    """That it was done and taken back."""
    when = format_time(at, ZONE)
    line = {
        Deed.UNSUBSCRIBE: f"{about.place} is subscribed again since {when}.",
        Deed.MUTE: f"The mute was ended on {when}. The link does nothing more.",
        Deed.WRONG: f"The report was taken back on {when}. The link does nothing more.",
    }[deed]
    heading = {Deed.UNSUBSCRIBE: "Subscribed again", Deed.MUTE: "Not muted", Deed.WRONG: "Report taken back"}[deed]
    return LinkPage("undone", heading, (line,), about.said)


def reader_reason(text: str) -> str:
    """What a reader wrote, as one line of at most 300 characters, fit to stand in quotation marks: it can end none of them."""
    return one_line(text, 300).translate(_QUOTATION_MARKS)
