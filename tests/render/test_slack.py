"""Slack messages: within every limit, and no text from outside that pings, links or formats."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.messages.briefs import AlertBrief, EvidenceLine, EvidenceSection, OutboundMessage, ReportLink
from monitor.domain.messages.thread_card import StatusCard, ThreadMessage
from monitor.render.slack_blocks import escape, escape_foreign, link, status_card, truncated_markup
from tests.builders.rendered_messages import HOSTILE, RENDERER, check_harmless, check_limits, saying, texts
from tests.builders.sample_messages import ALERT, ALERT_PARCEL, DIGEST, DIGEST_PARCEL, EVIDENCE, UNLINKED, with_evidence


@pytest.mark.parametrize("parcel", [ALERT_PARCEL, DIGEST_PARCEL], ids=["alert", "digest"])
def test_a_message_is_within_all_limits_and_carries_its_id(parcel: OutboundMessage) -> None:
    payload = RENDERER.slack(parcel)
    check_limits(payload)
    check_harmless(payload)
    assert payload["metadata"]["event_payload"]["message_id"] == parcel.message_id
    assert (payload["unfurl_links"], payload["unfurl_media"]) == (False, False)
    assert "thread_ts" not in payload


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_text_from_outside_can_do_nothing(text: str) -> None:
    payload = RENDERER.slack(saying(text))
    check_limits(payload)
    check_harmless(payload)


@given(st.text(max_size=3000))
def test_any_text_can_be_shown(text: str) -> None:
    payload = RENDERER.slack(saying(text))
    check_limits(payload)
    check_harmless(payload)


def test_mark_up_in_a_quote_is_broken() -> None:
    assert "*" not in re.sub("\u200b\\*\u200b", "", escape_foreign("*bold* _it_ ~no~ `code`"))
    assert escape("a & b < c") == "a &amp; b &lt; c"


def test_a_link_label_cannot_end_the_link() -> None:
    assert link("https://a.example/?x=1&y=|", "A|B>") == "<https://a.example/?x=1&amp;y=%7C|A/B&gt;>"
    assert link("javascript:alert(1)", "A") == "A"


def test_a_cut_never_leaves_half_an_escape_or_half_a_link() -> None:
    assert truncated_markup("ab &amp; c", 6) == "ab…"
    assert truncated_markup("see <https://a.example/long|here> now", 20) == "see…"


def test_the_main_link_leads_to_the_report_that_was_chosen_and_stands_behind_the_best_quote() -> None:
    report = ReportLink("https://dock-news.example/1", "Dock News", "in Chinese")
    shown = list(
        texts(
            RENDERER.slack(replace(ALERT_PARCEL, brief=replace(ALERT, evidence=EvidenceSection(UNLINKED, report))))[
                "blocks"
            ]
        )
    )
    link = "*<https://dock-news.example/1|Read the report at Dock News (in Chinese)>*"
    (best,) = [at for at, text in enumerate(shown) if text.startswith("> ")]
    assert shown.index(link) == best + 1


def test_where_no_report_has_an_address_there_is_no_main_link() -> None:
    payload = RENDERER.slack(replace(ALERT_PARCEL, brief=replace(ALERT, evidence=EvidenceSection(UNLINKED))))
    assert "Read the report" not in str(payload)


NAMES = ("Ministry", "State *Daily*", "Dock News", "Xing Daily", "Grain Trade", "Port Paper")


def flood() -> tuple[EvidenceLine, ...]:
    """Many reports of one thing, each a story of its own, by a few outlets in turn after a first one."""
    lines = (replace(EVIDENCE[0], quote=f"{n} " + "w" * 390, outlet=NAMES[n % len(NAMES)]) for n in range(120))
    return (replace(EVIDENCE[0], outlet="Harbour Wire"), *lines)


def test_reports_that_have_no_room_are_counted_and_their_outlets_named() -> None:
    payload = RENDERER.slack(replace(ALERT_PARCEL, brief=with_evidence(ALERT, *flood())))
    check_limits(payload)
    check_harmless(payload)
    (more,) = [text.replace("\u200b", "") for text in texts(payload["blocks"]) if " more reports_, from " in text]
    shown = sum("w" * 390 in text for text in texts(payload["blocks"]))
    assert more.startswith(f"_+{120 - shown} more reports_, from ")
    assert more.endswith(" and 2 other outlets")
    assert sum(name in more for name in NAMES) == 4


def test_a_card_counts_and_names_what_it_has_no_room_for() -> None:
    payload = status_card(replace(a_card("x"), first=with_evidence(ALERT, *flood())))
    check_limits(payload)
    assert any(
        re.match(r"_\+\d+ more reports?_, from .* and 2 other outlets$", text) for text in texts(payload["blocks"])
    )


def test_a_short_list_within_a_message_says_how_much_is_left_out() -> None:
    brief = with_evidence(ALERT, *EVIDENCE[:1] * 7)
    shown = "\n".join(texts(RENDERER.slack(replace(ALERT_PARCEL, brief=brief))["blocks"]))
    assert re.findall(r"_\+(\d+) more reports_", shown) == ["4"]


def test_a_digest_leads_with_up_to_five_events_each_with_its_own_link() -> None:
    shown = list(texts(RENDERER.slack(DIGEST_PARCEL)["blocks"]))
    for event in DIGEST.leading:
        [told] = [text.replace("&amp;", "&") for text in shown if event.text in text]
        assert event.report is None or event.report.url.replace("&amp;", "&") in told
    assert replace(DIGEST, events=DIGEST.events[:1] * 7).leading == DIGEST.events[:1] * 5


def test_the_header_is_the_whole_title_with_a_mark_for_good_or_bad_news_whatever_the_status() -> None:
    title = "Soybeans now AT RISK: Buyers put off two cargoes of soybeans until the tariff question is settled"
    subject = "Soybeans now AT RISK: Buyers put off two cargoes of…"
    cut = replace(ALERT, headline=replace(ALERT.headline, text=subject, title=title))
    for direction, mark in (("down", ":red_circle: "), ("up", ":large_green_circle: "), ("other", "")):
        payload = RENDERER.slack(replace(ALERT_PARCEL, brief=replace(cut, direction=direction)))
        assert payload["blocks"][0]["text"]["text"] == f"{mark}{title}"
        assert payload["text"] == title


def test_a_reply_goes_to_its_thread_and_bad_news_to_the_channel_too() -> None:
    worse = RENDERER.slack(replace(ALERT_PARCEL, thread="1700000000.000100"))
    better = RENDERER.slack(replace(ALERT_PARCEL, thread="1700000000.000100", brief=replace(ALERT, direction="up")))
    assert worse["thread_ts"] == better["thread_ts"] == "1700000000.000100"
    assert (worse["reply_broadcast"], better["reply_broadcast"]) == (True, False)


def a_card(text: str, told: int = 3) -> StatusCard:
    brief = saying(text).brief
    assert isinstance(brief, AlertBrief)
    return StatusCard(
        "slack", "C1", "1.5", brief, brief, tuple(ThreadMessage(n, brief.at, f"{n} {text}") for n in range(1, told + 1))
    )


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_text_from_outside_can_do_nothing_in_a_message_that_is_rewritten(text: str) -> None:
    payload = status_card(a_card(text))
    check_limits(payload)
    check_harmless(payload)


def test_a_status_that_stays_is_said_once() -> None:
    def status(moved: str, shown: str = "PLEDGED, AT RISK") -> str:
        own = replace(
            ALERT,
            moved=moved,
            headline=replace(ALERT.headline, shown=shown, contested=False, unconfirmed=False),
            changes=(),
        )
        sent = RENDERER.slack(replace(ALERT_PARCEL, brief=own))
        return str(sent["blocks"][1]["text"]["text"]).partition(" (")[0].removesuffix(".")

    assert status("Still AT RISK over “Duties”") == "*PLEDGED, still AT RISK* over “Duties”"
    assert status("Still STALLED", "STALLED") == "*Still STALLED*"
    unpledged = status("A pledge is still AT RISK for now", "NOT YET PLEDGED, AT RISK")
    assert unpledged == "*NOT YET PLEDGED, and a pledge is still AT RISK* for now"
    moved = "Was NOT YET PLEDGED, now PLEDGED, but still AT RISK"
    assert status(f"{moved} over “Duties”") == f"*{moved}* over “Duties”"
    assert status("A step forward", "MET") == "*MET*. A step forward"


def test_a_doubt_that_waits_is_said_once_beside_the_status() -> None:
    waits = replace(ALERT.headline, shown="PLEDGED", doubted="PARTLY MET", unconfirmed=True, contested=False)
    own = replace(ALERT, moved="Still PLEDGED until this is confirmed", headline=waits, changes=())
    shown = str(RENDERER.slack(replace(ALERT_PARCEL, brief=own))["blocks"][1]["text"]["text"])
    assert shown.startswith("*Still PLEDGED* until this is confirmed")


def test_a_doubt_of_which_nothing_more_is_known_stands_alone() -> None:
    now = replace(ALERT, headline=replace(ALERT.headline, contested=False), confidence="", note="")
    shown = list(texts(status_card(replace(a_card("x"), now=now))["blocks"]))
    assert any(text.endswith(" · unconfirmed*") for text in shown)


def test_a_card_names_the_latest_messages_and_how_the_thread_began() -> None:
    payload = status_card(replace(a_card("x"), first=ALERT, messages=a_card("x", 40).messages))
    check_limits(payload)
    lines = "\n".join(texts(payload["blocks"])).splitlines()
    told = [re.search(r"> · (\d+) x$", line) for line in lines]
    assert [int(found[1]) for found in told if found] == list(range(40, 30, -1))
    assert ALERT.evidence.lines[0].quote in lines[lines.index("*How this thread began*") + 1]
    assert (payload["channel"], payload["ts"], "metadata" in payload) == ("C1", "1.5", False)


def test_a_card_of_one_message_lists_it_only_once_the_status_is_another() -> None:
    one = a_card("x", 1)
    for line, listed in ((one.now.subject, False), ("Soybeans now PLEDGED", True)):
        card = replace(one, messages=tuple(replace(item, line=line) for item in one.messages))
        assert any("Messages in this thread" in text for text in texts(status_card(card)["blocks"])) is listed
