"""The page of a commitment: what happened last, what watches it, what people did, and where its files lie."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from monitor.domain.pages.commitment.commitment_page import CommitmentPage, commitment_page

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.model import Effect
from monitor.domain.pages.material import Spoken
from tests.builders.message_values import NOW, move, verdict
from tests.builders.page_material import PART, SOY, TRUCE, ago, history, material, own, unconfirmed, without_record

PAGE = commitment_page(own())


def test_the_heading_is_what_happened_last() -> None:
    assert (PAGE.headline, PAGE.day) == ("Soybeans 12 Mt: Buyers have put off two cargoes", "14 Mar 2026")
    assert PAGE.moved == "Was IN PROGRESS, now AT RISK (14 Mar 2026)"


def test_the_heading_of_what_is_in_doubt_says_so() -> None:
    doubted = replace(history()[2], flags=(unconfirmed(),))
    assert commitment_page(own(history={SOY: (doubted,)})).headline.endswith(" (not yet confirmed)")


def test_before_the_first_change_the_heading_is_how_it_stands_and_the_baseline_is_named() -> None:
    page = commitment_page(own(**{**without_record(), "verdicts": {SOY: verdict(flags=())}}))
    assert (page.headline, page.day, page.moved) == ("Soybeans 12 Mt: AT RISK (in progress)", "", "")
    assert page.record == "Nothing has been recorded yet: it stands as its baseline of 1 Nov 2025 says"
    assert page.recent == ()
    assert page.days == ()


def test_a_promise_names_its_parts_and_a_part_its_promise() -> None:
    assert (PAGE.parent, [part.address for part in PAGE.parts]) == (None, [f"c/{PART}.html"])
    part = commitment_page(own(PART))
    assert part.parent is not None
    assert (part.parent.short, part.parent.shown, part.parts) == ("Soybeans 12 Mt", "AT RISK (in progress)", ())


def test_a_short_timeline_stands_open_whole_and_a_long_one_by_its_newest_month() -> None:
    assert PAGE.open_all
    many = tuple(move(f"t{number}", at=ago(200 - number)) for number in range(40))
    assert not commitment_page(own(history={SOY: many})).open_all


# ---------------------------------------------------------------- what watches it


def page_with(*rules: RuleInfo, **spoken: Spoken) -> CommitmentPage:
    of = {f"{SOY}/{name.replace('_', '-')}": each for name, each in spoken.items()}
    return commitment_page(own(rules={rule.id: rule for rule in rules}, spoken=of))


def rule(name: str, **changes: Any) -> RuleInfo:
    plain = RuleInfo(f"{SOY}/{name}", SOY, "v", "soy.yaml", 1, effect=Effect.PROGRESS)
    return replace(plain, **changes)


def test_the_acts_that_watch_it_say_what_they_mean_and_how_often_they_spoke() -> None:
    page = page_with(
        rule("bought", tells="to buy US beans"),
        rule("put-off", tells="buyers to put off cargoes", effect=Effect.SETBACK, weak=True, outside=True),
        put_off=Spoken(3, ago(4)),
    )
    assert [(act.id, act.means, act.counts, act.stories, act.last) for act in page.acts] == [
        (
            f"{SOY}/put-off",
            "Buyers put off cargoes",
            "A setback; only where a reader reads the same; moves the outlook alone",
            3,
            "10 Mar 2026",
        ),
        (f"{SOY}/bought", "One side buys US beans", "Progress", 0, ""),
    ]


def test_an_act_without_words_goes_by_its_name() -> None:
    (act,) = page_with(rule("put-off_again", stage="experimental")).acts
    assert (act.means, act.counts) == ("Put off again", "Progress; on trial: moves nothing")


def test_acts_of_others_and_the_mere_mention_do_not_watch_it() -> None:
    other = replace(rule("held"), id=f"{TRUCE}/held", commitment=TRUCE)
    assert page_with(other, rule("about")).acts == ()


# ---------------------------------------------------------------- days and files


def test_the_days_on_which_it_changed_lead_to_their_pages_newest_first() -> None:
    assert [(link.day, link.shown, link.address) for link in PAGE.days] == [
        ("14 Mar 2026", "AT RISK (in progress)", f"c/{SOY}/2026-03-14.html"),
        ("13 Jan 2026", "IN PROGRESS", f"c/{SOY}/2026-01-13.html"),
    ]


def test_its_files_lie_where_they_always_do() -> None:
    files = PAGE.files
    assert (files.atom, files.ics) == (f"c/{SOY}.atom", f"c/{SOY}.ics")
    assert (files.json, files.badge) == (f"api/v1/{SOY}.json", f"badge/{SOY}.svg")


def test_the_moment_of_the_material_is_the_end_of_the_picture() -> None:
    assert (PAGE.end - NOW).total_seconds() == 3600
    assert PAGE.deal == material().deals["sample"]
