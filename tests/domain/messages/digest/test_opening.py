"""The order of the events of a digest, and its subject."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.briefs import DigestBrief
from monitor.domain.messages.change_text import change_text
from monitor.domain.messages.digest.brief import digest_subject
from monitor.domain.messages.events.told import ToldEvent
from monitor.domain.messages.subject import MAX_SUBJECT
from monitor.domain.model import Outlook, Severity, Signal, Standing, Story, Transition, TransitionKind
from monitor.domain.model.changes import DeadlineMoved, EventNoted, TermsChanged
from monitor.domain.model.enums import By, Cause, Direction, Effect, Level, Modality, ReasonCode, Tier
from monitor.domain.model.reasons import Count, CountedByOne, Reason
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import Known, commitment, context, digest, move, signal, story, verdict
from tests.builders.tables import table

TITLES = {
    "talks": "Trump and Xi meet in Busan",
    "truce": "China and the US extend the truce by a year",
    "ore": "China suspends its controls on rare earths",
    "fees": "The US drops the port fees",
}

RULE = "soybean-purchases.postponed"


def week(
    *moves: Transition,
    titles: Any = None,
    rules: Any = None,
    outlets: Any = None,
    levels: Any = None,
    rumours: Any = (),
    **verdicts: Any,
) -> DigestBrief:
    """A digest of four commitments, each with a report of its own. outlets: further carriers of a report; levels:
    of its act; rumours: what is only said."""
    told: dict[str, str] = TITLES | (titles or {})
    signals: dict[str, Signal] = {}
    stories: dict[str, Story] = {}
    for key, title in told.items():
        said = Modality.RUMOUR if key in rumours else Modality.DONE
        level = (levels or {}).get(key, Level.ORDINARY)
        signals[key] = signal(key, key, commitment=key, quote=title, modality=said, level=level)
        carried = [f"Outlet {number}" for number in range((outlets or {}).get(key, 0))]
        stories[key] = story(key, "Harbour Wire", carried, title=title)
    return digest(
        commitments={key: commitment(key, short=key.capitalize()) for key in TITLES},
        verdicts={key: verdict(key, flags=(), deadlines=()) for key in TITLES} | verdicts,
        transitions=moves,
        signals=signals,
        stories=stories,
        rules=rules or {},
    )


def moved(key: str, frm: str = "in_progress", to: str = "at_risk", **changes: Any) -> Transition:
    return move(f"t-{key}", frm=frm, to=to, commitment=key, evidence=(key,), **changes)


def noted(key: str, **changes: Any) -> Transition:
    told: dict[str, Any] = {"evidence": (key,), **changes}
    return move(f"t-{key}", change=EventNoted(Effect.SETBACK, By("us")), commitment=key, **told)


def order(found: DigestBrief) -> list[str]:
    return [event.commitment for event in found.events]


def test_leaders_lead_then_final_standings_then_other_statuses() -> None:
    moves = [
        noted("fees", level=Level.SUMMIT, way=Direction.UP),
        noted("ore", severity=Severity.NOTABLE),
        moved("truce", severity=Severity.URGENT),
        moved("talks", "pledged", "met", way=Direction.UP, standing=Standing.MET, outlook=Outlook.STEADY),
    ]
    assert order(week(*moves, outlets={"fees": 2}, levels={"fees": Level.SUMMIT}))[:3] == ["fees", "talks", "truce"]


def test_of_two_statuses_the_one_that_more_outlets_tell_leads_whether_good_or_bad() -> None:
    moves = (
        moved("ore", severity=Severity.URGENT),
        moved("talks", "at_risk", "in_progress", way=Direction.UP, outlook=Outlook.STEADY),
    )
    assert order(week(*moves, outlets={"talks": 2}))[0] == "talks"
    assert order(week(*moves, outlets={"ore": 2}))[0] == "ore"


def test_an_event_in_every_paper_leads_before_a_status_that_one_paper_moved() -> None:
    assert order(week(moved("truce"), noted("ore"), outlets={"ore": 3}))[0] == "truce"
    assert order(week(moved("truce"), noted("ore"), outlets={"ore": 6}))[0] == "ore"


def test_an_order_that_two_outlets_have_counts_more_and_a_rumour_less_than_its_outlets() -> None:
    ruling = noted("ore", level=Level.ORDER, severity=Severity.NOTABLE)
    said = noted("fees", severity=Severity.NOTABLE)
    for told_by, levels, first in ((1, True, "ore"), (1, False, "fees"), (0, True, "fees")):
        levels_of = {"ore": Level.ORDER} if levels else {}
        assert order(week(said, ruling, outlets={"fees": 3, "ore": told_by}, levels=levels_of))[0] == first
    assert order(week(noted("talks"), noted("ore"), outlets={"ore": 1}, rumours=["ore"]))[0] == "talks"


def test_a_new_status_counts_more_than_a_new_date() -> None:
    day = DeadlineMoved("due", date(2026, 5, 1), date(2026, 6, 1))
    dated = move("t-fees", change=day, commitment="fees", evidence=("fees",))
    for more, first in ((1, "ore"), (3, "fees")):
        assert order(week(dated, moved("ore"), outlets={"fees": more}))[0] == first


def test_a_deal_that_is_hit_is_not_called_free_of_trouble() -> None:
    calm = {key: verdict(key, outlook=Outlook.STEADY, flags=(), deadlines=()) for key in TITLES}
    for way, said in ((Direction.DOWN, False), (Direction.UP, True)):
        (opening,) = week(noted("ore", way=way), **calm).statuses
        assert opening.endswith("No commitment is in trouble.") is said


def test_a_subject_takes_the_words_of_the_report_that_has_room() -> None:
    long, short = "The ministry of commerce and eleven others put 120 firms on a list", "Beijing blacklists US firms"
    titles = {"ore": long, "more": short}
    told = {
        key: signal(key, key, commitment="ore", rule="ore", quote=text, tier=Tier.WIRE) for key, text in titles.items()
    }
    known = context(
        signals=told,
        stories={key: story(key, f"{key} wire", title=text) for key, text in titles.items()},
        commitments={"ore": commitment("ore")},
        verdicts={"ore": verdict("ore")},
        publishers=Known(Tier.WIRE),
    )
    text = replace(change_text(moved("ore"), known, [told["ore"]]), headline=long)
    of_both = ToldEvent((moved("ore"),), (moved("ore"),), text, told["ore"], tuple(told.values()))
    subjects = [
        digest_subject([replace(of_both, signals=signals)], date(2026, 3, 7), date(2026, 3, 13), known)
        for signals in (of_both.signals[:1], of_both.signals)
    ]
    assert [short in subject for subject in subjects] == [False, True]


def test_what_the_clock_brought_counts_less_than_news_and_a_count_that_may_move_a_status_more_than_another() -> None:
    final: dict[str, Any] = {"way": Direction.UP, "standing": Standing.MET, "outlook": Outlook.STEADY}
    expected = moved("talks", "in_progress", "met", cause=Cause.CLOCK, **final)
    assert order(week(expected, moved("ore", "in_progress", "met", **final)))[0] == "ore"
    assert order(week(expected, noted("ore"), outlets={"ore": 6}))[0] == "ore"
    traders = Count("Traders", 6e6, None, "t", "booked")
    alone = CountedByOne(traders, Standing.PARTLY_MET, (traders,))
    counted = noted("fees", severity=Severity.NOTABLE, reason=Reason(ReasonCode.PROGRESS, alone))
    assert order(week(noted("ore", severity=Severity.NOTABLE), counted, outlets={"ore": 1}))[0] == "fees"


def test_a_ruling_that_takes_away_what_a_promise_rests_on_counts_like_a_new_status() -> None:
    ruling = move("t-ore", change=TermsChanged((), "orders"), commitment="ore", evidence=("ore",))
    assert order(week(noted("fees"), ruling, outlets={"fees": 3}))[0] == "ore"
    assert order(week(noted("fees"), noted("ore"), outlets={"fees": 3}))[0] == "fees"


def test_of_a_commitment_in_trouble_a_further_deed_counts_in_full_and_a_further_threat_half() -> None:
    def first(effect: Effect) -> str:
        found = {
            key: signal(key, key, commitment=key, rule=key, quote=TITLES[key], by=By("cn"), tier=Tier.WIRE)
            for key in ("ore", "fees")
        }
        found["ore"] = replace(found["ore"], effect=effect)
        brief = digest(
            commitments={key: commitment(key) for key in found},
            verdicts={key: verdict(key, flags=(), deadlines=(), outlook=Outlook.AT_RISK) for key in found},
            reports=tuple(found.values()),
            signals=found,
            stories={key: story(key, others=["B"] if key == "ore" else [], title=TITLES[key]) for key in found},
            rules={key: RuleInfo(key, key, "1", "a.yaml", 1, effect=Effect.SETBACK) for key in found},
        )
        return order(brief)[0]

    assert first(Effect.SETBACK) == "ore"
    assert first(Effect.THREAT) == "fees"


# ---------------------------------------------------------------- subject


def test_a_subject_has_the_days_and_the_new_statuses_or_the_leading_change(wording: GoldenWording) -> None:
    long = "The ministry of commerce and eleven other offices put a hundred and twenty firms on a list"
    chinese = "商务部宣布暂停实施稀土出口管制一年"
    rule = RuleInfo(RULE, "ore", "3f9c1a", "ore.yaml", 1, effect=Effect.SETBACK, tells="to stop sales")
    later = move("t1", TransitionKind.DEADLINE, "2026-04-01", "2027-01-10", commitment="fees", evidence=("fees",))
    both = moved("ore", severity=Severity.URGENT), moved("talks", severity=Severity.NOTABLE)
    subjects = [
        week(moved("talks")).subject,
        week(moved("ore"), titles={"ore": long}).subject,
        week(moved("ore"), titles={"ore": chinese}).subject,
        week(noted("ore"), titles={"ore": chinese}, rules={RULE: rule}).subject,
        week(*both).subject,
        week(later).subject,
        week(*both, moved("truce", level=Level.ORDER)).subject,
        week().subject,
    ]
    assert max(map(len, subjects)) <= MAX_SUBJECT
    wording(subjects)


@pytest.mark.parametrize(
    ("start", "end", "subject", "period"), table("opening", "a_digest_is_named_by_the_days_it_covers")
)
def test_a_digest_is_named_by_the_days_it_covers(start: str, end: str, subject: str, period: str) -> None:
    from_, to = (datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC) for hour in (start, end))
    found = digest(start=from_, end=to, transitions=())
    assert found.subject.startswith(f"Digest, {subject}: ")
    assert found.period == period
