"""What happened, as a sentence for a subject: the report that says it, our own words where none fits, and never a cut one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.headline import happening, ranked_reports
from monitor.domain.model import (
    By,
    Cause,
    Change,
    Detail,
    Effect,
    EventTime,
    FlagKind,
    FlagState,
    Outlook,
    Policy,
    Publisher,
    Quantity,
    Reason,
    ReasonCode,
    Says,
    Standing,
    Story,
    Tier,
    Transition,
    changes,
    reasons,
)
from monitor.domain.model.publishers import Publishers
from monitor.domain.model.sides import Parties
from tests.builders.message_values import NOW, commitment, move, signal, story

DAY = date(2026, 11, 10)
TIERS = {"Commerce Ministry": Tier.OFFICIAL, "Harbour Wire": Tier.WIRE}


class Tiered:
    """Publishers of the tiers above; the others are unknown."""

    def find(self, source: str, url: str = "") -> Publisher:
        return Publisher(source, TIERS.get(source, Tier.UNKNOWN))


def context(*stories: Story, rules: dict[str, RuleInfo] | None = None) -> RenderContext:
    known, publishers = {item.id: item for item in stories}, cast(Publishers, Tiered())
    return RenderContext(
        {}, known, publishers, Policy(), NOW, "UTC", Parties(), rules or {}, {"soybean-purchases": commitment()}
    )


def told(title: str, limit: int = 60, **facts: Any) -> str:
    """What is told of one story with this title."""
    lang = facts.pop("lang", "en")
    rules = facts.pop("rules", None)
    report = signal("s1", "a", quote=title, **{"by": By.CN, "says": Says.PRESS} | facts)
    return happening(move(), (report,), context(story("a", title=title, lang=lang), rules=rules), limit)


def changed(change: Change, detail: Detail = reasons.NOTHING, **facts: Any) -> Transition:
    return replace(move(evidence=(), reason=Reason(ReasonCode.STATUS, detail)), change=change, **facts)


def rule(tells: str, effect: Effect = Effect.SETBACK) -> dict[str, RuleInfo]:
    info = RuleInfo(
        "soybean-purchases.postponed", "soybean-purchases", "3f9c1a", "rules/x.yaml", 1, effect=effect, tells=tells
    )
    return {info.id: info}


def test_a_report_is_told_in_its_own_words_where_they_fit() -> None:
    assert told("China puts off two cargoes of US soybeans") == "China puts off two cargoes of US soybeans"


def test_a_clause_is_dropped_but_never_the_one_that_says_it() -> None:
    assert (
        told("China puts off two cargoes of soybeans as prices rise again in Chicago", 50)
        == "China puts off two cargoes of soybeans"
    )
    market = "Soybean prices slide in Chicago as China puts off two cargoes"
    assert told(market, 50) == "China takes a step back"


def test_what_the_topic_says_already_is_left_out_where_that_makes_it_fit() -> None:
    title = "China delays new soybean rules by a season"
    about = replace(context(story("a", title=title)), commitments={"soybean-purchases": commitment(topic="Soybeans")})
    report = signal("s1", "a", quote=title, by=By.CN, says=Says.PRESS)
    assert happening(move(), (report,), about, 60) == title
    assert happening(move(), (report,), about, 35) == "China delays new rules by a season"


def test_a_title_on_another_amount_does_not_tell_what_a_summary_says() -> None:
    title, quote = (
        "China agrees to buy 12 cargoes of soybeans",
        "China also promised, it was said, 25 cargoes of soybeans a year",
    )
    report = signal("s1", "a", quote=quote, field="summary", by=By.CN, says=Says.PRESS)
    facts = context(story("a", title=title), rules=rule("to promise more"))
    assert happening(move(), (report,), facts, 44) == "China promises more"
    same = replace(report, quote="It also promised, at the talks that ended on that day, 12 cargoes of soybeans")
    assert happening(move(), (same,), facts, 44) == title


def test_a_chinese_report_is_told_in_our_words() -> None:
    assert told("中国推迟两船美国大豆", lang="zh") == "China takes a step back"
    assert told("中国推迟两船美国大豆", lang="zh", rules=rule("to put off cargoes")) == "China puts off cargoes"


def test_a_named_speaker_stands_before_our_words_where_there_is_room() -> None:
    facts: dict[str, Any] = {
        "rules": rule("to put off cargoes"),
        "says": Says.CN,
        "origin": "Commerce Ministry",
        "lang": "zh",
    }
    assert told("推迟大豆", **facts) == "Commerce Ministry says China puts off cargoes"
    assert told("推迟大豆", 30, **facts) == "China puts off cargoes"


def test_within_a_sentence_our_words_begin_with_a_small_letter() -> None:
    facts: dict[str, Any] = {"says": Says.CN, "origin": "Commerce Ministry", "lang": "zh", "by": By.UNKNOWN}
    assert told("推迟大豆", **facts) == "Commerce Ministry says a setback is reported"


def test_a_speaker_that_bears_the_name_of_who_acts_is_left_to_the_quote() -> None:
    facts: dict[str, Any] = {"rules": rule("to end its duties"), "lang": "zh", "says": Says.CN}
    assert told("中国停止加征关税", origin="Council of China", **facts) == "China ends its duties"


def test_an_amount_stands_behind_our_words_where_there_is_room() -> None:
    lot = Quantity(132e3, 132e3, "t")
    facts: dict[str, Any] = {
        "rules": rule("to buy soybeans", Effect.PROGRESS),
        "effect": Effect.PROGRESS,
        "quantity": lot,
        "lang": "zh",
    }
    assert told("购买大豆", **facts) == "China buys soybeans, 132 kt"


@pytest.mark.parametrize(
    ("own", "read", "sentence"),
    [
        (Effect.SETBACK, Effect.SETBACK, "China puts off cargoes"),
        (Effect.SETBACK, Effect.THREAT, "China may put off cargoes"),
        (Effect.SETBACK, Effect.PROGRESS, "China is not to put off cargoes"),
        (Effect.PROGRESS, Effect.PLEDGE, "China is to put off cargoes"),
        (Effect.PROGRESS, Effect.SETBACK, "China does not put off cargoes"),
    ],
)
def test_the_words_of_a_rule_are_told_in_the_sense_of_the_sentence(own: Effect, read: Effect, sentence: str) -> None:
    assert told("推迟大豆", lang="zh", rules=rule("to put off cargoes", own), effect=read) == sentence


def test_who_acts_may_stand_in_the_words_of_the_rule() -> None:
    assert told("推迟大豆", lang="zh", rules=rule("the talks to break down")) == "The talks break down"


def test_the_report_that_says_it_comes_first_and_not_the_newest() -> None:
    later = NOW + timedelta(hours=3)
    stories = (
        story("welcome", "Harbour Wire", title="Farmers welcome it", published_at=later),
        story("wire", "Harbour Wire", title="China puts off two cargoes"),
        story("office", "Commerce Ministry", title="China puts off cargoes of soybeans", published_at=later),
        story("chinese", "Commerce Ministry", title="推迟大豆", lang="zh"),
    )
    signals = [
        signal("s4", "welcome", by=By.CN, effect=Effect.PLEDGE, says=Says.PRESS),
        signal("s2", "wire", by=By.CN, says=Says.PRESS),
        signal("s3", "office", by=By.CN, says=Says.CN),
        signal("s1", "chinese", by=By.CN, says=Says.CN),
    ]
    why = Reason(ReasonCode.SETBACK, reasons.Quoted("x"), ("s1",))
    lead = move(evidence=("s1", "s2", "s3", "s4"), reason=why)
    ranked = ranked_reports(lead, signals, context(*stories))
    assert [item.story for item in ranked] == ["office", "wire", "chinese", "welcome"]


@pytest.mark.parametrize(
    ("lead", "sentence"),
    [
        (
            changed(changes.NoticeDue("the ban", DAY, 7), reasons.Notice("the ban", "expiry", DAY, 7)),
            "In 7 days: the ban ends (10 Nov 2026)",
        ),
        (
            changed(changes.NoticeDue("12 Mt", DAY, 1), reasons.Notice("12 Mt", "due", DAY, 1)),
            "In 1 day: 12 Mt is due (10 Nov 2026)",
        ),
        (changed(changes.DeadlineMissed("12 Mt", DAY)), "The first date, 10 Nov 2026, was missed"),
        (
            changed(
                changes.StatusChanged(Standing.IN_FORCE, Standing.LAPSED),
                reasons.Lapsed("truce", "expiry", DAY),
                cause=Cause.CLOCK,
            ),
            "The 10 Nov 2026 date passed; no extension seen",
        ),
        (
            changed(
                changes.StatusChanged(Standing.PLEDGED, Standing.MET),
                reasons.Pinned("Ann", None, "seen", "x", Standing.PLEDGED),
            ),
            "Ann pins the status as MET",
        ),
        (
            changed(
                changes.StatusChanged(Outlook.AT_RISK, Standing.MET),
                reasons.StatusTakenBack(Outlook.AT_RISK, None, reasons.Text("Two cargoes sailed")),
            ),
            "Withdrawn: the report that two cargoes sailed",
        ),
        (
            changed(changes.FlagChanged(FlagKind.UNCHECKED, "status", None, FlagState.RAISED)),
            "A date passed while no source was read",
        ),
        (
            changed(changes.FlagChanged(FlagKind.STALE, "status", None, FlagState.RAISED), reasons.NothingSince(DAY)),
            "No news since 10 Nov 2026",
        ),
        (
            changed(
                changes.FlagChanged(FlagKind.CONTESTED, "12 Mt", None, FlagState.RAISED),
                reasons.Disputed("The US", "x", "China", "y"),
            ),
            "The US and China contradict each other",
        ),
        (
            changed(changes.DeadlineMoved("truce", DAY, date(2027, 11, 10)), reasons.Named("us", date(2027, 11, 10))),
            "The US names a new date, 10 Nov 2027",
        ),
        (changed(changes.StepChanged(None, "signed")), "The step “signed” is done"),
        (changed(changes.ShareChanged(0.07, 0.15, "12 Mt")), "15% of 12 Mt is counted"),
        (
            changed(changes.ShareChanged(0.58, 0.7, "last two months of 2025")),
            "70% of the target for the last two months of 2025 is counted",
        ),
        (changed(changes.StatusChanged(Standing.PLEDGED, Standing.MET)), "The status is now MET"),
    ],
)
def test_what_no_report_tells_is_told_in_our_words(lead: Transition, sentence: str) -> None:
    assert happening(lead, (), context(), 60) == sentence


MISSED = changes.StatusChanged(Standing.PLEDGED, Outlook.AT_RISK)
LATER = date(2027, 11, 10)
TON = reasons.Count("Customs", 4e6, None, "t", "shipped")
BEHIND = reasons.BehindPace(4e6, 12e6, "t", 0.33, 0.8, DAY)
TWO_SAILED = reasons.Text("Two cargoes sailed")


@pytest.mark.parametrize(
    ("detail", "sentence", "shorter"),
    [
        (
            reasons.Lapsed("12 Mt", "due", DAY),
            "The 10 Nov 2026 date passed; it was not kept",
            "10 Nov 2026 was not kept",
        ),
        (
            reasons.ExpiryPassed("ban", DAY, True),
            "The 10 Nov 2026 date passed; no extension seen",
            "It ran to 10 Nov 2026",
        ),
        (reasons.DuePassed("12 Mt", DAY), "The 10 Nov 2026 date passed; it is not done yet", "10 Nov 2026 was missed"),
        (reasons.FirstDateMissed("a", DAY, LATER), "The first date, 10 Nov 2026, was missed", "10 Nov 2026 was missed"),
        (reasons.MetLate(DAY), "It was met after 10 Nov 2026, the first date", "It was met late"),
        (reasons.NewPeriod("calendar 2027"), "A new period began: calendar 2027", "A new period began"),
        (BEHIND, "4 Mt of 12 Mt is behind the pace", "The count is behind the pace"),
        (reasons.PinEnded(Standing.MET, TWO_SAILED), "The pin as MET has ended", "The pin has ended"),
        (
            reasons.DoubtTakenBack(TWO_SAILED, None),
            "Withdrawn: the report that two cargoes sailed",
            "Withdrawn: the report behind it",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_reason_of_its_own_is_told_whole_or_in_the_shorter_sentence(
    detail: Detail, sentence: str, shorter: str
) -> None:
    lead = changed(MISSED, detail, cause=Cause.CLOCK)
    assert happening(lead, (), context(), 60) == sentence
    assert happening(lead, (), context(), len(sentence) - 1) == shorter


@pytest.mark.parametrize(
    ("lead", "sentence"),
    [
        (changed(MISSED, reasons.FromBaseline(DAY), cause=Cause.CLOCK), "The baseline of 10 Nov 2026 says so"),
        (
            changed(MISSED, reasons.ReportTakenBack(changes.StepChanged(None, "signed"), None), cause=Cause.CLOCK),
            "Withdrawn: the report behind it",
        ),
        (changed(MISSED, reasons.DoubtDropped(TWO_SAILED), cause=Cause.CLOCK), "The doubt is no longer reported"),
        (changed(MISSED, reasons.CountedByOne(TON, Standing.MET, (TON,))), "Customs counts 4 Mt shipped"),
        (changed(changes.StepChanged("signed", None)), "The step “signed” is not reported any more"),
        (changed(changes.TermsChanged(("25%",), None)), "A term is not reported any more"),
        (changed(changes.TermsChanged((), "25% off")), "New terms are reported: 25% off"),
        (changed(changes.EventNoted(Effect.SETBACK, By.CN)), "A step back is reported"),
        (changed(changes.EventNoted(Effect.PROGRESS, By.CN)), "A step is reported"),
        (changed(changes.DeadlineMoved("truce", DAY, None)), "No report names 10 Nov 2026 any more"),
        (changed(changes.DeadlineMoved("truce", DAY, DAY)), "The date 10 Nov 2026 is confirmed"),
        (changed(changes.DeadlineMoved("truce", DAY, LATER)), "The date is now 10 Nov 2027"),
        (
            changed(changes.FlagChanged(FlagKind.UNCONFIRMED, "x", FlagState.RAISED, FlagState.CONFIRMED)),
            "It is now confirmed",
        ),
        (
            changed(changes.FlagChanged(FlagKind.CONTESTED, "x", None, FlagState.RAISED)),
            "Reports contradict each other",
        ),
    ],
)
def test_each_other_change_without_a_report_has_its_sentence(lead: Transition, sentence: str) -> None:
    assert happening(lead, (), context(), 60) == sentence


@pytest.mark.parametrize(
    ("change", "shorter"),
    [
        (changes.StepChanged("signed with all", None), "A step is not reported any more"),
        (changes.StepChanged(None, "signed by both"), "A further step is done"),
        (changes.TermsChanged((), "25% off"), "New terms are reported"),
        (changes.StatusChanged(Standing.PLEDGED, Standing.MET), "It is now MET"),
        (changes.ShareChanged(0.07, 0.15, "12 Mt"), "15% is counted"),
        (changes.DeadlineMissed("12 Mt", DAY), "10 Nov 2026 was missed"),
        (changes.FlagChanged(FlagKind.UNCHECKED, "status", None, FlagState.RAISED), "No source was read"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_change_has_a_sentence_for_little_room(change: Change, shorter: str) -> None:
    whole = happening(changed(change), (), context(), 60)
    assert happening(changed(change), (), context(), len(whole) - 1) == shorter


def test_a_limit_takes_a_shorter_sentence_and_cuts_none() -> None:
    lapsed = changed(changes.StatusChanged(Standing.IN_FORCE, Standing.LAPSED), reasons.Lapsed("truce", "expiry", DAY))
    for limit in range(24, 60):
        sentence = happening(lapsed, (), context(), limit)
        assert len(sentence) <= limit
        assert "…" not in sentence


def test_a_hostile_headline_tells_nothing_of_its_own() -> None:
    assert told("China\u202e buys\x07 beans " + "x" * 5000) == "China takes a step back"


def test_a_subject_is_in_one_script_whoever_speaks() -> None:
    facts: dict[str, Any] = {"rules": rule("to put off cargoes"), "says": Says.CN, "origin": "商务部", "lang": "zh"}
    assert told("推迟大豆", **facts) == "China puts off cargoes"
    pinned = reasons.Pinned("李雷", None, "seen", "x", Standing.PLEDGED)
    assert (
        happening(changed(changes.StatusChanged(Standing.PLEDGED, Standing.MET), pinned), (), context(), 60)
        == "Pinned as MET"
    )


def test_a_report_in_english_comes_first_in_a_reply_too_and_of_these_the_new_one() -> None:
    later = NOW + timedelta(hours=2)
    stories = (story("a", title="China puts off two cargoes"), story("b", title="中国推迟两船", lang="zh"), story("c"))
    old, chinese, new = (signal(f"s{n}", item.id) for n, item in enumerate(stories))
    chinese, new = (replace(item, happened=EventTime(later, later)) for item in (chinese, new))
    lead = replace(move(evidence=("s0", "s1", "s2"), confirms=True), happened=later)
    ranked = ranked_reports(lead, (old, chinese, new), context(*stories))
    assert [item.id for item in ranked] == ["s2", "s0", "s1"]
