"""Signed links in mails and Slack: in every part, and with the header that mail programs use."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from monitor.domain.messages.action_links import LinkMaker
from monitor.domain.messages.briefs import OutboundMessage
from monitor.domain.model import NOTICE
from monitor.render import Renderer
from tests.builders.rendered_messages import RENDERER, TEMPLATES, check_limits
from tests.builders.sample_messages import ALERT_PARCEL, DIGEST_PARCEL, PARCELS
from tests.render.test_golden import WITH_LINKS

BASE = "https://status.deals.example"
MAKER = LinkMaker(BASE, b"only for tests, and long enough")
SENDER = {"sender": "Deal monitor <m@deals.example>", "list_domain": "deals.example"}
ACTING = Renderer(TEMPLATES, **SENDER, base_url=BASE, links=MAKER)
ALERT = replace(ALERT_PARCEL, number=12, channel="email")
DIGEST = replace(DIGEST_PARCEL, number=13, channel="email")
LINK = re.compile(rf"{BASE}/links/[\w-]{{31}}")


def read(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.SMTP.clone(raise_on_defect=True))
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("parcel", [ALERT, DIGEST], ids=["alert", "digest"])
def test_a_mail_program_can_unsubscribe_in_one_step_or_by_mail(parcel: OutboundMessage) -> None:
    mail, links = read(ACTING.mail(parcel)), MAKER.links(parcel)
    assert mail["List-Unsubscribe"] == f"<{links.unsubscribe}>, <mailto:m@deals.example?subject=unsubscribe>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("host", ["s.example", "the-status-pages-of-our-trade-desk.company-with-a-long-name.example"])
def test_the_address_stands_whole_on_the_line_of_its_header(host: str) -> None:
    maker = LinkMaker(f"https://{host}", b"k" * 40)
    raw = Renderer(TEMPLATES, **SENDER, links=maker).mail(ALERT)
    assert f"\r\nList-Unsubscribe: <{maker.links(ALERT).unsubscribe}>,\r\n <mailto:" in raw.decode()


def test_both_parts_of_an_alert_offer_every_link() -> None:
    mail, links = read(ACTING.mail(ALERT)), MAKER.links(ALERT)
    wanted = {links.unsubscribe, links.wrong}
    assert set(LINK.findall(part(mail, "plain"))) == wanted
    assert set(LINK.findall(part(mail, "html"))) == wanted


def test_a_digest_and_a_notice_can_only_be_left() -> None:
    notice = replace(PARCELS["notice"], number=14, channel="email", kind=NOTICE)
    for parcel in (DIGEST, notice):
        assert set(LINK.findall(part(read(ACTING.mail(parcel)), "html"))) == {MAKER.links(parcel).unsubscribe}


def test_slack_offers_the_links_as_links_and_no_unsubscribing() -> None:
    parcel = replace(ALERT, channel="slack", to="C1")
    payload, links = ACTING.slack(parcel), MAKER.links(parcel)
    check_limits(payload)
    text = json.dumps(payload)
    assert [f"<{link}|" in text for link in LINK.findall(text)] == [True]
    assert LINK.findall(text) == [links.wrong]
    assert '"button"' not in text


@pytest.mark.parametrize("parcel", [replace(ALERT, number=0), replace(DIGEST, number=0)], ids=["alert", "digest"])
def test_what_is_in_no_outbox_has_no_link_that_acts(parcel: OutboundMessage) -> None:
    mail = read(ACTING.mail(parcel))
    assert "/links/" not in part(mail, "plain") + part(mail, "html")
    assert mail["List-Unsubscribe-Post"] is None


def test_without_the_setting_mails_are_as_they_were() -> None:
    mail = read(RENDERER.mail(ALERT))
    assert mail["List-Unsubscribe-Post"] is None
    assert mail["List-Unsubscribe"] == "<mailto:monitor@deals.example?subject=unsubscribe>"
    assert "/links/" not in part(mail, "plain") + part(mail, "html") + json.dumps(RENDERER.slack(ALERT))


def test_two_builds_and_a_second_copy_have_the_same_links() -> None:
    assert ACTING.mail(ALERT) == ACTING.mail(ALERT)
    again = part(read(ACTING.mail(replace(ALERT, repeat=True))), "plain")
    assert LINK.findall(again) == LINK.findall(part(read(ACTING.mail(ALERT)), "plain"))


@pytest.mark.parametrize(("name", "parcel"), [*zip(WITH_LINKS, (ALERT, DIGEST), strict=True)])
def test_the_text_reads_as_it_did(name: str, parcel: OutboundMessage, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.txt", ACTING.text(parcel))
