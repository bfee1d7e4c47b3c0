"""A digest as a whole: its parts, their order, the other commitments, remarks and unchecked lines."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from monitor.domain.messages.briefs import DigestBrief, SourceHealth, StatusLine
from monitor.domain.messages.digest.brief import marked_as_test
from monitor.domain.messages.digest.silent_rules import RuleActivity
from monitor.domain.model import (
    By,
    Deadline,
    Direction,
    Effect,
    EventTime,
    Flag,
    FlagKind,
    Kind,
    Outlook,
    Standing,
    Transition,
    TransitionKind,
)
from monitor.domain.model.changes import EventNoted
from monitor.domain.model.reasons import Text
from monitor.domain.model.verdicts import Event, Verdict
from monitor.store.json_codec import dump, from_json
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, counts, digest, move, route, signal, story, verdict

DECLARED = ("soybean-purchases", "soybean-purchases-annual", "truce")


def test_each_commitment_stands_once_with_its_event_or_among_the_others() -> None:
    found = digest()
    assert [event.commitment for event in found.events] == ["soybean-purchases"]
    assert [line.commitment for line in found.unmoved] == ["truce"]


def test_a_week_in_which_nothing_happened_is_two_lines(wording: GoldenWording) -> None:
    found = digest(transitions=())
    assert (found.events, found.timelines, found.unmoved, found.troubled) == ((), (), (), ())
    calm = {"soybean-purchases": verdict(flags=(), outlook=Outlook.STEADY)}
    wording((*found.statuses, *found.dates, *digest(transitions=(), verdicts=calm).statuses))


def test_a_digest_holds_only_what_the_route_follows() -> None:
    noted = move("t1", change=EventNoted(Effect.PROGRESS, By("cn")), commitment="truce")
    found = digest(transitions=(move(), noted), route=route(commitments=("truce",)))
    assert {event.commitment for event in found.events} == {"truce"}


def test_a_digest_holds_the_parts_that_the_alerts_tell_of() -> None:
    known = {key: commitment(key) for key in DECLARED}
    found = digest(
        commitments=known,
        verdicts={key: verdict(key, outlook=Outlook.STEADY) for key in known},
        transitions=(move(commitment="soybean-purchases"),),
        route=route(commitments=("soybean-purchases",)),
    )
    assert {line.commitment for line in found.unmoved} == {"soybean-purchases-annual"}


@pytest.mark.parametrize("flag", [FlagKind.STALE, FlagKind.UNCHECKED])
def test_no_news_and_what_was_not_checked_are_no_change(flag: FlagKind) -> None:
    raised = move(kind=TransitionKind.FLAG, frm="", to=flag.value, evidence=())
    assert digest(transitions=(raised,)).events == ()


def test_a_notice_of_a_date_is_no_change() -> None:
    notice = move(kind=TransitionKind.DEADLINE, frm="2026-04-01", to="due in 18 days", commitment="truce")
    assert digest(transitions=(notice,)).events == ()


def test_what_was_not_checked_begins_with_verdicts_then_come_sources_then_mutes() -> None:
    unchecked = verdict("truce", standing=Standing.IN_FORCE, flags=(Flag(FlagKind.UNCHECKED, "truce", NOW),))
    found = digest(verdicts={"truce": unchecked}, muted={"truce": "alerts muted: figures are revised (ann)"})
    assert [line.kind for line in found.unchecked] == ["unchecked", "failing", "muted"]


def test_silent_rules_stand_only_where_they_are_asked_for() -> None:
    watched = RuleActivity(NOW - timedelta(days=100), ())
    assert digest(watched=watched).unchecked == digest().unchecked


def test_a_timeline_joins_the_spans_of_the_history() -> None:
    timeline = digest().timelines[0]
    assert [(span.status, (span.end - span.start).days) for span in timeline.spans] == [
        ("in_progress", 87),
        ("at_risk", 3),
    ]


def test_a_status_without_history_fills_the_whole_timeline() -> None:
    timeline = digest(history=()).timelines[1]
    assert [span.status for span in timeline.spans] == ["in_force"]


def test_a_test_is_marked_in_its_subject_its_first_line_and_a_note() -> None:
    marked = marked_as_test(digest())
    assert marked.subject.startswith("TEST · Digest, ")
    assert marked.period.startswith("TEST · ")
    assert len(marked.remarks) == len(digest().remarks) + 1


def test_a_stored_digest_reads_back_equal() -> None:
    assert from_json(dump(digest())) == digest()


# ---------------------------------------------------------------- what is told, and where


def several(*moves: Transition, **changes: Any) -> DigestBrief:
    names = ("deal", "deal-part", "other", "last")
    calm = {name: verdict(name, flags=(), outlook=Outlook.STEADY) for name in names}
    known = {name: commitment(name, short=name) for name in names}
    return digest(commitments=known, verdicts=calm | changes.pop("verdicts", {}), transitions=moves, **changes)


TITLES = {"deal": "A cap ends", "other": "Ports open", "last": "Firms leave a list", "deal-part": "Beef plants return"}
REPORTS: dict[str, Any] = {
    "signals": {key: signal(key, key, commitment=key, rule=key, quote=title) for key, title in TITLES.items()},
    "stories": {key: story(key, title=title) for key, title in TITLES.items()},
}


def own_event(key: str, report: str = "", **changes: Any) -> Transition:
    told: dict[str, Any] = {"evidence": (report or key,), **changes}
    return move(f"t-{key}-{report}", change=EventNoted(Effect.PROGRESS, By("cn")), commitment=key, **told)


def test_all_that_moved_is_told_in_full_if_there_is_room_then_other_events(wording: GoldenWording) -> None:
    moves = [
        *(move(f"t{key}", commitment=key, evidence=(key,)) for key in ("deal", "other", "last", "deal-part")),
        own_event("truce"),
    ]
    more = {"truce": signal("truce", "truce", commitment="truce", rule="kept", quote="Both keep the truce")}
    known = {
        "signals": REPORTS["signals"] | more,
        "stories": REPORTS["stories"] | {"truce": story("truce", title="Both keep the truce")},
    }
    truce = {"truce": verdict("truce", flags=())}
    names = {**{key: commitment(key, short=key) for key in TITLES}, "truce": commitment("truce", short="Truce")}
    found = digest(
        commitments=names, verdicts={key: verdict(key, flags=()) for key in TITLES} | truce, transitions=moves, **known
    )
    assert len(found.leading) == 4
    wording(
        (
            *(event.text for event in found.leading),
            "Also moved:",
            *(event.line for event in found.others),
            "Also:",
            *found.also,
        )
    )


def test_one_report_of_two_commitments_is_one_event_with_the_effect_on_both(wording: GoldenWording) -> None:
    noted = [move(key, change=EventNoted(Effect.PROGRESS, By("cn")), commitment=key) for key in ("deal", "other")]
    assert [event.commitment for event in several(*noted).events] == ["deal"]
    (event,) = several(*(move(key, commitment=key) for key in ("deal", "other"))).events
    wording([event.behind])


def test_a_commitment_has_one_of_the_leading_events_unless_others_moved_it() -> None:
    said = {"duties": "Beijing cuts duties", "licences": "Washington grants licences", "cargoes": "Ships unload"}
    more = {name: signal(name, name, commitment="other", rule=name, quote=said[name]) for name in said}
    more["licences"] = replace(more["licences"], by=By("us"))
    known = {
        "signals": REPORTS["signals"] | more,
        "stories": REPORTS["stories"] | {name: story(name, title=title) for name, title in said.items()},
    }
    events = [own_event("other", name) for name in said]
    found = several(*events, own_event("last"), **known)
    assert [event.commitment for event in found.leading] == ["other", "last"]
    assert len(found.also) == 1, "and the rest tells no act of one side a second time"


def test_a_commitment_in_trouble_is_told_with_its_blow_of_whatever_day_and_the_step_of_the_period(
    wording: GoldenWording,
) -> None:
    blow = signal("b", "b", commitment="other", effect=Effect.THREAT, by=By("us"), quote="The US threatens new duties")
    old = replace(blow, id="old", story="old", happened=EventTime(NOW - timedelta(days=40), NOW - timedelta(days=40)))
    step = replace(blow, id="s", story="s", effect=Effect.PROGRESS, quote="China clears cargoes")
    weak = replace(step, id="w", rule="other/weak", passing=True)
    risky = verdict("other", outlook=Outlook.AT_RISK, outlook_since=NOW - timedelta(days=40), flags=())
    stories = {key: story(key, title=each.quote) for key, each in (("b", blow), ("s", step))}
    again = replace(blow, id="again", story="again", quote="Washington repeats its threat")
    known: dict[str, Any] = {
        "signals": REPORTS["signals"] | {"b": blow, "old": old, "again": again},
        "stories": REPORTS["stories"]
        | stories
        | {"old": story("old", title="The US weighs duties"), "again": story("again", title=again.quote)},
    }

    def lines(*evidence: str, moves: tuple[Transition, ...] = (), **changes: Any) -> tuple[str, ...]:
        own = {"other": replace(risky, outlook_evidence=evidence)} | changes.pop("verdicts", {})
        return several(own_event("last"), *moves, verdicts=own, **known | changes).troubled

    new, stale = lines("old", "b"), lines("old")
    assert lines("b", moves=(own_event("other", "again"),)) == (), "another report tells the same act"
    assert lines("b", moves=(own_event("other", "b"),)) == ()
    event = Event(Direction.DOWN, Effect.THREAT, By("us"), NOW, ("b",), announced=True)
    assert lines(verdicts={"other": replace(risky, events=(event,))}) == new
    noted = replace(commitment("other").baselines[0], as_of=date(2026, 3, 8), note="No purchase so far; none promised.")
    owed = {"last": commitment("last"), "other": commitment("other", short="Other", baselines=(noted,))}
    since = {"other": replace(risky, outlook_since=datetime(2026, 3, 8, tzinfo=UTC)), "last": verdict("last")}
    based = digest(transitions=(own_event("last"),), commitments=owed, verdicts=since, **known).troubled
    both = {
        "signals": {**known["signals"], "c": replace(blow, id="c", commitment="last")},
        "verdicts": {"last": replace(risky, commitment="last", outlook=Outlook.STALLED, outlook_evidence=("c",))},
    }
    group = several(
        own_event("deal"),
        verdicts={"other": replace(risky, outlook_evidence=("b",)), **both["verdicts"]},
        signals=both["signals"],
        stories=known["stories"],
    ).troubled
    stepped = lines("old", signals=known["signals"] | {"s": step, "w": weak})
    wording((*new, *stale, *lines(), *based, *group, *stepped))


def test_a_digest_opens_with_the_statuses_that_moved_then_what_stays_in_trouble(wording: GoldenWording) -> None:
    up: dict[str, Any] = {"way": Direction.UP, "outlook": Outlook.STEADY}
    moves = [
        move("t1", commitment="deal", evidence=("deal",)),
        move("t2", frm="pledged", to="in_progress", commitment="other", evidence=("other",), **up),
        move("t3", frm="met", to="in_progress", commitment="last", evidence=("last",), **up),
        move("t4", frm="in_progress", to="met", commitment="last", evidence=("last",), **up),
    ]
    trouble = {"deal": verdict("deal", outlook=Outlook.AT_RISK, flags=())}
    weeks = (moves[:1], moves[1:2], moves[:3], moves[2:], [own_event("other")])
    found = [several(*each, verdicts=trouble if moves[0] in each else {}, **REPORTS).statuses for each in weeks]
    wording(line for opening in found for line in opening)


def test_a_trouble_of_the_starting_point_counts_from_the_act_that_confirms_it_and_a_promise_overtakes_its_note() -> (
    None
):
    base = replace(
        commitment("other").baselines[0],
        as_of=date(2026, 1, 1),
        outlook=Outlook.AT_RISK,
        note="Fees are to start on 1 Apr 2026. None is paid.",
    )
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    risky = verdict("other", outlook=Outlook.AT_RISK, outlook_since=begun, standing=Standing.UNPLEDGED, flags=())
    vow = signal("v", "v", commitment="other", effect=Effect.PLEDGE, quote="China will pay the fees", rule="vow")
    known = {
        "signals": REPORTS["signals"] | {"v": vow},
        "stories": REPORTS["stories"] | {"v": story("v", title=vow.quote)},
        "commitments": {"other": commitment("other", short="Other", baselines=(base,)), "deal": commitment("deal")},
    }

    calm = verdict("deal", outlook=Outlook.STEADY, flags=())

    def told(own: Verdict, *moves: Transition, **changes: Any) -> DigestBrief:
        return digest(transitions=moves, verdicts={"other": own, "deal": calm}, **known | changes)

    noted = told(risky, own_event("deal"), signals=REPORTS["signals"])
    assert [(line.status, line.named) for line in noted.unmoved] == [("at_risk", "Other, since 1 Jan")]
    assert sum("Fees are to start" in each for each in noted.dates) == 1
    promised = told(risky, own_event("deal")).troubled[-1]
    assert promised.endswith("since 1 Jan; a step forward: “China will pay the fees” (Harbour Wire, 14 Mar)")
    confirmed = told(replace(risky, outlook_since=NOW, outlook_evidence=("other",)), own_event("other"))
    assert confirmed.events[0].effect == "now AT RISK"
    assert confirmed.statuses[0].startswith("Now AT RISK: Other.")


# ---------------------------------------------------------------- dates ahead


def test_the_dates_of_the_next_months_are_lines_nearest_first(wording: GoldenWording) -> None:
    def ahead(*days: date, **changes: Any) -> tuple[str, ...]:
        dated = verdict("truce", deadlines=tuple(Deadline("stay", "expiry", day, "cn+us") for day in days))
        return digest(verdicts={"truce": dated}, **changes).dates

    counted = verdict(flags=(), deadlines=(), progress=counts(("USDA", 4e6, None)))
    meetings = (
        Deadline("leaders' meeting", "start", SOON, "us", state="announced"),
        Deadline("", "", date(2026, 4, 9), "cn", state="announced"),
        Deadline("", "", date(2026, 5, 1), "cn", state="announced", precision="month"),
    )
    weeks = {
        "near and far": ahead(FAR, SOON, NOW.date()),
        "only far": ahead(FAR, FAR.replace(month=12), FAR.replace(year=2028)),
        "none": ahead(PAST),
        "an announced meeting": digest(
            commitments={"truce": commitment("truce", short="Talks", kind=Kind.SERIES)},
            verdicts={"truce": verdict("truce", deadlines=meetings)},
        ).dates,
        "a target without a count": digest(
            verdicts={"soybean-purchases": verdict(flags=(), deadlines=())}, end=datetime(2026, 6, 12, tzinfo=UTC)
        ).dates,
        "the dates of eight weeks": digest(
            verdicts={
                "soybean-purchases": verdict(flags=(), deadlines=()),
                "truce": verdict(
                    "truce",
                    deadlines=tuple(Deadline(f"part {at}", "due", date(2026, 5, at), "cn") for at in range(1, 9)),
                ),
            }
        ).dates,
        "the end of a period": digest(
            verdicts={"soybean-purchases": counted}, end=datetime(2026, 6, 12, tzinfo=UTC), transitions=()
        ).dates,
    }
    wording(f"{name}: {lines}" for name, lines in weeks.items())


# ---------------------------------------------------------------- the other commitments

SOON, FAR, PAST = date(2026, 4, 1), date(2026, 11, 10), date(2026, 3, 4)


def row(**changes: Any) -> StatusLine:
    calm = {"flags": (), "outlook": Outlook.STEADY, "standing": Standing.IN_PROGRESS, **changes}
    noted = move("t1", change=EventNoted(Effect.PROGRESS, By("cn")), commitment="truce")
    verdicts = {"soybean-purchases": verdict(**calm), "truce": verdict("truce")}
    return digest(
        transitions=(noted,), verdicts=verdicts, signals={"s1": signal("s1", "a", commitment="truce")}
    ).unmoved[0]


def test_a_line_says_what_is_counted_and_what_is_behind() -> None:
    flags = (Flag(FlagKind.OVERDUE, "12 Mt", NOW), Flag(FlagKind.STALE, "news", NOW))
    line = row(progress=counts(("USDA", 4e6, None)), flags=flags)
    assert line.detail == "4 Mt of 12 Mt booked (33%), as of 14 Mar", "what is overdue stands among the dates"
    assert row(standing=Standing.MET, progress=counts(("USDA", 12e6, None))).detail == ""


def test_what_did_not_move_stands_by_status_and_what_has_a_detail_by_itself() -> None:
    line = StatusLine("fees", "Port fees", "in_force")
    counted, met, chips = replace(line, detail="1 t"), replace(line, status="met"), replace(line, short="Chips")
    told = replace(digest(), unmoved=(chips, met, counted, line)).by_status
    assert told == (("", (("in_force", "Port fees, 1 t"), ("in_force", "Chips, Port fees"), ("met", "Port fees"))),)


# ---------------------------------------------------------------- not checked


def test_sources_verdicts_and_mutes_that_were_not_checked_are_lines(wording: GoldenWording) -> None:
    def unchecked(*sources: SourceHealth, **changes: Any) -> list[str]:
        return [f"{line.name} {line.text}" for line in digest(sources=sources, **changes).unchecked]

    failing = [SourceHealth(f"feed {n}", "failing", None, "HTTP 503") for n in range(12)]
    told = Flag(FlagKind.UNCHECKED, "truce", NOW, Text("could not be checked: 0 of 3 sources read"))
    wording(
        [
            *unchecked(SourceHealth("Ministry", "failing", NOW - timedelta(days=2), "HTTP 503")),
            *unchecked(SourceHealth("gazette", "frozen", NOW), *failing, SourceHealth("Harbour Wire", "ok")),
            *unchecked(verdicts={"truce": verdict("truce", flags=(told,))}),
            *unchecked(verdicts={"truce": verdict("truce", flags=(replace(told, detail=Text("")),))}),
            *unchecked(muted={"truce": "alerts muted until 5 Apr 2026: figures are revised"}),
        ]
    )


def test_a_source_that_fails_only_since_the_end_of_the_period_is_for_the_next_digest() -> None:
    later = SourceHealth("Ministry", "failing", NOW + timedelta(hours=2), "HTTP 503")
    assert digest(sources=(later,)).unchecked == ()


def test_without_feeds_nothing_is_said_of_sources() -> None:
    assert digest(sources=()).unchecked == ()
