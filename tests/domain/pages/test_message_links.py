"""A message leads to the page that tells more, where somebody said where the pages are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from monitor.domain.pages.message_links import page_link

from monitor.domain.messages.models import Brief
from monitor.domain.model import NOTICE
from tests.builders.sample_messages import ALERT, DIGEST

BASE = "https://deals.example/board"


def target(brief: Brief, base_url: str = BASE) -> str | None:
    link = page_link(brief, base_url)
    return link.url if link else None


def test_an_alert_leads_to_its_first_change_on_the_page_of_its_commitment() -> None:
    page = f"{BASE}/c/soybean-purchases.html"
    assert target(replace(ALERT, events=("t-lead", "t-other"))) == f"{page}#change-t-lead"
    assert target(replace(ALERT, events=())) == page


def test_a_digest_leads_to_its_page() -> None:
    assert (
        target(replace(DIGEST, page="digests/desk/2026-11-23T0800.html")) == f"{BASE}/digests/desk/2026-11-23T0800.html"
    )


@pytest.mark.parametrize(
    "brief", [replace(ALERT, kind=NOTICE), replace(ALERT, commitment=""), DIGEST], ids=["notice", "nothing", "not kept"]
)
def test_what_has_no_page_leads_nowhere(brief: Brief) -> None:
    assert target(brief) is None


def test_without_the_place_of_the_pages_no_message_leads_to_one() -> None:
    assert target(ALERT, "") is None
    assert target(replace(DIGEST, page="digests/desk/2026-11-23T0800.html"), "") is None
