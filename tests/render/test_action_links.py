"""Signed links in mails and Slack: in every part, and with the header that mail programs use."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from monitor.domain.messages.action_links import LinkMaker
from monitor.domain.messages.briefs import OutboundMessage
from monitor.render import Renderer
from tests.builders.rendered_messages import RENDERER, TEMPLATES, check_limits, part, read_mail
from tests.builders.sample_messages import ALERT_PARCEL, DIGEST_PARCEL
from tests.render.test_golden import WITH_LINKS

BASE = "https://status.deals.example"
MAKER = LinkMaker(BASE, b"only for tests, and long enough")
SENDER = {"sender": "Deal monitor <m@deals.example>", "list_domain": "deals.example"}
ACTING = Renderer(TEMPLATES, **SENDER, base_url=BASE, links=MAKER)
ALERT = replace(ALERT_PARCEL, number=12, channel="email")
DIGEST = replace(DIGEST_PARCEL, number=13, channel="email")
LINK = re.compile(rf"{BASE}/links/[\w-]{{31}}")


@pytest.mark.parametrize("parcel", [ALERT, DIGEST], ids=["alert", "digest"])
def test_a_mail_program_can_unsubscribe_in_one_step_or_by_mail(parcel: OutboundMessage) -> None:
    mail, links = read_mail(ACTING.mail(parcel)), MAKER.links(parcel)
    assert mail["List-Unsubscribe"] == f"<{links.unsubscribe}>, <mailto:m@deals.example?subject=unsubscribe>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("host", ["s.example", "the-status-pages-of-our-trade-desk.company-with-a-long-name.example"])
def test_the_address_stands_whole_on_the_line_of_its_header(host: str) -> None:
    maker = LinkMaker(f"https://{host}", b"k" * 40)
    raw = Renderer(TEMPLATES, **SENDER, links=maker).mail(ALERT)
    assert f"\r\nList-Unsubscribe: <{maker.links(ALERT).unsubscribe}>,\r\n <mailto:" in raw.decode()


def test_both_parts_of_an_alert_offer_every_link() -> None:
    mail, links = read_mail(ACTING.mail(ALERT)), MAKER.links(ALERT)
    wanted = {links.unsubscribe, links.wrong}
    assert set(LINK.findall(part(mail, "plain"))) == wanted
    assert set(LINK.findall(part(mail, "html"))) == wanted


def test_slack_offers_the_links_as_links_and_no_unsubscribing() -> None:
    parcel = replace(ALERT, channel="slack", to="C1")
    payload, links = ACTING.slack(parcel), MAKER.links(parcel)
    check_limits(payload)
    text = json.dumps(payload)
    assert [f"<{link}|" in text for link in LINK.findall(text)] == [True]
    assert LINK.findall(text) == [links.wrong]
    assert '"button"' not in text


def test_without_the_setting_mails_are_as_they_were() -> None:
    mail = read_mail(RENDERER.mail(ALERT))
    assert mail["List-Unsubscribe-Post"] is None
    assert mail["List-Unsubscribe"] == "<mailto:monitor@deals.example?subject=unsubscribe>"
    assert "/links/" not in part(mail, "plain") + part(mail, "html") + json.dumps(RENDERER.slack(ALERT))


@pytest.mark.parametrize(("name", "parcel"), [*zip(WITH_LINKS, (ALERT, DIGEST), strict=True)])
def test_the_text_reads_as_it_did(name: str, parcel: OutboundMessage, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.txt", ACTING.text(parcel))
