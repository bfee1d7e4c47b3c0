"""The events of a digest: each told once, by its best report, with its outlets, its effect and its doubt."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.briefs import DigestBrief, DigestEvent
from monitor.domain.messages.events.reported_acts import noted_act
from monitor.domain.messages.events.told import tell, told_once
from monitor.domain.model.changes import DeadlineMissed, DeadlineMoved, EventNoted, FlagChanged, TermsChanged
from monitor.domain.model.commitments import Deadline
from monitor.domain.model.enums import (
    By,
    Cause,
    Direction,
    Effect,
    FlagKind,
    FlagState,
    Kind,
    Level,
    Modality,
    Outlook,
    ReasonCode,
    Says,
    Severity,
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.news import DateMention, EventTime, Quantity, Signal, Story
from monitor.domain.model.reasons import Awaiting, FirstDateMissed, Named, OfParts, Reason, Sighted, Speaker, Text
from monitor.domain.model.verdicts import Flag, Transition
from tests.builders.domain_values import reason
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import (
    NOW,
    Known,
    commitment,
    context,
    counts,
    digest,
    move,
    route,
    signal,
    story,
    verdict,
)

CLEARED = "China clears two cargoes of soybeans"
Told = tuple[Transition, Signal, Story]


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 9, tzinfo=UTC)


def status(key: str, frm: str, to: str, day: int, **changes: Any) -> Transition:
    turned = {"outlook": Outlook(to)} if to in set(Outlook) else {"outlook": Outlook.STEADY, "standing": Standing(to)}
    after: dict[str, Any] = {**turned, **changes}
    return move(key, frm=frm, to=to, at=at(day), happened=at(day), **after)


def event(key: str, day: int, title: str, **changes: Any) -> Told:
    """An event of note with its signal and its story, by an act of its own."""
    told: dict[str, Any] = {"at": at(day), "happened": at(day), "severity": Severity.NOTABLE, "way": Direction.UP}
    noted = move(key, change=EventNoted(Effect.PROGRESS, By("cn")), evidence=(f"s-{key}",), **told | changes)
    own = signal(f"s-{key}", f"a-{key}", effect=Effect.PROGRESS, quote=title, says=Says.PRESS, by=By("cn"), rule=key)
    own = replace(own, happened=EventTime(at(day), at(day)))
    return noted, own, story(f"a-{key}", title=title, published_at=at(day))


def week(*events: Told, **changes: Any) -> DigestBrief:
    signals = {own.id: own for _, own, _ in events}
    stories = {told.id: told for _, _, told in events}
    moves = tuple(noted for noted, _, _ in events)
    return digest(transitions=moves, signals=signals, stories=stories, **changes)


def only(*events: Told, **changes: Any) -> DigestEvent:
    (found,) = week(*events, **changes).events
    return found


TURNED: Told = (status("t1", "pledged", "in_progress", 12, way=Direction.UP), signal("s1", "a"), story("a"))


# ---------------------------------------------------------------- one event


def test_two_changes_that_one_report_brought_are_one_event() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    terms = move("t2", TransitionKind.TERMS, "", "a cap of ten ships", at=at(12), happened=at(12))
    found = week((noted, own, told), (replace(terms, evidence=noted.evidence), own, told))
    assert [each.text for each in found.events] == [CLEARED]


def test_the_same_words_of_two_outlets_are_one_event_with_both() -> None:
    later, again, copy = event("e2", 12, CLEARED, severity=Severity.URGENT)
    copy = story(copy.id, "Port Paper", title=copy.title, published_at=at(12))
    assert only(event("e1", 11, CLEARED), (later, again, copy)).outlets == "Harbour Wire and Port Paper"


def test_reports_of_one_act_or_one_figure_within_two_days_are_one_event() -> None:
    first, own, told = event("e1", 12, CLEARED)
    same_act = event("e2", 13, "Beijing lets ships unload beans")
    same_act = (same_act[0], replace(same_act[1], rule=own.rule, by=By.UNKNOWN), same_act[2])
    assert only((first, own, told), same_act).text == CLEARED
    assert only(event("e1", 12, "Duty of 13% ends"), event("e2", 13, "Beijing drops 13% levy on beans")).text


def test_one_ruling_that_changes_the_terms_of_two_commitments_is_one_event() -> None:
    ruled, again = (
        (replace(noted, change=TermsChanged((), "duties struck down"), way=Direction.DOWN), own, told)
        for noted, own, told in (event("e1", 11, "A court voids duties"), event("e2", 12, "Minister mocks the court"))
    )
    other = (replace(again[0], commitment="truce"), replace(again[1], commitment="truce"), again[2])
    known = {"soybean-purchases": commitment(), "truce": commitment("truce")}
    verdicts = {name: verdict(name) for name in known}
    assert len(week(ruled, other, commitments=known, verdicts=verdicts).events) == 1


def of_both(*events: tuple[str, str, str, int]) -> int:
    """How many events a digest tells of these: each a commitment, a side, a headline and a day."""
    told = []
    for at_, (name, by, title, day) in enumerate(events):
        noted, own, report = event(f"e{at_}", day, title, commitment=name)
        told.append((noted, replace(own, commitment=name, by=By(by)), report))
    names = ("beans", "ports")
    found = week(
        *told,
        commitments={name: commitment(name, short=name.capitalize()) for name in names},
        verdicts={name: verdict(name, flags=(), deadlines=()) for name in names},
    )
    return len([*found.events, *found.also])


def test_what_one_side_does_to_two_commitments_on_one_day_is_one_event_if_words_or_a_figure_say_so() -> None:
    first = ("beans", "cn", "Southland threatens a 25% duty", 12)
    for other, number in (
        (("ports", "cn", "Southland to put 25 percent on cars", 12), 1),
        (("ports", "cn", "Southland threatens a new duty", 12), 1),
        (("ports", "cn", "Southland opens its ports", 12), 2),
        (("ports", "us", "Northland to put 25 percent on cars", 12), 2),
    ):
        assert of_both(first, other) == number, other


def test_the_same_act_of_one_side_is_one_event_if_half_of_its_words_agree_and_both_have_one_effect() -> None:
    first = ("beans", "cn", "Southland agrees to keep the trade pact after threats", 12)
    assert of_both(first, ("ports", "cn", "Southland reaches a deal on the trade pact as the threats grow", 12)) == 1
    assert of_both(first, ("ports", "us", "Northland reaches a deal on the trade pact as the threats grow", 12)) == 2


def test_what_both_sides_agree_is_no_second_event_of_one_of_them() -> None:
    first = ("beans", "cn+us", "Southland and Northland hold their duties", 12)
    assert of_both(first, ("beans", "us", "Levies stay where they are: trade chief", 12)) == 1
    assert of_both(first, ("beans", "us", "Levies stay where they are: trade chief", 10)) == 2


def test_a_threat_to_a_commitment_and_to_a_part_of_it_on_one_day_is_one_event_if_few_report_the_second() -> None:
    def told(effect: Effect, day: int = 12, outlets: int = 1) -> int:
        names = ("beans", "beans-farm")
        found: dict[str, Signal] = {}
        for name, title, by, at_ in (
            (names[0], "Bills loom", "cn", 12),
            (names[1], "Firms to be kept safe", "us", day),
        ):
            own = replace(event(name, at_, title)[1], commitment=name, effect=effect, by=By(by), tier=Tier.WIRE)
            found[name] = own
        papers = {
            own.story: story(own.story, "Paper 0", [f"Paper {n}" for n in range(1, outlets + 1)], title=own.quote)
            for own in found.values()
        }
        brief = digest(
            commitments={name: commitment(name) for name in names},
            verdicts={name: verdict(name, flags=(), deadlines=()) for name in names},
            reports=tuple(found.values()),
            signals={own.id: own for own in found.values()},
            stories=papers,
        )
        return len([*brief.events, *brief.also])

    assert told(Effect.THREAT) == 1
    assert told(Effect.THREAT, outlets=3) == 2
    assert told(Effect.THREAT, day=10) == 2
    assert told(Effect.SETBACK) == 2


def test_an_order_of_the_other_side_stands_with_the_first_one(wording: GoldenWording) -> None:
    others = ["Port News", "Grain Post", "Bean Daily"]
    found = [event("e1", 12, CLEARED), event("e2", 12, "Washington signs its tariff orders", way=Direction.OTHER)]
    (one, own, paper), (two, again, other) = found
    again = replace(again, by=By("us"), says=Says.PRESS, effect=Effect.DEADLINE, level=Level.ORDER)
    two = replace(two, change=EventNoted(Effect.DEADLINE, By("us")))
    first = (
        one,
        own,
        replace(paper, outlets=story("x", others=[*others, *(f"Sea Times {n}" for n in range(6))]).outlets),
    )
    second = (two, again, replace(other, outlets=story("x", others=others).outlets))
    (shown,) = week(first, second).events
    wording([shown.text, shown.behind])
    apart = week(first, (two, replace(again, level=Level.ORDINARY), second[2]))
    assert (len(apart.events), len(apart.also)) == (1, 1), "no order: a line of its own"


def test_an_act_that_several_outlets_had_before_the_period_is_not_told_again() -> None:
    def told(*before: timedelta, starts: date | None = None) -> int:
        _, own, paper = event("e1", 10, CLEARED)
        first, begins = replace(own, tier=Tier.WIRE), at(10) - timedelta(hours=1)
        earlier = [
            replace(first, id=f"o{n}", story=f"o{n}", happened=EventTime(begins - ago, begins - ago))
            for n, ago in enumerate(before)
        ]
        if starts:
            mention = DateMention(starts, text="1 April", role="start")
            first, *earlier = (replace(each, starts=mention) for each in (first, *earlier))
        papers = [story(each.story, f"Paper {n}", title=f"Ports {n} clear beans") for n, each in enumerate(earlier)]
        brief = digest(
            start=begins,
            transitions=(),
            rules={"e1": RuleInfo("e1", "soybean-purchases", "3f9c1a", "soy.yaml", 1, effect=Effect.PROGRESS)},
            reports=(first,),
            signals={each.id: each for each in (first, *earlier)},
            stories={each.id: each for each in (paper, *papers)},
        )
        return len([*brief.events, *brief.also])

    one, four = timedelta(days=1), timedelta(days=4)
    assert told() == 1
    assert told(one) == 1, "one outlet is too few"
    assert told(one, one) == 0
    assert told(four, four) == 1
    assert told(four, four, starts=date(2026, 4, 1)) == 0, "both are for one day"


def test_a_deed_is_told_before_its_promise_unless_that_moved_the_status() -> None:
    promised = event("e1", 12, "Beijing agrees to let ships unload beans", severity=Severity.URGENT)
    promised = (promised[0], replace(promised[1], effect=Effect.PLEDGE), promised[2])
    done = event("e2", 13, "Beijing lets ships unload beans in all ports")
    assert only(promised, done).text == done[2].title


def test_what_a_side_has_said_in_a_report_of_the_event_is_not_awaited_of_it() -> None:
    awaited = Awaiting(Speaker("Harbour Wire", Says.PRESS, report=True), Standing.MET, ("us",))
    own = verdict(flags=(Flag(FlagKind.UNCONFIRMED, "met", NOW, awaited, ("s1",)),))
    silent, found = (
        digest(verdicts={"soybean-purchases": own}, signals={"s1": signal("s1", "a", says=says)}).events[0].others
        for says in (Says.PRESS, Says("us"))
    )
    assert "No statement from the US" in silent
    assert "No statement" not in found
    assert "would change the status to MET" in found


def test_one_doubt_of_two_commitments_that_an_event_moved_stands_once() -> None:
    awaited = Awaiting(Speaker("Harbour Wire", Says.PRESS, report=True), Standing.MET, ("us",))
    flags = (Flag(FlagKind.UNCONFIRMED, "met", NOW, awaited, ("s1",)),)
    names = ("soybean-purchases", "truce")
    found = digest(
        transitions=[status(f"t-{name}", "pledged", "in_progress", 14, commitment=name) for name in names],
        verdicts={name: verdict(name, flags=flags) for name in names},
        signals={"s1": signal("s1", "a", says=Says.PRESS)},
    )
    (one,) = found.events
    assert "Truce up from PLEDGED to IN PROGRESS" in one.others
    assert one.others.count("No statement from the US") == 1


def test_of_a_side_that_has_spoken_of_its_own_step_the_deed_is_awaited_and_not_the_step() -> None:
    awaited = Awaiting(Speaker("Harbour Wire", Says.PRESS, report=True), Standing.MET, ("us",))
    own = verdict(flags=(Flag(FlagKind.UNCONFIRMED, "met", NOW, awaited, ("s1",)),))
    acts = {"s1": signal("s1", "a", by=By("cn"), says=Says("cn"), effect=Effect.PROGRESS)}
    pledged = {"s2": signal("s2", "a", by=By("us"), says=Says("us"), effect=Effect.PLEDGE)}
    moved = move(evidence=("s1", "s2"))
    apart, both = (
        digest(verdicts={"soybean-purchases": own}, signals=found, transitions=(moved,)).events[0].others
        for found in (acts, acts | pledged)
    )
    assert "the same step by the US would change" in apart
    assert "A statement by the US that this is done would change" in both


def test_the_page_to_read_is_of_an_outlet_that_is_named_whatever_its_address() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    told = replace(told, url=f"https://harbour.example/{'a' * 400}")
    others = [story(f"b{at_}", f"Port Paper {at_}", title=CLEARED, published_at=at(12)) for at_ in range(4)]
    copies = [replace(own, id=f"c{at_}", story=each.id) for at_, each in enumerate(others)]
    noted = replace(noted, evidence=(own.id, *(copy.id for copy in copies)))
    found = week((noted, own, told), *((noted, copy, each) for copy, each in zip(copies, others, strict=True)))
    report = found.events[0].report
    assert report is not None
    assert found.events[0].outlets.startswith(report.outlet)


def test_the_same_words_tell_one_act_whichever_side_was_read_to_act_in_them() -> None:
    first = ("beans", "us", "Southland gives the islands until Friday to open", 12)
    assert of_both(first, ("beans", "cn", "Islands have until Friday to open, Southland says", 12)) == 1
    assert of_both(first, ("beans", "cn", "A new port is built", 12)) == 2


def test_two_threats_of_one_side_on_one_day_are_one_event_however_many_report_them() -> None:
    def told(of: By) -> list[str]:
        found = [event(key, 12, title, way=Direction.DOWN) for key, title in (("e1", "Duties loom"), ("e2", "A ban"))]
        (one, said, _), (two, again, _) = found
        said, again = (replace(each, effect=Effect.THREAT) for each in (said, replace(again, by=of)))
        papers = [
            story(each.story, "Wire", [f"Paper {n}" for n in range(9)], title=each.quote) for each in (said, again)
        ]
        shown = week((one, said, papers[0]), (two, again, papers[1]), publishers=Known(Tier.WIRE))
        return [f"{each.text}{each.further}" for each in shown.events]

    (one,), (both,) = told(By("cn")), told(By("us"))
    assert "A ban" not in one
    assert "A ban" in both, "what another side threatens stands with it"


def test_two_acts_that_take_effect_on_one_day_are_two_events_and_two_with_the_same_reports_are_one() -> None:
    def told(cause: Cause) -> int:
        turned = [
            status(
                key, "pledged", "in_force", 12, way=Direction.UP, cause=cause, commitment=name, evidence=("s1", "s2")
            )
            for key, name in (("t1", "soybean-purchases"), ("t2", "truce"))
        ]
        found = digest(
            transitions=turned,
            signals={key: signal(key, f"a-{key}", commitment="", rule=key) for key in ("s1", "s2")},
            stories={f"a-{key}": story(f"a-{key}", title=f"{key} is told") for key in ("s1", "s2")},
        )
        return len([*found.events, *found.also])

    assert (told(Cause.NEWS), told(Cause.CLOCK)) == (1, 2)


def test_a_threat_and_its_deed_are_one_event_told_by_the_deed() -> None:
    threat, said, told = event("e1", 12, "China threatens a duty", way=Direction.DOWN, severity=Severity.URGENT)
    done, act, report = event("e2", 13, "China puts a 20% duty on ships", way=Direction.DOWN)
    threatens, acts = (replace(said, effect=Effect.THREAT), replace(act, effect=Effect.BREACH))
    found = only((threat, threatens, told), (done, acts, report), publishers=Known(Tier.WIRE))
    assert found.text == report.title


def test_what_a_title_tells_behind_another_act_stands_with_that() -> None:
    title = "The sides meet, China clears beans"
    _, met, told = event("e1", 12, title)
    met = replace(met, by=By("cn+us"), commitment="talks", tier=Tier.WIRE)
    cleared = replace(met, id="s-e2", commitment="beans", rule="e2", by=By("cn"), act_at=16)
    names = ("talks", "beans")
    found = digest(
        transitions=(),
        reports=(met, cleared),
        signals={met.id: met, cleared.id: cleared},
        stories={told.id: story(told.id, "Harbour Wire", ["Dock News"], title=title)},
        commitments={name: commitment(name, short=name.capitalize()) for name in names},
        verdicts={name: verdict(name, flags=(), outlook=Outlook.STEADY) for name in names},
    )
    assert [each.behind for each in found.events] == ["Still IN PROGRESS. Beans still IN PROGRESS."]
    assert (found.also, found.unmoved) == ((), ())


def test_what_one_wire_has_of_a_plan_is_told_of_a_commitment_that_no_other_event_tells_of() -> None:
    _, own, told = event("e1", 12, "China allows firms to order chips")
    own = replace(own, effect=Effect.PLEDGE, modality=Modality.PLAN, tier=Tier.WIRE)
    rules = {"e1": RuleInfo("e1", "soybean-purchases", "1", "r.yaml", 1, tells="to allow orders")}
    other = replace(own, id="s-o", story="a-o", commitment="other", effect=Effect.PROGRESS, modality=Modality.NONE)

    def also(outlook: Outlook) -> tuple[str, ...]:
        names = ("soybean-purchases", "other")
        return digest(
            transitions=(),
            reports=(own, other),
            signals={own.id: own, other.id: other},
            stories={told.id: told, "a-o": story("a-o", "Harbour Wire", ["Dock News"], title="Ships leave port")},
            commitments={name: commitment(name) for name in names},
            verdicts={name: verdict(name, flags=(), outlook=outlook) for name in names},
            rules=rules,
            publishers=Known(Tier.WIRE),
        ).also

    for outlook in (Outlook.STEADY, Outlook.AT_RISK):
        assert "China allows firms to order chips" in also(outlook)[0]


def test_what_only_lesser_outlets_have_is_told_of_a_silent_commitment_if_two_have_it_and_no_event_tells_it() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    rule = RuleInfo("e2", "truce", "1", "r.yaml", 1, effect=Effect.PROGRESS, tells="to open its ports")
    small = replace(own, commitment="truce", rule="e2", tier=Tier.UNKNOWN)
    copies = [replace(small, id=f"s-{at_}", story=f"a-{at_}", happened=EventTime(at(13), at(13))) for at_ in range(2)]

    def also(*reports: Signal, title: str = "Beijing opens its ports to grain", **changes: Any) -> tuple[str, ...]:
        return digest(
            transitions=(noted,),
            reports=reports,
            signals={own.id: own} | {each.id: each for each in reports},
            stories={told.id: told} | {each.story: story(each.story, "Dock News", title=title) for each in reports},
            rules={"e2": replace(rule, **changes)},
        ).also

    assert "Truce, still IN FORCE: Beijing opens its ports to grain" in also(*copies)[0]
    assert also(copies[0]) == also(*copies, weak=True) == also(*copies, title=CLEARED) == ()
    assert len(also(replace(copies[0], tier=Tier.WIRE))) == 1


def test_what_may_push_a_commitment_the_other_way_stands_with_its_event() -> None:
    noted, own, told = event("e2", 12, "China halts cargoes", way=Direction.DOWN)
    blow = noted, replace(own, effect=Effect.SETBACK), told
    found = week(event("e1", 12, CLEARED), blow, publishers=Known(Tier.WIRE))
    assert found.events[0].behind.endswith("But: China halts cargoes (12 Mar, Harbour Wire).")
    assert found.also == ()


def test_a_meeting_of_leaders_is_one_event_that_no_single_outlet_tells() -> None:
    told = [event(f"e{n}", n, f"The leaders meet, outlet {n} reports", level=Level.SUMMIT) for n in (11, 12, 13)]
    told = [
        (noted, replace(own, level=Level.SUMMIT), replace(paper, source=f"Paper {paper.id}"))
        for noted, own, paper in told
    ]
    assert only(*told).outlets == "Paper a-e11, Paper a-e12 and Paper a-e13"
    assert week(told[0]).events == ()


def test_a_headline_is_told_before_generated_words_about_the_same_act() -> None:
    _, own, chinese = event("e2", 12, "两船大豆获准卸货")
    turned = status("t1", "pledged", "in_progress", 12, way=Direction.UP, evidence=(own.id,))
    noted, again, english = event("e1", 13, CLEARED)
    found = only((turned, own, chinese), (noted, replace(again, rule=own.rule), english))
    assert (found.text, found.moved) == (CLEARED, True)


def test_a_formal_act_is_told_before_what_is_said_about_it() -> None:
    noted, own, told = event("e1", 12, "The ruling on cargoes brings doubts", severity=Severity.URGENT)
    ruled, act, report = event("e2", 11, "Court strikes down the ban on cargoes")
    act = replace(act, rule=own.rule, level=Level.ORDER)
    assert only((noted, own, told), (ruled, act, report)).text == report.title


def test_what_has_no_headline_of_its_own_is_the_formal_act_of_that_side_that_others_tell() -> None:
    rule = RuleInfo("e2", "soybean-purchases", "3f9c1a", "soy.yaml", 1, effect=Effect.PROGRESS, tells="to clear ships")
    _, own, chinese = event("e2", 12, "两船大豆获准卸货")
    turned = status("t1", "pledged", "in_progress", 12, way=Direction.UP, evidence=(own.id,))
    _, act, english = event("e1", 13, CLEARED)
    act, english = replace(act, level=Level.ORDER), story(english.id, "Port Paper", ("Dock News",), title=CLEARED)
    (found,) = digest(
        transitions=(turned,),
        reports=(act,),
        signals={own.id: own, act.id: act},
        stories={chinese.id: chinese, english.id: english},
        rules={"e2": rule},
    ).events
    assert (found.text, found.outlets) == (CLEARED, "Port Paper, Dock News and Harbour Wire")


def test_a_document_without_a_title_is_told_in_the_words_of_its_rule_if_it_moved_a_status() -> None:
    page = "The ministry stated the following on ships, cargoes, licences and beans: " * 3
    noted, own, told = event("e1", 12, page)
    own = replace(own, title_is_news=False)
    rule = RuleInfo("e1", "soybean-purchases", "3f9c1a", "soy.yaml", 1, effect=Effect.PROGRESS, tells="to clear ships")
    turned = status("t1", "pledged", "in_progress", 12, way=Direction.UP, evidence=(own.id,))
    assert only((turned, own, told), rules={"e1": rule}).text == "China clears ships"
    assert week((noted, own, told), rules={"e1": rule}).events == ()


def test_a_running_text_is_no_line() -> None:
    noted, own, told = event("e1", 12, "Minister Live Updates: China Clears Ships and Student Loans")
    assert week((noted, replace(own, title_is_news=False), told)).events == ()


def test_a_headline_with_an_amount_is_told_before_one_without() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    other = replace(own, id="s-more", story="a-more", quote="China buys 2 Mt", quantity=Quantity(2e6, 2e6, "t"))
    copy = story("a-more", title="China buys 2 Mt of soybeans", published_at=at(13))
    assert only((replace(noted, evidence=(own.id, other.id)), own, told), (noted, other, copy)).text == copy.title


def test_a_new_status_is_told_by_a_headline_of_its_act_alone() -> None:
    def told(*titles: str, **changes: Any) -> str:
        reports = [event(f"e{n}", 12 + n, title) for n, title in enumerate(titles)]
        level = {"level": changes.get("level", Level.ORDINARY)}
        reports = [(noted, replace(own, **level), paper) for noted, own, paper in reports]
        evidence = tuple(own.id for _, own, _ in reports)
        turned = status("t1", "in_progress", "met", 12, way=Direction.UP, evidence=evidence, **changes)
        signals, stories = {own.id: own for _, own, _ in reports}, {paper.id: paper for _, _, paper in reports}
        return digest(transitions=(turned,), signals=signals, stories=stories).events[0].text

    side = "China clears the cargoes but keeps its duty"
    assert [told(side), told(side, "China is set for trade in cargoes")] == [side, side]
    assert told(side, "China clears all cargoes") == "China clears all cargoes"
    # The last one of a meeting of leaders tells what came of it.
    meet = "‘Great talks’, says Trump", "Leaders meet but sign nothing", "Leaders agree on a board"
    assert told(*meet, level=Level.SUMMIT) == meet[-1]


def test_what_came_of_a_meeting_of_leaders_is_told_before_the_praise_of_it() -> None:
    _, own, told = event("e1", 12, "Trump hails 'fantastic deals' of the leaders", level=Level.SUMMIT)
    own = replace(own, by=By("cn+us"), says=Says("us"), level=Level.SUMMIT)
    noted, agreed, copy = event("e2", 12, "The leaders agree on a board of trade")
    agreed, copy = replace(agreed, by=By("cn+us"), rule=own.rule), replace(copy, source="Port Paper")
    turned = status("t1", "in_progress", "met", 12, way=Direction.UP, evidence=(own.id,), level=Level.SUMMIT)
    assert only((turned, own, told), (noted, agreed, copy)).text == copy.title


def test_a_trouble_is_told_by_the_blow_that_began_it_before_the_answer_of_the_other_side() -> None:
    (_, blow, paper), (_, answer, copy) = (
        event("e1", 11, "US opens a case on ships of China in a bid to renew its duty"),
        event("e2", 12, "China vows to answer a breach of the deal"),
    )
    blow = replace(blow, by=By("us"), effect=Effect.THREAT, modality=Modality.PLAN)
    answer = replace(answer, effect=Effect.THREAT)
    evidence = {"evidence": (answer.id, blow.id), "reason": reason(ReasonCode.THREAT)}
    turned = status("t1", "in_progress", "at_risk", 12, **evidence)
    signals, stories = {s.id: s for s in (blow, answer)}, {each.id: each for each in (paper, copy)}
    (found,) = digest(transitions=(turned,), signals=signals, stories=stories).events
    assert found.text == paper.title


def test_an_act_in_generated_words_names_the_office_whose_text_the_outlets_carry() -> None:
    noted, own, told = event("e1", 12, "商务部公布调整措施")
    own = replace(own, says=Says("cn"), origin="MOFCOM", tier=Tier.STATE_MEDIA)
    told = replace(told, lang="zh")
    rules = {"e1": RuleInfo("e1", "soybean-purchases", "1", "r.yaml", 1, tells="to ease its duty")}
    assert only((noted, own, told), rules=rules).outlets.startswith("MOFCOM and ")


def test_a_headline_that_judges_what_an_act_may_bring_is_no_headline_of_the_act() -> None:
    (noted, own, told), (_, act, paper) = (
        event("e1", 12, "China risks wrecking the truce with its duty"),
        event("e2", 12, "China puts a duty on ships"),
    )
    noted = replace(noted, evidence=(own.id, act.id))
    assert only((noted, own, told), (noted, act, paper)).text == paper.title


def test_the_outcome_of_a_meeting_of_leaders_is_told_in_the_words_of_a_side() -> None:
    met, own, told = event("e1", 12, "The two leaders are meeting in Busan", level=Level.SUMMIT)
    later, agreed, copy = event("e2", 13, "Trump says the two agreed on soybeans")
    own = replace(own, by=By("cn+us"), level=Level.SUMMIT)
    agreed = replace(agreed, says=Says("us"), by=By("cn+us"), level=Level.SUMMIT)
    copy, told = replace(copy, source="Port Paper"), story(told.id, "Harbour Wire", ("Xing Daily",), title=told.title)
    met = replace(met, evidence=(own.id, agreed.id))
    talks = {"soybean-purchases": commitment(kind=Kind.SERIES)}
    assert only((met, own, told), (later, agreed, copy), commitments=talks).text == copy.title
    # On the topic of the commitment before what they said last of something else.
    aside = replace(agreed, id="s-e3", story="a-e3", happened=EventTime(at(14), at(14)))
    met = replace(met, evidence=(*met.evidence, aside.id))
    other = replace(copy, id="a-e3", title="Trump says the two want peace")
    found = only((met, own, told), (later, agreed, copy), (later, aside, other), commitments=talks)
    assert found.text == copy.title


def test_an_event_is_told_by_the_reports_of_its_own_week() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    past = replace(own, id="s-past", story="a-past", happened=EventTime(at(1), at(1)), tier=Tier.OFFICIAL)
    old = story("a-past", title="China promises to clear all cargoes", published_at=at(1))
    assert only((replace(noted, evidence=(past.id, own.id)), own, told), (noted, past, old)).text == CLEARED


def test_an_earlier_event_that_was_first_seen_late_is_no_news_unless_it_moved_a_status() -> None:
    moved = replace(status("t1", "in_progress", "at_risk", 12), late=True, happened=at(1))
    assert week(event("e1", 12, CLEARED, late=True, happened=at(1))).events == ()
    assert digest(transitions=(moved,)).events[0].source.endswith("first seen late")


def test_what_only_unknown_outlets_report_is_no_news_unless_it_moved_a_status() -> None:
    unknown: dict[str, Any] = {"publishers": Known()}
    assert week(event("e1", 12, CLEARED), **unknown).events == ()
    assert only(TURNED, **unknown).moved


def test_an_act_of_one_outlet_is_told_if_its_title_states_it() -> None:
    _, own, told = event("e1", 12, CLEARED)
    rule = RuleInfo("e1", "soybean-purchases", "3f9c1a", "soy.yaml", 1, effect=Effect.PROGRESS)
    own = replace(own, tier=Tier.WIRE)

    assert reported(own, outlets=1, rules={"e1": rule}) == [told.title]
    assert reported(own, outlets=1, rules={"e1": replace(rule, weak=True)}) == []
    assert reported(replace(own, field="summary"), outlets=1, rules={"e1": rule}) == []
    assert reported(replace(own, modality=Modality.RUMOUR), outlets=1, rules={"e1": rule}) == []


def reported(found: Signal, title: str = CLEARED, outlets: int = 2, **changes: Any) -> list[str]:
    """What a digest tells of one report that so many outlets carry, beside what else it is given."""
    paper = story(found.story, "Paper 0", [f"Paper {number}" for number in range(1, outlets)], title=title)
    known: dict[str, Any] = {"signals": {found.id: found}, "stories": {paper.id: paper}, **changes}
    brief = digest(transitions=changes.pop("transitions", ()), reports=(found,), **known)
    return [each.text for each in brief.events]


def test_what_moved_nothing_must_be_an_act_of_a_side() -> None:
    own = replace(event("e1", 12, CLEARED)[1], tier=Tier.WIRE)
    pledge, threat = replace(own, effect=Effect.PLEDGE), replace(own, effect=Effect.THREAT)
    rule = RuleInfo("e1", "soybean-purchases", "3f9c1a", "soy.yaml", 1, effect=Effect.PLEDGE, weak=True)
    series = {"soybean-purchases": commitment(kind=Kind.SERIES)}
    day = DateMention(date(2026, 3, 20), text="20 March")
    assert reported(own) == reported(pledge) == reported(threat) == [CLEARED]
    assert reported(pledge, rules={"e1": rule}) == []
    assert reported(pledge, commitments=series) == []
    assert reported(replace(pledge, date=day), commitments=series) == [CLEARED]
    assert reported(replace(threat, by=By.COMPANY)) == []
    assert reported(replace(own, by=By.UNKNOWN)) == []
    assert reported(replace(own, modality=Modality.RUMOUR)) == []


def test_what_only_the_words_of_a_rule_tell_needs_two_outlets_or_a_formal_act_and_a_planned_promise_three() -> None:
    _, own, told = event("e1", 14, "商务部公告")
    rules = {"e1": RuleInfo("e1", "soybean-purchases", "1", "r.yaml", 1, tells="{other} to lift the ban")}
    own = replace(own, tier=Tier.WIRE)

    def told_by(*outlets: str, **changes: Any) -> int:
        known = {"stories": {told.id: replace(story(told.id, "Harbour Wire", outlets, title=told.title), lang="zh")}}
        act = replace(own, **changes)
        return len(digest(transitions=(), reports=(act,), signals={own.id: act}, rules=rules, **known).events)

    assert (told_by(), told_by("Dock News"), told_by(level=Level.ORDER)) == (0, 1, 1)

    def promised(outlets: int) -> int:
        plans = [event(f"p{n}", 12, f"China will buy beans, says paper {n}")[1:] for n in range(outlets)]
        plans = [(replace(s, effect=Effect.PLEDGE, modality=Modality.PLAN, rule="p"), p) for s, p in plans]
        stories = {p.id: replace(p, source=f"Paper {n}") for n, (_, p) in enumerate(plans)}
        signals = {s.id: s for s, _ in plans}
        return len(digest(transitions=(), reports=[*signals.values()], signals=signals, stories=stories).events)

    assert (promised(2), promised(3)) == (0, 1)


def test_a_goal_that_was_met_late_says_so() -> None:
    own = commitment()
    due = replace(own.targets[0], start=date(2025, 1, 1), due=date(2026, 3, 1))
    met = status("t1", "in_progress", "met", 12, way=Direction.UP)
    late = digest(transitions=(met,), commitments={own.id: replace(own, targets=(due,))}).events[0].others
    in_time = replace(due, due=date(2026, 3, 31))
    timely = digest(transitions=(met,), commitments={own.id: replace(own, targets=(in_time,))}).events[0].others
    assert "Due 1 Mar 2026, reached 12 Mar 2026." in late
    assert "reached" not in timely


def test_what_one_outlet_has_of_the_intentions_of_a_side_is_told_only_if_nothing_else_happened() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    rule = RuleInfo("e2", "soybean-purchases", "3f9c1a", "soy.yaml", 1, effect=Effect.THREAT)
    threat = event("e2", 10, "Beijing threatens to stop purchases")
    said = replace(threat[1], effect=Effect.THREAT, tier=Tier.WIRE)
    both: dict[str, Any] = {"signals": {own.id: own, said.id: said}, "stories": {told.id: told, "a-e2": threat[2]}}
    beside = digest(transitions=(noted,), reports=(said,), rules={"e2": rule}, **both)
    assert ([each.text for each in beside.events], beside.also) == ([CLEARED], ())
    assert [each.text for each in digest(transitions=(), reports=(said,), rules={"e2": rule}, **both).events]
    own_word = both | {"signals": {own.id: own, said.id: replace(said, announcer="MOFCOM")}}
    own_word["reports"] = (own_word["signals"][said.id],)
    announced = digest(transitions=(noted,), rules={"e2": rule}, **own_word)
    assert "Beijing threatens to stop purchases" in announced.events[0].further


def test_a_plan_is_left_out_once_the_week_has_brought_its_result() -> None:
    _, plan, told = event("e1", 10, "Leaders to meet on Friday")
    plan = replace(plan, effect=Effect.PLEDGE, date=DateMention(date(2026, 3, 12), text="Friday"))
    done, held, report = event("e2", 12, CLEARED)
    known: dict[str, Any] = {
        "signals": {plan.id: plan, held.id: held},
        "stories": {told.id: story(told.id, "Harbour Wire", ["Dock News"], title=told.title), report.id: report},
        "commitments": {"soybean-purchases": commitment(kind=Kind.SERIES)},
    }
    assert [each.text for each in digest(transitions=(done,), reports=(plan,), **known).events] == [CLEARED]
    promise = replace(plan, date=None)
    turned = status("t2", "pledged", "in_progress", 12, way=Direction.UP, evidence=(held.id,))
    wide = {**known["stories"], report.id: story(report.id, "Harbour Wire", ["Dock News"], title=report.title)}
    known |= {"commitments": {"soybean-purchases": commitment()}, "stories": wide}
    assert [each.text for each in digest(transitions=(turned,), reports=(promise,), **known).events] == [CLEARED]
    assert len(digest(transitions=(), reports=(promise,), **known).events) == 1


def test_what_both_sides_did_in_one_round_of_talks_is_one_event() -> None:
    known: dict[str, Any] = {name: event(name, 12, title) for name, title in ROUND.items()}
    signals = {each.id: replace(each, by=By("cn+us"), commitment=name) for name, (_, each, _) in known.items()}
    turned = [
        status(f"t-{name}", "pledged", "in_progress", 12, way=Direction.UP, commitment=name, evidence=(f"s-{name}",))
        for name in ("truce", "fees")
    ]
    (found,) = digest(
        transitions=(*turned, replace(known["talks"][0], commitment="talks", evidence=("s-talks",))),
        signals=signals,
        stories={told.id: told for _, _, told in known.values()},
        commitments={
            name: commitment(name, short=name, kind=Kind.SERIES if name == "talks" else Kind.STANDING) for name in ROUND
        },
        verdicts={name: verdict(name, flags=(), deadlines=()) for name in ROUND},
    ).events
    assert (found.commitment, found.others) == (
        "truce",
        "Fees up from PLEDGED to IN PROGRESS: “Charges end” (Harbour Wire, 12 Mar). One outlet so far.",
    )


ROUND = {"truce": "Framework is reached", "fees": "Charges end", "talks": "Delegations gather"}


def test_all_moves_of_a_commitment_are_one_line(wording: GoldenWording) -> None:
    first = [
        (
            status(key, "pledged", "met", 12, commitment=key, way=Direction.UP, evidence=(f"s-{key}",)),
            *(replace(event(key, 12, title)[1], commitment=key), event(key, 12, title)[2]),
        )
        for key, title in {"ore": "Ore is sold", "fees": "Charges end", "permits": "Licences flow"}.items()
    ]
    turns: list[tuple[str, str, str, str, Direction, dict[str, Any]]] = [
        ("up", "unpledged", "pledged", "The firm may ship again", Direction.UP, {"outlook": Outlook.AT_RISK}),
        ("down", "at_risk", "stalled", "The firm cuts its supplies", Direction.DOWN, {"standing": Standing.PLEDGED}),
        ("on", "pledged", "in_progress", "Ships leave port", Direction.UP, {"outlook": Outlook.STALLED}),
    ]
    moves = [
        (status(key, frm, to, 12 + at, way=way, evidence=(f"s-{key}",), **after), *event(key, 12 + at, title)[1:])
        for at, (key, frm, to, title, way, after) in enumerate(turns)
    ]
    moves[0] = (moves[0][0], replace(moves[0][1], modality=Modality.RUMOUR), moves[0][2])
    names = ["ore", "fees", "permits", "soybean-purchases"]
    found = week(
        *first,
        *moves,
        commitments={name: commitment(name, short=name) for name in names},
        verdicts={name: verdict(name, flags=()) for name in names},
    )
    wording(each.line for each in found.events[len(first) :])


def test_a_whole_moves_with_its_part() -> None:
    own, told = event("e1", 12, CLEARED)[1:]
    turned = status("t1", "pledged", "in_force", 12, way=Direction.UP, commitment="deal-part", evidence=(own.id,))
    whole = status("t2", "pledged", "in_force", 12, way=Direction.UP, commitment="deal", evidence=())
    parts = replace(whole, cause=Cause.CLOCK, reason=Reason(ReasonCode.PARTS, OfParts()))
    found = only(
        (turned, replace(own, commitment="deal-part"), told),
        (parts, own, told),
        commitments={name: commitment(name, short=name) for name in ("deal", "deal-part")},
        verdicts={name: verdict(name, flags=()) for name in ("deal", "deal-part")},
    )
    assert (found.commitment, found.others) == (
        "deal-part",
        "Deal up from PLEDGED to IN FORCE: every part of it is in force. One outlet so far.",
    )


def test_a_date_is_told_as_it_stands_in_the_end(wording: GoldenWording) -> None:
    noted, own, told = event("e1", 12, CLEARED)
    same: dict[str, Any] = {"at": at(12), "happened": at(12), "evidence": noted.evidence}
    doubt = Flag(FlagKind.UNCONFIRMED, "", NOW, Named("us", date(2026, 4, 30), ("cn",)), (own.id,))
    moved = move("t2", kind=TransitionKind.DEADLINE, frm="2026-03-31", to="2026-04-30", flags=(doubt,), **same)
    sure = replace(moved, id="t3", change=DeadlineMoved("", date(2026, 4, 30), date(2026, 4, 30)))
    detail = FirstDateMissed("", date(2026, 3, 31), date(2026, 4, 30))
    passed = replace(
        moved, id="t4", change=DeadlineMissed("", date(2026, 3, 31)), reason=Reason(ReasonCode.DEADLINE, detail)
    )
    restated = replace(moved, id="t5", cause=Cause.CLOCK, evidence=(), reason=Reason(ReasonCode.DEADLINE))
    dated = {"soybean-purchases": verdict(flags=(), deadlines=(Deadline("", "due", date(2026, 4, 30), "cn+us"),))}
    weeks = {"moved": (moved,), "and confirmed": (moved, sure), "and passed": (moved, passed), "restated": (restated,)}
    found = {name: week(*((each, own, told) for each in moves), verdicts=dated).events for name, moves in weeks.items()}
    wording(f"{name}: {[each.behind for each in events]}" for name, events in found.items())


def test_the_effect_of_an_event_names_both_statuses(wording: GoldenWording) -> None:
    first = status("t1", "pledged", "in_progress", 11, way=Direction.UP)
    moves = [
        (status("t1", "in_progress", "at_risk", 12),),
        (first, status("t2", "in_progress", "at_risk", 12)),
        (status("t1", "at_risk", "in_progress", 11), status("t2", "in_progress", "at_risk", 12)),
        (status("t1", "unpledged", "pledged", 12, outlook=Outlook.AT_RISK),),
        # The shown status counts if a standing moved first and the risk passed later.
        (status("t1", "pledged", "in_force", 12, outlook=Outlook.AT_RISK), status("t2", "at_risk", "in_force", 12)),
        (status("t1", "met", "in_progress", 12),),
        (status("t1", "unpledged", "at_risk", 12),),
        (status("t1", "at_risk", "unpledged", 12, outlook=Outlook.STEADY),),
    ]
    found = [digest(transitions=own).events[0].effect for own in moves]
    wording((*found, only(event("e1", 12, CLEARED)).effect))


def test_events_that_moved_a_status_back_and_forth_name_their_own_step(wording: GoldenWording) -> None:
    up, own, told = status("t1", "at_risk", "in_progress", 9, way=Direction.UP), *event("e1", 9, CLEARED)[1:]
    down, other, copy = status("t2", "in_progress", "at_risk", 13), *event("e2", 13, "China halts all imports")[1:]
    moves = (replace(up, evidence=(own.id,)), own, told), (replace(down, evidence=(other.id,)), other, copy)
    said = event("e3", 11, "Farmers ask for more cargoes")
    found = week(*moves, said)
    wording((*(each.line for each in found.events), *found.also))


def test_a_confirmation_of_what_moved_in_the_period_is_told_with_it_and_another_one_by_itself() -> None:
    of_pledge, of_progress = (
        replace(
            move(f"t-{to}", TransitionKind.FLAG, "unconfirmed", "confirmed", at=at(12), confirms=True),
            standing=to,
            happened=at(12),
        )
        for to in (Standing.PLEDGED, Standing.IN_PROGRESS)
    )
    (found,) = digest(transitions=(TURNED[0], of_pledge, of_progress)).events
    assert "confirmed" not in found.behind
    (alone,) = digest(transitions=(of_progress,)).events
    assert "IN PROGRESS is now confirmed" in alone.behind


def test_a_line_names_late_news_reasons_of_people_and_many_outlets(wording: GoldenWording) -> None:
    noted, own, told = event("e1", 12, CLEARED)
    wide = story(told.id, "Harbour Wire", ("Dock News", "Port Paper", "Xing Daily"), title=told.title)
    confirmed = move(kind=TransitionKind.FLAG, frm="unconfirmed", to="confirmed", confirms=True)
    pinned = move(cause=Cause.PERSON, evidence=(), reason=reason("pinned by ann: the talks go on"))
    found = (
        only(event("e1", 12, CLEARED, late=True)),
        only((noted, own, wide)),
        *(digest(transitions=(change,)).events[0] for change in (confirmed, pinned)),
    )
    wording(each.line for each in found)


def test_a_date_and_a_share_are_told_by_the_event_behind_them(wording: GoldenWording) -> None:
    noted, own, told = event("e1", 12, CLEARED)
    same: dict[str, Any] = {"at": at(12), "happened": at(12), "evidence": noted.evidence}
    share = move("t2", TransitionKind.PROGRESS, "15%", "33%", **same)
    moved = move("t2", kind=TransitionKind.DEADLINE, frm="2026-03-31", to="2026-04-30", **same)
    missed = DeadlineMissed("", date(2026, 3, 12))
    detail = FirstDateMissed("", date(2026, 3, 12), date(2026, 4, 30))
    overtaken = replace(moved, id="t3", change=missed, reason=Reason(ReasonCode.DEADLINE, detail))
    counted = verdict(progress=counts(("USDA", 4e6, None)), flags=(), deadlines=())
    dated = verdict(flags=(), deadlines=(Deadline("", "due", date(2026, 4, 30), "cn+us"),))
    found = [
        only((each, own, told), verdicts={"soybean-purchases": known})
        for each, known in ((share, counted), (moved, dated), (overtaken, dated))
    ]
    alone = digest(transitions=(replace(moved, evidence=()),), verdicts={"soybean-purchases": dated}).events[0]
    wording(f"{each.text} | {each.behind}" for each in (*found, alone))


def test_a_pin_is_news_besides_the_event_of_the_same_report() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    turned = status("t1", "in_progress", "at_risk", 12, cause=Cause.PERSON, evidence=noted.evidence)
    found = week((noted, own, told), (turned, own, told))
    assert [each.moved for each in found.events] == [True]
    assert found.also[0].startswith(f"Soybeans 12 Mt: {CLEARED}")


def test_a_doubt_about_an_event_is_no_event_of_its_own() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    doubt = replace(noted, id="t2", change=FlagChanged(FlagKind.UNCONFIRMED, "cn", None, FlagState.RAISED))
    assert only((noted, own, told), (doubt, own, told)).text == CLEARED


def test_a_doubt_stands_behind_the_event_that_it_is_about(wording: GoldenWording) -> None:
    awaited = Awaiting(Speaker("Harbour Wire", Says.PRESS, report=True), Standing.MET, ("cn",))
    sighted = Sighted(awaited.speaker, Outlook.AT_RISK, 1, 3, 3)
    flags = {
        "about the event": Flag(FlagKind.UNCONFIRMED, "cn", NOW, evidence=("s1",)),
        "awaited": Flag(FlagKind.UNCONFIRMED, "met", NOW, awaited, ("s1",)),
        "of one side": Flag(FlagKind.UNCONFIRMED, "12 Mt", NOW, Named("us", date(2026, 4, 30), ("cn",)), ("s1",)),
        "contested": Flag(FlagKind.CONTESTED, "orders", NOW, evidence=("s1",)),
        "overdue": Flag(FlagKind.OVERDUE, "12 Mt", NOW, evidence=("s1",)),
        "older": Flag(FlagKind.UNCONFIRMED, "cn", NOW - timedelta(days=8), evidence=("s1",)),
        "about another report": Flag(FlagKind.UNCONFIRMED, "cn", NOW, evidence=("s2",)),
        "for the alert": Flag(FlagKind.UNCONFIRMED, "us", NOW, sighted, ("s1",)),
    }
    found = {name: digest(verdicts={"soybean-purchases": verdict(flags=(flag,))}) for name, flag in flags.items()}
    wording(f"{name}: {each.events[0].others}" for name, each in found.items())


def test_a_report_that_no_longer_counts_is_not_opened() -> None:
    told = Reason(ReasonCode.WITHDRAWN, Text("the report no longer stands"), signals=("s1",))
    withdrawn = move(frm="at_risk", to="in_progress", cause=Cause.CORRECTION, reason=told)
    assert digest(transitions=(withdrawn,)).events[0].report is None


def test_an_outlet_is_named_once() -> None:
    noted, own, told = event("e1", 12, "两船大豆获准卸货")
    rule = RuleInfo("e1", "soybean-purchases", "3f9c1a", "soy.yaml", 1, effect=Effect.PROGRESS, tells="to clear ships")
    own = replace(own, says=Says("cn"), origin="MOFCOM", by=By("us"))
    found = only((noted, own, story(told.id, "MOFCOM", title=told.title, published_at=at(12))), rules={"e1": rule})
    assert (found.text.startswith("MOFCOM"), found.outlets) == (True, "")


def test_the_report_to_open_is_the_one_that_the_line_tells_unless_its_address_is_endless() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    later = replace(own, id="s-later", story="a-later")
    copy = story("a-later", title=f"{CLEARED} at last", published_at=at(13))
    both = (replace(noted, evidence=("s-later", *noted.evidence)), own, told), (noted, later, copy)
    found = only(*both)
    assert (found.text, found.report and found.report.url) == (told.title, told.url)
    endless = replace(told, url=f"{told.url}/{'x' * 200}")
    found = only((both[0][0], own, endless), both[1])
    assert (found.text, found.report and found.report.url) == (told.title, copy.url)


def test_days_of_events_are_those_of_the_readers_zone() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    late = replace(own, happened=EventTime(at(12), at(12) + timedelta(hours=14, minutes=30)))
    assert only((noted, late, told), route=route(zone="Asia/Shanghai")).day == "13 Mar"


# ---------------------------------------------------------------- what takes effect, and what is agreed


def test_an_act_announced_before_is_an_event_of_the_day_on_which_it_takes_effect() -> None:
    def told(effect: Effect, outlook: Outlook, day: int = 12, tier: Tier = Tier.OFFICIAL) -> list[str]:
        _, own, report = event("e1", 2, "China to drop its duties on ships from 12 March")
        starts = DateMention(date(2026, 3, day), "day", "start", "from 12 March")
        own = replace(own, effect=effect, says=Says("cn"), tier=tier, starts=starts, commitment="truce")
        found = digest(
            transitions=(),
            signals={own.id: own},
            stories={report.id: story(report.id, "Gazette", ["Harbour Wire"], title=report.title)},
            verdicts={"truce": verdict("truce", outlook=outlook, flags=())},
            rules={"e1": RuleInfo("e1", "truce", "3f9c1a", "truce.yaml", 1, tells="to drop its duties")},
            publishers=Known(Tier.WIRE),
        )
        return [f"{each.day}: {each.text}" for each in found.events]

    assert told(Effect.DELIVERED, Outlook.STEADY) == ["12 Mar: China drops its duties as of 12 Mar 2026"]
    assert told(Effect.SETBACK, Outlook.AT_RISK)
    assert not told(Effect.SETBACK, Outlook.STEADY), "which called it off"
    assert not told(Effect.DELIVERED, Outlook.AT_RISK), "which put it in doubt"
    assert not told(Effect.DELIVERED, Outlook.STEADY, day=30), "which is ahead"
    assert not told(Effect.DELIVERED, Outlook.STEADY, tier=Tier.WIRE), "which is no text of the side"


def test_a_meeting_that_is_agreed_is_an_event_until_one_is_held() -> None:
    def told(*held: Told) -> list[str]:
        noted, own, report = event("e1", 9, "Leaders to meet in Korea as ports open")
        own = replace(own, effect=Effect.PLEDGE, by=By("cn+us"), tier=Tier.WIRE, commitment="talks", act_at=0)
        opened = replace(own, id="s2", commitment="ports", effect=Effect.PROGRESS, rule="open", act_at=27)
        first = replace(opened, id="s0", story="first", act_at=0)
        moves = (
            replace(noted, commitment="talks", change=EventNoted(Effect.PLEDGE, By("cn+us"))),
            status("t2", "pledged", "in_progress", 9, way=Direction.UP, commitment="ports", evidence=("s0", "s2")),
        )
        others = [replace(each, commitment="talks", tier=Tier.WIRE) for _, each, _ in held]
        found = digest(
            transitions=moves,
            signals={each.id: each for each in (own, first, opened, *others)},
            stories={
                each.id: each for each in (story("first", title="Ports open"), report, *(each for _, _, each in held))
            },
            commitments={
                "talks": commitment("talks", short="Talks", kind=Kind.SERIES, targets=()),
                "ports": commitment("ports", short="Ports", targets=()),
            },
            verdicts={name: verdict(name, flags=(), deadlines=()) for name in ("talks", "ports")},
            publishers=Known(Tier.WIRE),
        )
        return sorted(each.short for each in found.events)

    assert told() == ["Ports", "Talks"]
    assert told(event("e2", 13, "Leaders meet in Korea")) == ["Ports"]


def test_two_commitments_that_one_headline_tells_are_one_event_that_names_both() -> None:
    def acts(name: str, key: str) -> tuple[Transition, list[Signal]]:
        own = [
            replace(event(f"{key}{at}", 12, "")[1], commitment=name, rule=name, effect=Effect.THREAT) for at in range(4)
        ]
        done = replace(own[0], id=f"{key}-done", story="deed", effect=Effect.SETBACK)
        own = [replace(own[0], level=Level.ORDER), *own[1:], done] if key == "b" else [done]
        noted = event(key, 12, "", way=Direction.DOWN, severity=Severity.URGENT, commitment=name)[0]
        noted = replace(noted, level=max(each.level for each in own))
        return replace(noted, evidence=tuple(each.id for each in own)), own

    first, second = acts("deal", "a"), acts("other", "b")
    signals = [*first[1], *second[1]]
    titles = {each.story: f"China warns {each.story}" for each in signals} | {"deed": "China puts a 20% duty on ships"}
    found = digest(
        transitions=(first[0], second[0]),
        signals={each.id: each for each in signals},
        stories={key: story(key, title=title, published_at=at(12)) for key, title in titles.items()},
        commitments={name: commitment(name, short=name.capitalize()) for name in ("deal", "other")},
        verdicts={name: verdict(name, flags=(), deadlines=()) for name in ("deal", "other")},
        publishers=Known(Tier.WIRE),
    ).events
    assert [(each.text, each.others) for each in found] == [("China puts a 20% duty on ships", "Deal still AT RISK.")]


@pytest.mark.parametrize(("day", "order"), [(9, "Before"), (15, "After")])
def test_the_event_that_moved_a_status_names_the_other_one_of_its_commitment(day: int, order: str) -> None:
    agreed, said, told = event("e1", day, "The two sides agree on beans", severity=Severity.URGENT)
    report = story(told.id, "Harbour Wire", [f"Paper {at}" for at in range(9)], title=told.title)
    cleared, act, titled = event("e2", 12, CLEARED)
    turned = status("t2", "pledged", "in_progress", 12, way=Direction.UP, evidence=cleared.evidence)
    found = week((agreed, said, report), (turned, act, titled), publishers=Known(Tier.WIRE))
    (only_one,) = found.events
    assert only_one.text == CLEARED
    assert f"{order} that: The two sides agree on beans ({day} Mar, Harbour Wire and 9 others)." in only_one.behind


def of_two(moves: tuple[Transition, ...], told: list[Told], **changes: Any) -> DigestBrief:
    """The digest of two commitments, which the US and China owe."""
    names = {"chips": "us", "beans": "cn"}
    return digest(
        transitions=moves,
        reports=[own for _, own, _ in told],
        signals={own.id: own for _, own, _ in told},
        stories={paper.id: paper for _, _, paper in told},
        commitments={key: commitment(key, short=key.capitalize(), owed_by=by) for key, by in names.items()},
        verdicts={key: verdict(key, flags=(), deadlines=(), outlook=Outlook.STEADY) for key in names} | changes,
        publishers=Known(Tier.WIRE),
    )


def test_an_agreement_of_both_sides_names_what_they_settled_besides() -> None:
    noted, own, paper = event("e1", 12, "The two sides agree on chips", commitment="chips")
    own = replace(own, by=By("cn+us"), commitment="chips", effect=Effect.PLEDGE, tier=Tier.WIRE)
    wide = story(paper.id, "Harbour Wire", ("Dock News", "Port Paper"), title=paper.title, published_at=at(12))
    promised, vow, report = event("e2", 12, "China will buy beans, Treasury says", commitment="beans")
    vow = replace(vow, commitment="beans", effect=Effect.PLEDGE, tier=Tier.TRADE)
    risky = verdict("beans", flags=(), deadlines=(), standing=Standing.UNPLEDGED, outlook_since=at(2))
    found = of_two((noted,), [(noted, own, wide), (promised, vow, report)], beans=risky)
    quoted = "Beans: “China will buy beans, Treasury says” (Harbour Wire, 12 Mar)."
    assert [each.agreed for each in found.events] == [(quoted,)]
    assert found.troubled == ()
    alone = of_two((noted,), [(noted, own, paper), (promised, vow, report)], beans=risky)
    assert [each.agreed for each in alone.events] == [()], "which one outlet has"


def test_a_fall_is_told_by_the_act_of_the_side_that_owes_the_promise_and_not_by_the_answer_to_it() -> None:
    _, answer, titled = event("e1", 12, "China opens a probe of chips", way=Direction.DOWN)
    noted, act, report = event("e2", 12, "The US lists more firms", way=Direction.DOWN, commitment="chips")
    answer = replace(answer, commitment="chips", effect=Effect.SETBACK)
    act = replace(act, commitment="chips", effect=Effect.SETBACK, by=By("us"))
    fell = status("t1", "in_progress", "at_risk", 12, commitment="chips", evidence=(answer.id,))
    (found,) = of_two((fell, noted), [(fell, answer, titled), (noted, act, report)]).events
    assert (found.text, found.moved) == (report.title, True)
    assert found.behind.endswith("The other side: China opens a probe of chips (12 Mar, Harbour Wire).")


def test_statistics_of_record_need_no_second_outlet() -> None:
    _, own, paper = event("e1", 12, "Data cast doubt on the purchases")
    turned = status("t1", "pledged", "at_risk", 12, evidence=(own.id,))
    for origin, others in (("USDA data", ""), ("a trader", "One outlet so far.")):
        counted = replace(own, says=Says.DATA, origin=origin, effect=Effect.SETBACK, tier=Tier.WIRE)
        assert only((turned, counted, paper), publishers=Known(Tier.WIRE)).others == others


def test_an_act_that_moved_nothing_is_told_by_a_title_with_news_or_by_a_text() -> None:
    noted, own, told = event("a", 3, "Ships stop")
    own = replace(own, field="title")
    for report, found in (
        (own, 1),
        (replace(own, title_is_news=False), 0),
        (replace(own, title_is_news=False, field="summary"), 1),
    ):
        known = context(signals={own.id: report}, stories={told.id: told})
        for recorded in (True, False):
            act = tell(noted if recorded else noted_act([report], verdict()), [noted], known, recorded=recorded)
            assert len(told_once([act], known, timedelta(days=1))) == found
