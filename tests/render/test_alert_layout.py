"""The order of an alert, and what stands in it once: text, HTML and Slack alike."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from monitor.domain.messages.briefs import AlertBrief
from tests.builders.rendered_messages import RENDERER, texts
from tests.builders.sample_messages import ALERT, ALERT_PARCEL, PARCELS, with_evidence
from tests.render.test_sweep import mail, plain

ORDER = (
    "soybeans now at risk: buyers put off two cargoes",
    "was in progress, now at risk",
    "only the us trade office says so",
    "until the tariff question is settled",
    "(in chinese: china keeps to its orders)",
    "tariff truce: end date",
    "deal-monitor evidence reject",
    "deal-monitor commitment mute",
    "deal-monitor commitment pin",
    "rules and readers:",
    "you get this because",
    "data as of",
)


def shown(form: str) -> str:
    text, html = mail(ALERT_PARCEL)
    if form == "slack":
        return plain("\n".join(texts(RENDERER.slack(ALERT_PARCEL)["blocks"])).replace("\u200b", ""))
    return plain(text) if form == "text" else plain(html.partition('role="main"')[2])


@pytest.mark.parametrize("form", ["text", "html", "slack"])
def test_what_happened_comes_first_and_rules_come_last(form: str) -> None:
    found = shown(form)
    places = [found.find(words) for words in ORDER]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("form", ["text", "html", "slack"])
def test_the_promise_stands_in_small_print_below_the_evidence(form: str) -> None:
    found = shown(form)
    assert found.count("china buys 12 million tonnes of us soybeans") == 1
    assert found.index("the promise") > found.index("until the tariff question is settled")


def test_the_headline_is_the_subject_the_first_line_and_the_slack_header() -> None:
    text, html = mail(ALERT_PARCEL)
    assert text.startswith(ALERT.subject)
    assert re.search(rf"<h1[^>]*>{re.escape(ALERT.subject)}</h1>", html)
    assert RENDERER.slack(ALERT_PARCEL)["blocks"][0]["text"]["text"].endswith(ALERT.subject)


@pytest.mark.parametrize("kind", [kind for kind, parcel in PARCELS.items() if isinstance(parcel.brief, AlertBrief)])
def test_an_address_and_a_rule_stand_once_in_a_text(kind: str) -> None:
    parcel = PARCELS[kind]
    assert isinstance(parcel.brief, AlertBrief)
    text = " ".join(RENDERER.text(parcel).split())
    addresses = {line.url for line in parcel.brief.evidence.lines if line.url}
    if kind != "readers":  # its lines share one address
        assert [url for url in addresses if text.count(url) != 1] == []
    assert text.count("(version 3f9c1a)") <= 1


def test_commands_are_never_broken_in_a_text() -> None:
    text = RENDERER.text(ALERT_PARCEL)
    assert all(item.command in text for item in ALERT.footer.commands)


def test_a_report_that_is_quoted_needs_no_further_address() -> None:
    assert "Read the report" not in RENDERER.text(ALERT_PARCEL)
    unquoted = with_evidence(ALERT, replace(ALERT.evidence.lines[0], url=""))
    assert "Read the report at Harbour Wire:" in RENDERER.text(replace(ALERT_PARCEL, brief=unquoted))
