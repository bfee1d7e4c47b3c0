"""The outlook under the shipped policy: how many must say so before it turns, and what is shown until then."""

from dataclasses import replace
from datetime import date, timedelta

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.model.commitments import Baseline, Commitment
from monitor.domain.model.enums import (
    By,
    Effect,
    FlagKind,
    Kind,
    Level,
    Modality,
    Outlook,
    Says,
    Severity,
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.news import DateMention, Signal
from monitor.domain.model.policy import Policy
from monitor.domain.model.reasons import Detail, Quoted, Sighted, Speaker
from monitor.domain.model.verdicts import Decision
from monitor.domain.verdicts.corroboration import add_to_claim
from tests.builders.domain_values import (
    at,
    commitment,
    decided,
    from_cn,
    from_us,
    pledged,
    quantity_commitment,
    rulebook,
    signal,
    target,
)

SHIPPED = Policy()
PROMISED = commitment(baselines=pledged())
THREE = ("Reuters", "Bloomberg", "AFP")


def told(effect: Effect, day: str, *origins: str, **changed: object) -> list[Signal]:
    return [signal(effect, f"{day} {10 + n}:00", origin=origin, **changed) for n, origin in enumerate(origins)]


def after(*signals: Signal, now: str = "2025-10-20") -> Decision:
    return decided(PROMISED, list(signals), now, policy=SHIPPED)


def outlook_of(decision: Decision) -> Outlook:
    return decision.verdict.outlook


def doubts_of(decision: Decision) -> list[Detail]:
    return [f.detail for f in decision.verdict.flags if f.kind is FlagKind.UNCONFIRMED]


RISK = told(Effect.THREAT, "2025-10-10", *THREE)


def test_two_wires_that_quote_a_side_on_its_own_threat_put_a_promise_at_risk() -> None:
    own = [
        signal(Effect.THREAT, f"2025-10-10 {hour}:00", origin="MOFCOM", by=By("cn"), says=Says("cn"), quote=quote)
        for hour, quote in ((10, "China will buy no more, minister says"), (11, "Beijing rules out cargoes"))
    ]
    assert outlook_of(after(*own)) is Outlook.AT_RISK
    assert outlook_of(after(own[0], replace(own[1], quote=own[0].quote))) is Outlook.STEADY, "one wire's report"
    assert outlook_of(after(own[0], replace(own[1], tier=Tier.OFFICIAL))) is Outlook.STEADY, (
        "a side's own posts are one"
    )
    assert outlook_of(after(*(replace(each, by=By("us")) for each in own))) is Outlook.STEADY, (
        "it tells of another's act"
    )


def test_two_wires_that_report_one_blow_of_a_named_side_put_a_promise_at_risk() -> None:
    first, second = (
        signal(Effect.SETBACK, f"2025-10-10 {hour}:00", origin=wire, by=By("cn"), quote=quote)
        for hour, wire, quote in (
            (10, "Reuters", "China opens a case on chips"),
            (14, "AFP", "Beijing turns its regulators on US makers"),
        )
    )
    assert outlook_of(after(first, second)) is Outlook.AT_RISK
    court = [replace(each, by=By("third")) for each in (first, second)]
    assert outlook_of(after(*court)) is Outlook.AT_RISK
    others = {
        "another act": replace(second, rule="truce/other"),
        "another side": replace(second, by=By("us")),
        "nobody named": replace(second, by=By("unknown")),
        "a claim of the other side": replace(second, says=Says("us")),
        "unnamed sources": replace(second, quote="Beijing turns its regulators on US makers, sources say"),
        "both sides": replace(second, by=By("cn+us")),
        "a plan": replace(second, modality=Modality.PLAN),
        "two days later": signal(Effect.SETBACK, "2025-10-12 10:00", origin="AFP", by=By("cn"), quote=second.quote),
    }
    assert [why for why, other in others.items() if outlook_of(after(first, other)) is not Outlook.STEADY] == []
    threats = [replace(each, effect=Effect.THREAT) for each in (first, second)]
    assert outlook_of(after(*threats)) is Outlook.STEADY, "a threat that no report quotes"
    assert outlook_of(after(threats[0], replace(threats[1], says=Says("cn")))) is Outlook.AT_RISK


def test_three_voices_within_three_days_put_a_promise_at_risk() -> None:
    assert outlook_of(after(*RISK)) is Outlook.AT_RISK
    assert outlook_of(after(*RISK[:2])) is Outlook.STEADY
    assert outlook_of(after(*told(Effect.THREAT, "2025-10-10", "Reuters", "Reuters", "Reuters"))) is Outlook.STEADY
    spread = [
        signal(Effect.THREAT, f"2025-10-{day}", origin=origin)
        for day, origin in zip(("03", "07", "11"), THREE, strict=True)
    ]
    assert outlook_of(after(*spread)) is Outlook.STEADY
    mixed = [*told(Effect.THREAT, "2025-10-10", "Reuters", "AFP"), *told(Effect.SETBACK, "2025-10-11", "Bloomberg")]
    assert outlook_of(after(*mixed)) is Outlook.AT_RISK
    assert after(*RISK).verdict.outlook_evidence == tuple(s.id for s in RISK)


def test_a_blow_that_changes_the_terms_is_told_with_them_and_not_again_when_the_wires_report_it() -> None:
    laid = from_us(Effect.SETBACK, "2025-12-10 10:00", terms="Section 301 duties")
    wires = told(Effect.SETBACK, "2025-12-11", "Reuters", "Bloomberg")
    before = after(*RISK, now="2025-12-09")
    at_once = decided(PROMISED, [*RISK, laid], "2025-12-10 11:00", policy=SHIPPED, published=before.verdict)
    assert [move.kind for move in at_once.transitions] == [TransitionKind.TERMS]
    later = decided(PROMISED, [*RISK, laid, *wires], "2025-12-11 12:00", policy=SHIPPED, published=at_once.verdict)
    assert {(move.kind, move.severity) for move in later.transitions} <= {(TransitionKind.EVENT, Severity.ROUTINE)}


def test_only_an_official_text_that_changes_the_terms_needs_no_second_voice() -> None:
    broken = from_us(Effect.BREACH, "2025-10-10")
    assert after(broken).verdict.outlook is Outlook.AT_RISK
    assert outlook_of(after(from_us(Effect.SETBACK, "2025-10-10"))) is Outlook.STEADY


def test_statistics_of_record_need_no_second_voice_unless_of_arrivals_or_a_weak_act() -> None:
    short = signal(Effect.SETBACK, "2025-10-10", says=Says.DATA, origin="USDA data")
    assert outlook_of(after(short)) is Outlook.AT_RISK
    beans = quantity_commitment(targets=(target(12e6, "2025-10-01", "2025-12-31"),), baselines=PROMISED.baselines)
    book = rulebook(beans, policy=SHIPPED)
    none_came = signal(Effect.SETBACK, "2025-10-10", says=Says.DATA, origin="China Customs", tier=Tier.WIRE)
    assert outlook_of(decided(beans, [none_came], "2025-10-11", book=book)) is Outlook.STEADY
    few = replace(none_came, origin="USDA data")
    assert outlook_of(decided(beans, [few], "2025-10-11", book=book)) is Outlook.AT_RISK
    weak = RuleInfo("truce/act", "truce", "v", "truce.yaml", 1, weak=True)
    book = replace(rulebook(PROMISED, policy=SHIPPED), rules={weak.id: weak})
    short = signal(Effect.SETBACK, "2025-10-10", says=Says.DATA, origin="USDA data", tier=Tier.WIRE)
    assert outlook_of(decided(PROMISED, [short], "2025-10-20", book=book)) is Outlook.STEADY


def test_a_single_report_of_trouble_is_shown_until_the_outlook_turns_and_told_to_nobody() -> None:
    one = signal(Effect.THREAT, "2025-10-10", origin="Reuters")
    now, later = after(one, now="2025-10-11"), after(one, now="2025-10-14")
    assert doubts_of(now) == [Sighted(Speaker("Reuters", Says.PRESS, report=True), Outlook.AT_RISK, 1, 3, 3)]
    assert [(t.kind, t.severity) for t in now.transitions] == [(TransitionKind.EVENT, Severity.ROUTINE)]
    assert not doubts_of(later)
    assert now.next_due == one.happened.end + timedelta(days=SHIPPED.outlook_days)
    assert not doubts_of(after(*RISK, now="2025-10-11"))


def test_what_an_aggregator_repeats_ends_no_doubt_about_bad_news() -> None:
    two = told(Effect.SETBACK, "2025-10-10", *THREE[:2])
    echo = signal(Effect.SETBACK, "2025-10-11", origin="News Collector", tier=Tier.AGGREGATOR)
    (doubt,) = doubts_of(after(*two, echo, now="2025-10-12"))
    assert isinstance(doubt, Sighted)
    assert (doubt.origins, doubt.needed) == (2, 3)


def test_a_promise_of_one_side_is_no_relief_but_an_agreement_is() -> None:
    words = told(Effect.PLEDGE, "2025-10-15", *THREE)
    agreed = [replace(s, by=By("cn+us")) for s in words]
    rumour = [replace(s, modality=Modality.RUMOUR) for s in agreed]
    assert outlook_of(after(*RISK, *words)) is Outlook.AT_RISK
    assert outlook_of(after(*RISK, *rumour)) is Outlook.AT_RISK
    assert outlook_of(after(*RISK, *agreed)) is Outlook.STEADY


def test_a_promise_that_the_other_side_tells_of_in_its_own_text_is_relief() -> None:
    granted = from_cn(Effect.PLEDGE, "2025-10-15", by=By("us"), modality=Modality.PLAN)
    assert outlook_of(after(*RISK, granted)) is Outlook.STEADY
    for other in (
        {"by": By("cn")},  # its own promise
        {"by": By.UNKNOWN},
        {"modality": Modality.RUMOUR},
        {"tier": Tier.WIRE},  # a boast before reporters
        {"terms": "other goods"},
        {"by": By("cn+us"), "says": Says.PRESS, "tier": Tier.STATE_MEDIA},  # what state media relay from others
    ):
        assert outlook_of(after(*RISK, replace(granted, **other))) is Outlook.AT_RISK, other


def test_a_side_that_orders_a_burden_or_threatens_one_for_a_day_needs_no_second_source() -> None:
    order = from_cn(Effect.SETBACK, "2025-10-10", by=By("cn"), level=Level.ORDER, tier=Tier.STATE_MEDIA)
    threat = replace(order, effect=Effect.THREAT, date=DateMention(date(2025, 11, 1)))
    for own in (order, threat):
        assert outlook_of(after(own)) is Outlook.AT_RISK
        for other in ({"says": Says.PRESS}, {"by": By("us")}, {"tier": Tier.WIRE}):
            assert outlook_of(after(replace(own, **other))) is Outlook.STEADY, other
    assert outlook_of(after(replace(order, level=Level.ORDINARY))) is Outlook.STEADY
    assert outlook_of(after(replace(threat, date=None))) is Outlook.STEADY


def test_only_new_voices_clear_the_outlook_or_turn_it_again() -> None:
    relief = told(Effect.PROGRESS, "2025-10-15", *THREE)
    assert outlook_of(after(*RISK, *relief[:2])) is Outlook.AT_RISK
    assert outlook_of(after(*RISK, *relief)) is Outlook.STEADY
    relief = told(Effect.PROGRESS, "2025-10-11", *THREE)
    afterthought = signal(Effect.THREAT, "2025-10-12", origin="Kyodo")
    assert outlook_of(after(*RISK, *relief, afterthought)) is Outlook.STEADY
    assert outlook_of(after(*RISK, now="2026-03-01")) is Outlook.AT_RISK


def key_of(one: Signal) -> str:
    return add_to_claim({}, one, Policy()).key


def test_a_promise_needs_the_word_of_who_owes_it_a_text_of_a_side_or_two_sources() -> None:
    wire = signal(Effect.PLEDGE, "2025-10-10", origin="Reuters")
    said = signal(Effect.PLEDGE, "2025-10-10", says=Says("us"), origin="White House", tier=Tier.WIRE)
    other = signal(Effect.PLEDGE, "2025-10-10 11:00", origin="AFP")
    cases = [
        ([wire], Standing.UNPLEDGED),
        ([said], Standing.UNPLEDGED),
        ([wire, other], Standing.PLEDGED),
        ([said, other], Standing.PLEDGED),
        ([replace(said, says=Says("cn"))], Standing.PLEDGED),
        ([replace(said, tier=Tier.OFFICIAL)], Standing.PLEDGED),
        ([replace(wire, tier=Tier.STATE_MEDIA)], Standing.UNPLEDGED),
    ]
    of_china = commitment(owed_by="cn")
    for reports, standing in cases:
        assert decided(of_china, reports, "2025-10-11", policy=SHIPPED).verdict.standing is standing, reports
    (doubt,) = decided(of_china, [wire], "2025-10-11", policy=SHIPPED).verdict.flags
    assert (doubt.kind, doubt.subject) == (FlagKind.UNCONFIRMED, "pledged")
    begun = [replace(wire, effect=Effect.PROGRESS)], [replace(said, effect=Effect.PROGRESS)]
    moved = [decided(PROMISED, reports, "2025-10-11", policy=SHIPPED).verdict.standing for reports in begun]
    assert moved == [Standing.IN_PROGRESS, Standing.IN_PROGRESS]
    # The beginning of a state to be kept, of which the other side tells, waits for the side that owes it.
    eased = [replace(report, effect=Effect.PROGRESS) for report in (said, other)]
    waits = decided(of_china, eased, "2025-10-11", policy=SHIPPED).verdict
    assert waits.standing is Standing.PLEDGED
    by_china = replace(eased[0], says=Says("cn"), origin="MOFCOM")
    assert decided(of_china, [*eased, by_china], "2025-10-11", policy=SHIPPED).verdict.standing is Standing.IN_PROGRESS
    # An act whose promise nobody has told of: one report is not enough, the act in the side's own state media is.
    ordered = from_cn(Effect.PROGRESS, "2025-10-10", by=By("cn"), tier=Tier.STATE_MEDIA)
    for report, standing in ((ordered, Standing.IN_PROGRESS), (replace(ordered, says=Says.PRESS), Standing.UNPLEDGED)):
        assert decided(of_china, [report], "2025-10-11", policy=SHIPPED).verdict.standing is standing, report


def test_a_threat_for_a_far_day_is_an_event_and_no_risk() -> None:
    far = [replace(s, date=DateMention(date(2027, 6, 30))) for s in RISK]
    near = [replace(s, date=DateMention(date(2025, 12, 1))) for s in RISK]
    assert outlook_of(after(*far)) is Outlook.STEADY
    assert outlook_of(after(*RISK[:2], far[2])) is Outlook.STEADY  # two reports of the same threat without its day
    assert outlook_of(after(*near)) is Outlook.AT_RISK
    assert [event.effect for event in after(*far).verdict.events] == [Effect.THREAT]


def test_a_later_blow_of_the_same_weight_becomes_the_reason_of_the_risk() -> None:
    later = told(Effect.THREAT, "2025-10-16", "Reuters", "AFP", quote="A duty of 50%")
    renewed = after(*RISK, *later).verdict
    assert (renewed.outlook_evidence, renewed.why.detail) == (tuple(s.id for s in later), Quoted("A duty of 50%"))
    assert renewed.outlook_since == after(*RISK).verdict.outlook_since
    assert after(*RISK, later[0]).verdict.outlook_evidence == tuple(s.id for s in RISK)
    deed = told(Effect.SETBACK, "2025-10-10", *THREE)
    assert after(*deed, *later).verdict.outlook_evidence == tuple(s.id for s in deed)
    stop = told(Effect.SETBACK, "2025-10-10", *THREE, stalls=True)
    assert after(*stop, *told(Effect.SETBACK, "2025-10-16", "Reuters", "AFP")).verdict.outlook_evidence == tuple(
        s.id for s in stop
    )


def test_what_several_sides_agreed_ends_a_risk_on_two_sources_if_a_wire_reports_it() -> None:
    agreed = told(Effect.PLEDGE, "2025-10-15", "Reuters", "AFP", by=By("cn+us"))
    assert outlook_of(after(*RISK, *agreed)) is Outlook.STEADY
    for changed in ({"modality": Modality.PLAN}, {"tier": Tier.TRADE}, {"by": By("cn")}):
        assert outlook_of(after(*RISK, *(replace(s, **changed) for s in agreed))) is Outlook.AT_RISK, changed
    other = replace(agreed[1], effect=Effect.PROGRESS)
    assert outlook_of(after(*RISK, agreed[0], other)) is Outlook.AT_RISK, "they tell of two acts"


def test_two_sources_end_a_risk_where_the_side_that_dealt_the_blow_takes_it_back() -> None:
    blow = told(Effect.SETBACK, "2025-10-10", *THREE, by=By("cn"))
    back = told(Effect.PROGRESS, "2025-10-15", "Reuters", "AFP", by=By("cn"), object="resumed")
    assert outlook_of(after(*blow, *back)) is Outlook.STEADY
    several_words = replace(back[1], object="backed")
    assert outlook_of(after(*blow, back[0], several_words)) is Outlook.STEADY
    of_others = {"by": By("us")}, {"modality": Modality.PLAN}, {"quote": "China resumes imports, sources say"}
    for changed in of_others:
        assert outlook_of(after(*blow, back[0], replace(back[1], **changed))) is Outlook.AT_RISK, changed
    threat = [replace(s, effect=Effect.THREAT) for s in blow]
    assert outlook_of(after(*threat, *back)) is Outlook.AT_RISK, "talks go on, and the threat stands"
    count = [replace(s, says=Says.DATA) for s in blow]
    assert outlook_of(after(*count, *back)) is Outlook.AT_RISK, "a purchase is no count"


def test_only_who_threatens_its_own_promise_takes_the_threat_back_and_time_does_not() -> None:
    of_both = commitment(owed_by="cn+us", baselines=pledged())

    def then(days: int, by: str, of: Commitment = of_both, answers: tuple[str, ...] = ("Yonhap",)) -> Outlook:
        threat = told(Effect.THREAT, "2025-10-10", *THREE, by=By("us"))
        answer = told(Effect.THREAT, "2025-10-14", *answers, by=By("cn"))
        day = str(date(2025, 10, 10) + timedelta(days))
        relief = told(Effect.PROGRESS, day, *THREE, by=By(by))
        return decided(of, [*threat, *answer, *relief], f"{day} 23:00", policy=SHIPPED).verdict.outlook

    for days in (5, SHIPPED.live_days + 5):
        assert then(days, "cn") is Outlook.AT_RISK, "the other side's own steps leave the threat where it is"
        assert [then(days, by) for by in ("us", "cn+us", "unknown")] == [Outlook.STEADY] * 3
    assert [then(5, by, answers=("Yonhap", "Kyodo")) for by in ("us", "cn")] == [Outlook.STEADY] * 2, "both threaten"
    of_cn = commitment(owed_by="cn", baselines=pledged())
    assert then(5, "cn", of_cn) is Outlook.STEADY, "an ultimatum to keep a promise is answered by keeping it"


def test_a_promise_is_borne_out_by_the_word_of_a_side_and_not_by_rumours() -> None:
    quoted = signal(Effect.PLEDGE, "2025-10-10", says=Says("cn"), origin="MOFCOM", tier=Tier.WIRE)
    assert decided(commitment(), [quoted], "2025-10-11", policy=SHIPPED).verdict.standing is Standing.PLEDGED
    rumours = [
        from_cn(Effect.PLEDGE, "2025-10-10", modality=Modality.RUMOUR),
        from_us(Effect.PLEDGE, "2025-10-10", modality=Modality.RUMOUR),
    ]
    thin = signal(Effect.PLEDGE, "2025-10-10 12:00", tier=Tier.AGGREGATOR, origin="Digest")
    assert decided(commitment(), [*rumours, thin], "2025-10-11", policy=SHIPPED).verdict.standing is Standing.UNPLEDGED


def test_an_act_beyond_the_promise_turns_the_outlook_and_nothing_else() -> None:
    book = rulebook(PROMISED, policy=SHIPPED)
    book = replace(book, rules={"truce/act": RuleInfo("truce/act", "truce", "v", "truce.yaml", 1, outside=True)})
    strain = told(Effect.BREACH, "2025-10-10", *THREE)
    found = decided(PROMISED, strain, "2025-10-12", book=book).verdict
    assert (found.standing, found.outlook) == (Standing.PLEDGED, Outlook.AT_RISK)


def test_a_thing_is_stalled_where_half_of_the_voices_tell_of_a_stop() -> None:
    stops = told(Effect.SETBACK, "2025-10-10", "Reuters", "AFP", stalls=True)
    assert outlook_of(after(*stops, *told(Effect.THREAT, "2025-10-11", "Bloomberg"))) is Outlook.STALLED
    threats = told(Effect.THREAT, "2025-10-10", *THREE, stalls=True)
    assert outlook_of(after(*threats)) is Outlook.AT_RISK, "a stop that is only threatened is none"
    often = told(Effect.THREAT, "2025-10-11", "Bloomberg", "Bloomberg", "Bloomberg")
    assert outlook_of(after(*stops, *often)) is Outlook.STALLED, "one source counts once"
    unpledged = decided(
        commitment(), told(Effect.SETBACK, "2025-10-10", *THREE, stalls=True), "2025-10-12", policy=SHIPPED
    )
    assert outlook_of(unpledged) is Outlook.AT_RISK, "nothing is promised that could stop"
    base = Baseline(date(2025, 9, 15), Standing.UNPLEDGED, "", Outlook.AT_RISK)
    since = commitment(baselines=(base,))
    again = decided(
        since, told(Effect.SETBACK, "2025-10-10", *THREE, by=By("cn")), "2025-10-12", policy=SHIPPED
    ).verdict
    assert again.outlook_since == at("2025-09-15")
    assert len(again.outlook_evidence) == len(THREE), "the reports are its reason now"
    assert outlook_of(after(*told(Effect.SETBACK, "2025-10-10", *THREE, object="stall"))) is Outlook.AT_RISK
    older = signal(Effect.SETBACK, "2025-10-10", object="stall", stalls=True)
    assert key_of(older) == key_of(replace(older, object="")) != key_of(replace(older, object="", stalls=False))
    stops = told(Effect.SETBACK, "2025-10-10", *THREE, stalls=True)
    much_later = told(Effect.SETBACK, "2025-12-10", *THREE)
    assert outlook_of(after(*stops, *much_later, now="2025-12-11")) is Outlook.STALLED


def test_the_own_act_of_who_alone_owes_a_promise_ends_its_risk() -> None:
    of_china = commitment(owed_by="cn", baselines=pledged())
    lifts = from_cn(Effect.PROGRESS, "2025-10-15", by=By("cn"))
    for given, outlook in (
        (lifts, Outlook.STEADY),
        (replace(lifts, tier=Tier.STATE_MEDIA), Outlook.STEADY),
        (replace(lifts, tier=Tier.WIRE), Outlook.AT_RISK),
        (replace(lifts, modality=Modality.PLAN), Outlook.AT_RISK),
        (replace(lifts, by=By("us")), Outlook.AT_RISK),
    ):
        assert outlook_of(decided(of_china, [*RISK, given], "2025-10-16", policy=SHIPPED)) is outlook
    assert outlook_of(after(*RISK, lifts)) is Outlook.AT_RISK, "the other side owes it too"


def test_what_is_met_is_at_risk_no_longer() -> None:
    goal = commitment(Kind.MILESTONE, "cn", steps=("done",), baselines=pledged())
    done = from_cn(Effect.DELIVERED, "2025-10-15", object="done")
    found = decided(goal, [*RISK, done], "2025-10-16", policy=SHIPPED).verdict
    assert (found.standing, found.outlook, found.status) == (Standing.MET, Outlook.STEADY, "met")


def test_a_first_promise_answers_what_was_done_before_it() -> None:
    blows = [signal(Effect.SETBACK, "2025-10-05", origin=name) for name in ("Reuters", "AFP", "Bloomberg")]
    pledge = from_cn(Effect.PLEDGE, "2025-10-20", by=By("cn"))
    of_china = commitment(owed_by="cn")
    assert decided(of_china, blows, "2025-10-21", policy=SHIPPED).verdict.outlook is Outlook.AT_RISK
    found = decided(of_china, [*blows, pledge], "2025-10-21", policy=SHIPPED).verdict
    assert (found.standing, found.outlook) == (Standing.PLEDGED, Outlook.STEADY)
