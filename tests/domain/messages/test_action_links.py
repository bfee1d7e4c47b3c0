"""Signed links: short, only for their message and their action, until their day; nothing else opens anything."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.messages.action_links import (
    EPOCH,
    TOKEN_LENGTH,
    LinkAction,
    LinkMaker,
    keys_of,
    read_token,
    token_of,
)
from monitor.domain.messages.briefs import OutboundMessage
from monitor.domain.model import NOTICE
from tests.builders.sample_messages import ALERT, ALERT_PARCEL, DIGEST_PARCEL

KEY, OTHER_KEY = b"k" * 40, b"o" * 40
MESSAGE = replace(ALERT_PARCEL, number=7)
LAST_DAY = date(2026, 5, 13)
TOKEN = token_of(LinkAction.WRONG, MESSAGE, LAST_DAY, KEY)
MAKER = LinkMaker("https://status.deals.example", KEY)


def opens(token: str, message: OutboundMessage = MESSAGE, keys: tuple[bytes, ...] = (KEY,)) -> bool:
    claim = read_token(token)
    return claim is not None and claim.is_signed(message, keys)


def test_a_token_holds_its_action_and_opens_its_message() -> None:
    claim = read_token(TOKEN)
    assert claim is not None
    assert (claim.action, claim.number, claim.last_day) == (LinkAction.WRONG, 7, LAST_DAY)
    assert opens(TOKEN)


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 8},
        {"message_id": "other"},
        {"channel": "slack"},
        {"to": "other@example.org"},
        {"commitment": "tariff-truce"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_it_opens_no_other_message(changed: dict[str, object]) -> None:
    assert not opens(TOKEN, replace(MESSAGE, **changed))  # type: ignore[arg-type]


def test_it_opens_nothing_with_another_key_and_all_keys_that_are_kept_count() -> None:
    assert not opens(TOKEN, keys=(OTHER_KEY,))
    assert opens(TOKEN, keys=(OTHER_KEY, KEY)), "the key before the present one is still accepted"
    assert not opens(TOKEN, keys=())


def forged(action: LinkAction = LinkAction.WRONG, number: int = 7, day: date = LAST_DAY) -> str:
    """What a forger makes: other fields before the signature of a good token."""
    fields = base64.urlsafe_b64decode(token_of(action, replace(MESSAGE, number=number), day, OTHER_KEY) + "=")[:7]
    signature = base64.urlsafe_b64decode(TOKEN + "=")[7:]
    return base64.urlsafe_b64encode(fields + signature).decode().rstrip("=")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"action": LinkAction.UNSUBSCRIBE}, MESSAGE),
        ({"number": 6}, replace(MESSAGE, number=6)),
        ({"day": LAST_DAY + timedelta(days=1)}, MESSAGE),
    ],
    ids=["action", "number", "last day"],
)
def test_a_token_with_another_field_opens_nothing(changed: dict[str, Any], message: OutboundMessage) -> None:
    assert opens(forged()), "the forger's way of making one is right"
    assert read_token(forged(**changed)) is not None
    assert not opens(forged(**changed), message)


@pytest.mark.parametrize(
    "token",
    [
        "",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN + "=",
        "A" * 100_000,
        "é" * TOKEN_LENGTH,
        TOKEN[:-1] + "!",
        TOKEN[:-1] + "\n",
        " " + TOKEN[1:],
    ],
)
def test_what_is_cut_lengthened_or_huge_is_no_token(token: str) -> None:
    assert read_token(token) is None


def test_each_token_has_one_spelling() -> None:
    """Two bits of the last character stand for nothing: no other value of them is accepted."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert [last for last in alphabet if opens(TOKEN[:-1] + last)] == [TOKEN[-1]]
    assert read_token(TOKEN.replace("-", "+").replace("_", "/")) is None or not set("-_") & set(TOKEN)


@given(st.text(min_size=TOKEN_LENGTH, max_size=TOKEN_LENGTH))
def test_no_text_breaks_the_reading_or_opens_the_message(text: str) -> None:
    assert text == TOKEN or not opens(text)


@given(st.sampled_from(LinkAction), st.integers(0, 2**32 - 1), st.dates(EPOCH, EPOCH + timedelta(days=2**16 - 1)))
def test_what_was_signed_is_read_again(action: LinkAction, number: int, day: date) -> None:
    token = token_of(action, replace(MESSAGE, number=number), day, KEY)
    claim = read_token(token)
    assert claim is not None
    assert (claim.action, claim.number, claim.last_day) == (action, number, day)
    assert len(token) == TOKEN_LENGTH


# ---------------------------------------------------------------- the links of a message


def test_a_mail_has_links_to_unsubscribe_and_to_report_it_with_their_last_days() -> None:
    links, written = MAKER.links(MESSAGE), ALERT.as_of.date()
    days = {}
    for url in (links.unsubscribe, links.wrong):
        claim = read_token(url.removeprefix("https://status.deals.example/links/"))
        assert claim is not None
        days[claim.action] = (claim.last_day - written).days
    assert days == {LinkAction.UNSUBSCRIBE: 365, LinkAction.WRONG: 60}


def test_a_link_is_short_and_the_same_for_a_second_copy() -> None:
    assert MAKER.links(MESSAGE) == MAKER.links(replace(MESSAGE, repeat=True))
    assert len(MAKER.links(MESSAGE).unsubscribe) < 70


@pytest.mark.parametrize(
    ("message", "has"),
    [
        (replace(MESSAGE, channel="slack", to="C1"), {"wrong"}),
        (replace(DIGEST_PARCEL, number=3), {"unsubscribe"}),
        (replace(MESSAGE, kind=NOTICE), {"unsubscribe"}),
        (replace(MESSAGE, number=0), set()),
    ],
    ids=["slack", "digest", "notice", "preview"],
)
def test_a_message_has_the_links_that_fit_it(message: OutboundMessage, has: set[str]) -> None:
    links = MAKER.links(message)
    assert {name for name in ("unsubscribe", "wrong") if getattr(links, name)} == has


def test_a_text_of_keys_is_read_in_order() -> None:
    assert keys_of(" first\nsecond  third\n\n") == (b"first", b"second", b"third")
