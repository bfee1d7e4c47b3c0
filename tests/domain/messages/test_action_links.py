"""Signed links: short, only for their message and their action, until their day; nothing else opens anything."""

import base64
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.messages.action_links import (
    EPOCH,
    TOKEN_LENGTH,
    LinkAction,
    LinkMaker,
    SignedFields,
    is_signed,
    read_token,
    token_of,
)
from monitor.domain.model import NOTICE
from tests.builders.sample_messages import ALERT, ALERT_PARCEL, DIGEST_PARCEL

KEY, OTHER_KEY = b"k" * 40, b"o" * 40
MESSAGE = replace(ALERT_PARCEL, number=7)
LAST_DAY = date(2026, 5, 13)
SIGNED = SignedFields(7, MESSAGE.message_id, MESSAGE.channel, MESSAGE.to, MESSAGE.commitment)
TOKEN = token_of(LinkAction.WRONG, SIGNED, LAST_DAY, KEY)
MAKER = LinkMaker("https://status.deals.example", KEY)


def opens(token: str, message: SignedFields = SIGNED, keys: tuple[bytes, ...] = (KEY,)) -> bool:
    return is_signed(token, message, keys)


def test_a_token_opens_its_message_alone_with_any_key_that_is_kept() -> None:
    changes: dict[str, Any] = {"number": 8, "message_id": "other", "channel": "slack", "to": "other@example.org"}
    others = [SIGNED._replace(**{name: value}) for name, value in changes.items()]
    others.append(SIGNED._replace(commitment="tariff-truce"))
    assert [other for other in others if opens(TOKEN, other)] == []
    keys = ((KEY,), (OTHER_KEY, KEY), (OTHER_KEY,), ())
    assert [opens(TOKEN, keys=each) for each in keys] == [True, True, False, False]


def forged(action: LinkAction = LinkAction.WRONG, number: int = 7, day: date = LAST_DAY) -> str:
    """What a forger makes: other fields before the signature of a good token."""
    fields = base64.urlsafe_b64decode(token_of(action, SIGNED._replace(number=number), day, OTHER_KEY) + "=")[:7]
    signature = base64.urlsafe_b64decode(TOKEN + "=")[7:]
    return base64.urlsafe_b64encode(fields + signature).decode().rstrip("=")


def test_a_token_with_another_field_opens_nothing() -> None:
    assert opens(forged()), "the forger's way of making one is right"
    for token, message in (
        (forged(action=LinkAction.UNSUBSCRIBE), SIGNED),
        (forged(number=6), SIGNED._replace(number=6)),
        (forged(day=LAST_DAY + timedelta(days=1)), SIGNED),
    ):
        assert read_token(token) is not None
        assert not opens(token, message), token


def test_what_is_cut_lengthened_or_huge_is_no_token() -> None:
    changed = ("", TOKEN[:-1], f"{TOKEN}A", f"{TOKEN}=", f"{TOKEN[:-1]}!", f"{TOKEN[:-1]}\n", f" {TOKEN[1:]}")
    assert [text for text in (*changed, "A" * 100_000, "é" * TOKEN_LENGTH) if read_token(text) is not None] == []


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
    token = token_of(action, SIGNED._replace(number=number), day, KEY)
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


def test_a_message_has_the_links_that_fit_it() -> None:
    """Slack, a digest, a notice, and a preview outside the outbox: (unsubscribe, wrong)."""
    slack, digest = replace(MESSAGE, channel="slack", to="C1"), replace(DIGEST_PARCEL, number=3)
    links = map(MAKER.links, (slack, digest, replace(MESSAGE, kind=NOTICE), replace(MESSAGE, number=0)))
    assert [(bool(each.unsubscribe), bool(each.wrong)) for each in links] == [
        (False, True),
        (True, False),
        (True, False),
        (False, False),
    ]
