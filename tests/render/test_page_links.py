"""Mail and Slack link to our pages where `base_url` says where they are, and name no page where it does not."""

import json
from dataclasses import replace

import pytest

from monitor.domain.messages.briefs import OutboundMessage
from monitor.domain.messages.thread_card import StatusCard
from monitor.render import Renderer
from tests.builders.rendered_messages import RENDERER, TEMPLATES, check_limits, part, read_mail
from tests.builders.sample_messages import ALERT, ALERT_PARCEL, DIGEST, DIGEST_PARCEL

BASE = "https://deals.example"
LINKED = Renderer(TEMPLATES, sender="Deal monitor <m@deals.example>", list_domain="deals.example", base_url=BASE)
KEPT = replace(DIGEST_PARCEL, brief=replace(DIGEST, page="digests/desk/2026-11-23T0800.html"))
CHANGED = replace(ALERT_PARCEL, brief=replace(ALERT, changes=(replace(ALERT.changes[0], id="t1"),)))
EACH = pytest.mark.parametrize(
    ("parcel", "url", "label"),
    [
        (CHANGED, f"{BASE}/c/soybean-purchases.html#change-t1", "Read the whole history"),
        (KEPT, f"{BASE}/digests/desk/2026-11-23T0800.html", "Read this digest as a page"),
        (DIGEST_PARCEL, f"{BASE}/", "Every status today, on the board"),
    ],
    ids=["alert", "digest", "board"],
)


@EACH
def test_both_parts_of_a_mail_lead_to_the_page(parcel: OutboundMessage, url: str, label: str) -> None:
    mail = read_mail(LINKED.mail(parcel))
    assert f"{label}:\n  {url}\n" in part(mail, "plain")
    html = part(mail, "html")
    assert f'href="{url}"' in html
    assert f">{label}</a>" in html


@EACH
def test_slack_leads_to_the_page(parcel: OutboundMessage, url: str, label: str) -> None:
    payload = LINKED.slack(parcel)
    check_limits(payload)
    assert f"<{url}|{label}>" in json.dumps(payload)


def test_the_header_of_a_slack_thread_leads_to_the_page() -> None:
    card = StatusCard("slack", "C1", "1.0", ALERT, replace(ALERT, changes=(replace(ALERT.changes[0], id="t1"),)), ())
    assert f"<{BASE}/c/soybean-purchases.html#change-t1|Read the whole history>" in json.dumps(LINKED.slack(card))
    assert BASE not in json.dumps(RENDERER.slack(card))


@pytest.mark.parametrize("parcel", [CHANGED, KEPT], ids=["alert", "digest"])
def test_without_the_place_of_the_pages_no_link_appears(parcel: OutboundMessage) -> None:
    said = (
        part(read_mail(RENDERER.mail(parcel)), "plain"),
        part(read_mail(RENDERER.mail(parcel)), "html"),
        json.dumps(RENDERER.slack(parcel)),
    )
    assert not any("whole history" in text or "as a page" in text or "on the board" in text for text in said)
