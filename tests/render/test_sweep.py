"""Every kind of message in every channel: whole, within its limits, and saying what is its own."""

import re
from dataclasses import replace
from functools import cache
from html import unescape

import pytest

from monitor.domain.messages.briefs import AlertBrief, OutboundMessage, ReportLink
from monitor.render.renderer import REPEAT_NOTE
from tests.builders.rendered_messages import (
    RENDERER,
    check_harmless,
    check_limits,
    part,
    read_mail,
    sample_mail,
    sample_text,
    texts,
)
from tests.builders.sample_messages import ALERT, ALERT_PARCEL, DIGEST, PARCELS, PROGRESS, with_evidence
from tests.builders.tables import table

OWN_WORDS = {
    "alert": "Held back during quiet hours",
    "confirmation": "Harbour Wire",
    "correction": "took its report back",
    "summary": "Tariff truce: end date moved from 2 Apr 2026 to 2 Jul 2026",
    "notice": "What to do",
    "clock": "12 Mt booked due 14 Mar 2026, today",
    "baseline": "the text names 12 Mt by the end of June",
    "pin": "A person has pinned this status",
    "rules": "an edit to the rules",
    "readers": "the rule soybean-purchases/threatened finds a threat in it",
    "contested": "contested",
    "no target": "grain traders: 5.1–5.6 Mt (not confirmed)",
    "in chinese": "in Chinese",
    "repeat": REPEAT_NOTE,
    "digest": "Harbour notices (since 1 Mar 2026) and Port gazette",
    "quiet digest": "No status changed",
    "busy digest": "also moved",
    "repeated digest": REPEAT_NOTE,
}
"""The words that a message of this kind must contain in every channel."""
HOLES = re.compile(r"\bNone\b|Undefined|\{[{%]|<built-in|\bTrue\b|\bFalse\b")
EMPTY = re.compile(r"<h2[^>]*>[^<]*</h2>\s*(?:</td>|<h2)|<p[^>]*>\s*</p>|<td class=\"(?:cell|top)[^>]*>\s*</td>")


def mail(parcel: OutboundMessage) -> tuple[str, str]:
    """The text part and the HTML part."""
    found = read_mail(RENDERER.mail(parcel))
    return part(found, "plain"), part(found, "html")


@cache
def parts_of(kind: str) -> tuple[str, str]:
    """Those of the sample of this kind."""
    return mail(PARCELS[kind])


def shown(kind: str, channel: str) -> str:
    if channel == "slack":
        payload = RENDERER.slack(PARCELS[kind])
        check_limits(payload)
        check_harmless(payload)
        found = "\n".join(texts(payload["blocks"])).replace("\u200b", "")
        return re.sub(r"<https?://[^|<>]+\|([^<>]*)>", r"\1", found)
    return sample_text(kind) if channel == "terminal" else parts_of(kind)[channel == "html"]


def plain(words: str) -> str:
    """Words without the layout's line ends, marks and case."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", words)).split()).lower()


def test_every_kind_is_swept() -> None:
    assert OWN_WORDS.keys() == PARCELS.keys()
    kinds = {parcel.kind for parcel in PARCELS.values()}
    assert {"alert", "confirmation", "correction", "summary", "notice", "digest"} == kinds
    bases = {e.basis for p in PARCELS.values() if isinstance(p.brief, AlertBrief) for e in p.brief.evidence.lines}
    assert bases == {"quote", "calendar", "intervention", "correction", "rules", "baseline", "monitor"}


@pytest.mark.parametrize("channel", ["text", "html", "terminal", "slack"])
@pytest.mark.parametrize("kind", PARCELS)
def test_a_kind_says_what_is_its_own_in_every_channel(kind: str, channel: str) -> None:
    found = shown(kind, channel)
    assert plain(OWN_WORDS[kind]) in plain(found)
    assert not HOLES.search(found)


@pytest.mark.parametrize("kind", PARCELS)
def test_a_mail_of_every_kind_says_why_one_gets_it_and_how_to_change_that(kind: str) -> None:
    for found in parts_of(kind):
        brief = PARCELS[kind].brief
        route = brief.footer.route if isinstance(brief, AlertBrief) else brief.route
        assert plain(route) in plain(found)


@pytest.mark.parametrize("kind", PARCELS)
def test_no_heading_stands_over_nothing(kind: str) -> None:
    text, html = parts_of(kind)
    assert not EMPTY.search(html)
    assert re.findall(r"^[A-Z][A-Z ]+\n+(?:[A-Z][A-Z ]+|--)$", text, re.MULTILINE) == []


def test_a_notice_about_the_program_names_no_event_and_no_moment_of_change() -> None:
    text, html = parts_of("notice")
    assert "Event" not in text + html
    assert re.search(r">NOTICE\s*<", html)


@pytest.mark.parametrize("channel", ["text", "html", "slack"])
def test_a_notice_stands_under_headings_of_its_own_and_says_what_to_do(channel: str) -> None:
    found = plain(shown("notice", channel))
    assert "what to do" in found
    assert not re.search(r"how sure|what would change it|what changed|stalled|read the report|· event", found)


@pytest.mark.parametrize("channel", ["text", "html", "slack"])
def test_a_digest_tells_what_moved_then_what_comes_then_what_did_not_change(channel: str) -> None:
    found = plain(shown("digest", channel))
    parts = (
        "buyers put off two cargoes",
        "china clears the first cargo",
        "dates",
        "unchanged",
        "notes",
        "not checked",
        "where readers and rules differ",
    )
    assert sorted(parts, key=found.index) == list(parts)


@pytest.mark.parametrize("channel", ["text", "html", "slack"])
def test_a_digest_lists_no_commitment_twice_and_names_no_path_on_the_server(channel: str) -> None:
    found = shown("digest", channel)
    assert "var/digests" not in found
    table = plain(found).partition("unchanged")[2].partition("notes")[0]
    assert "met" in table
    assert "app sale" in table
    assert [event.short for event in DIGEST.events if event.short.lower() in table] == []


def test_only_a_web_address_makes_a_link_of_a_report_in_a_digest() -> None:
    event = replace(DIGEST.events[0], report=ReportLink("javascript:alert(1)", "<b>Harbour"))
    text, html = mail(replace(PARCELS["digest"], brief=replace(DIGEST, events=(event,))))
    assert "javascript" not in text + html


def test_a_filter_on_a_status_catches_no_notice() -> None:
    headers = (read_mail(sample_mail(kind)) for kind in ("notice", "alert"))
    assert [str(found["X-Deal-Event"]) for found in headers] == [
        "notice",
        "alert; status=at_risk; commitment=soybean-purchases",
    ]


@pytest.mark.parametrize("done", [1, 28, 99, 100])
def test_a_bar_is_as_long_as_the_brief_says(done: int) -> None:
    assert isinstance(PARCELS["alert"].brief, AlertBrief)
    progress = replace(PROGRESS, share=0.5, done=done)
    _, html = mail(replace(PARCELS["alert"], brief=replace(PARCELS["alert"].brief, progress=progress)))
    widths = {name: int(at) for name, at in re.findall(r'class="(bar-\w+)"[^>]* width="(\d+)%"', html)}
    assert widths == ({"bar-done": done} | ({"bar-left": 100 - done} if done < 100 else {}))


# ---------------------------------------------------------------- the order of an alert


def alert_in(form: str) -> str:
    found = shown("alert", form)
    return plain(found.partition('role="main"')[2] if form == "html" else found)


@pytest.mark.parametrize("form", ["text", "html", "slack"])
def test_what_happened_comes_first_and_rules_come_last(form: str) -> None:
    found = alert_in(form)
    # Members of a Slack channel know why they get its messages.
    places = [found.find(words) for words in table("sweep", "order") if form != "slack" or "receive this" not in words]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("form", ["text", "html", "slack"])
def test_the_promise_stands_in_small_print_below_the_evidence(form: str) -> None:
    found = alert_in(form)
    assert found.count("china buys 12 million tonnes of us soybeans") == 1
    assert found.index("the promise") > found.index("until the tariff question is settled")


def test_the_headline_is_the_subject_the_first_line_and_the_slack_header() -> None:
    text, html = parts_of("alert")
    assert text.startswith(ALERT.subject)
    assert re.search(rf"<h1[^>]*>{re.escape(ALERT.subject)}</h1>", html)
    assert RENDERER.slack(ALERT_PARCEL)["blocks"][0]["text"]["text"].endswith(ALERT.subject)


@pytest.mark.parametrize("kind", [kind for kind, parcel in PARCELS.items() if isinstance(parcel.brief, AlertBrief)])
def test_an_address_and_a_rule_stand_once_in_a_text(kind: str) -> None:
    parcel = PARCELS[kind]
    assert isinstance(parcel.brief, AlertBrief)
    text = " ".join(RENDERER.text(parcel).split())
    assert not (best := parcel.brief.evidence.lines[0].url) or text.count(best) == 1
    assert text.count("(version 3f9c1a)") <= 1


def test_commands_are_never_broken_in_a_text() -> None:
    text = RENDERER.text(ALERT_PARCEL)
    assert all(item.command in text for item in ALERT.footer.commands)


def test_a_report_that_is_quoted_needs_no_further_address() -> None:
    assert "Read the report" not in RENDERER.text(ALERT_PARCEL)
    unquoted = with_evidence(ALERT, replace(ALERT.evidence.lines[0], url=""))
    assert "Read the report at Harbour Wire:" in RENDERER.text(replace(ALERT_PARCEL, brief=unquoted))
