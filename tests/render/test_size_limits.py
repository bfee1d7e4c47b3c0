"""A mail stays small whatever comes: through the real briefs, and through briefs that nobody cleaned."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from email.message import EmailMessage
from typing import Any, TypeVar

import pytest

from monitor.domain.messages.briefs import AlertBrief, OutboundMessage
from monitor.render.size_limits import BUDGETS, FULL_BUDGET, trimmed_to_budget, with_short_texts
from tests.builders.hostile_messages import MILLION, alert_about, digest_about
from tests.builders.rendered_messages import RENDERER, read_mail
from tests.builders.sample_messages import ALERT, ALERT_PARCEL, DIGEST, DIGEST_PARCEL, PARCELS

CLIPPED = 90_000
T = TypeVar("T")
HEAVIEST: Mapping[str, str] = {
    "long": "x" * MILLION,
    "markup": '<"&>' * (MILLION // 4),
    "equals": "=" * MILLION,
    "wide": "😀" * MILLION,
    "words": "采购 推迟 " * (MILLION // 6),
}
"""Letters that take the most room once they are escaped for HTML, for the mail's transport, or for both."""


def parts(raw: bytes) -> tuple[EmailMessage, EmailMessage]:
    """The text part and the HTML part."""
    mail = read_mail(raw)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    return text, html


def check_small(raw: bytes) -> None:
    text, html = parts(raw)
    assert len(html.as_bytes()) <= CLIPPED
    assert len(text.as_bytes()) <= CLIPPED
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def overflowing(value: T, text: str) -> T:
    """A brief as no one cleaned it: each text is `text`, each list fifty times as long."""
    made: Any = value
    if isinstance(value, str):
        made = text
    elif isinstance(value, tuple):
        made = tuple(overflowing(item, text) for item in value) * 15
    elif is_dataclass(value) and not isinstance(value, type):
        kept = {field.name: getattr(value, field.name) for field in fields(value) if field.name not in ("kind", "url")}
        made = replace(value, **{name: overflowing(item, text) for name, item in kept.items()})
    result: T = made
    return result


@pytest.mark.slow
@pytest.mark.parametrize("make", [alert_about, digest_about], ids=["alert", "digest"])
@pytest.mark.parametrize("text", HEAVIEST.values(), ids=HEAVIEST)
def test_titles_of_a_megabyte_make_small_mails(text: str, make: Any) -> None:
    check_small(RENDERER.mail(make(text)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parcel", "text"),
    [(ALERT_PARCEL, HEAVIEST["equals"]), (DIGEST_PARCEL, HEAVIEST["wide"])],
    ids=["alert-equals", "digest-wide"],
)
def test_long_lists_of_texts_that_nobody_cleaned_make_small_mails(parcel: OutboundMessage, text: str) -> None:
    known = {"timeline": ALERT.timeline} if parcel is ALERT_PARCEL else {"timelines": DIGEST.timelines}
    brief: Any = replace(overflowing(parcel.brief, text), **known)
    raw = RENDERER.mail(replace(parcel, brief=brief))
    check_small(raw)
    assert re.search(r"\+\d\d+ more", str(parts(raw)[0].get_content()))


@pytest.mark.parametrize("kind", PARCELS)
def test_what_is_well_made_is_shown_in_full(kind: str) -> None:
    brief = PARCELS[kind].brief
    assert with_short_texts(brief, FULL_BUDGET.letters) == brief


def test_every_room_is_smaller_than_the_one_before_and_shows_something() -> None:
    rooms = [(room.items, room.letters) for room in BUDGETS]
    assert rooms == sorted(rooms, reverse=True)
    brief, more = trimmed_to_budget(ALERT, BUDGETS[-1])
    assert isinstance(brief, AlertBrief)
    assert brief.evidence.lines
    assert more["lines"] == len(ALERT.evidence.lines) - 1


@pytest.mark.slow
@pytest.mark.parametrize("events", [3, 12, 60, 500])
def test_a_digest_of_any_week_has_at_most_120_lines_of_text_and_counts_the_rest(events: int) -> None:
    own = tuple(replace(DIGEST.events[0], text=f"event {n} " * 8, moved=True) for n in range(events))
    parcel = replace(DIGEST_PARCEL, brief=replace(DIGEST, events=own))
    text = RENDERER.text(parcel)
    assert text.count("\n") <= 120
    shown = len(set(re.findall(r"\bevent (\d+)", text)))
    hidden = re.search(r"^ *\+(\d+) more$", text.partition("DATES")[0], re.MULTILINE)
    assert shown + (int(hidden[1]) if hidden else 0) == events
    assert parts(RENDERER.mail(parcel))[0].get_content().count("\n") <= 120


def test_a_cut_text_ends_in_an_ellipsis_and_a_link_is_whole() -> None:
    long = replace(ALERT.evidence.lines[0], quote="put off " * 400, url="https://a.example/" + "x" * 1500)
    cut = with_short_texts(long, 100)
    assert len(cut.quote) <= 100
    assert cut.quote.endswith("…")
    assert cut.url == long.url
