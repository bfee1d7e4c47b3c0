"""How sure a message says a change is, and the names in that sentence."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from monitor.domain.messages.confidence import awaited_confirmation, confidence_line, doubt_sentences, supporting
from monitor.domain.model import DateMention, Detail, Flag, Policy, Publisher, Signal
from monitor.domain.model.enums import By, Effect, FlagKind, Modality, Outlook, Says, Standing, Tier
from monitor.domain.model.news import EventTime
from monitor.domain.model.reasons import (
    NOTHING,
    Awaiting,
    Count,
    CountedByOne,
    Disputed,
    Named,
    OneSided,
    Sighted,
    Speaker,
    Text,
)
from tests.builders.domain_values import PARTIES
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, context, signal, story

PAPER, OFFICE = Speaker("Paper 1", Says.PRESS, report=True), Speaker("Dock Ministry", Says("cn"), report=False)
PUBLISHERS = {
    "US Treasury": Publisher("US Treasury", Tier.OFFICIAL, "us", called="the US Treasury"),
    "MOFCOM": Publisher("MOFCOM", Tier.OFFICIAL, "cn", called="China's commerce ministry"),
    "Dock Daily": Publisher("Dock Daily", Tier.STATE_MEDIA, "cn"),
    "Dock Ministry": Publisher("Dock Ministry", Tier.OFFICIAL, "us", called="the dock ministry"),
    "Heap": Publisher("Heap", Tier.AGGREGATOR),
    "Harbour Wire": Publisher("Harbour Wire", Tier.WIRE),
    "Dock News": Publisher("Dock News", Tier.TRADE),
    "CCTV": Publisher("CCTV", Tier.STATE_MEDIA, owner="China Media Group"),
}


class Sources:
    def find(self, source: str, url: str = "") -> Publisher:
        return PUBLISHERS.get(source, Publisher(source))


def doubt(subject: str, detail: Detail = NOTHING) -> Flag:
    return Flag(FlagKind.UNCONFIRMED, subject, NOW, detail)


def sure(*signals: Signal, outlets: tuple[str, ...] = ("Harbour Wire",), flags: tuple[Flag, ...] = ()) -> str:
    """The sentence on these signals, each in the first outlet and carried by the others."""
    known: dict[str, Any] = {"a": story("a", outlets[0], outlets[1:])}
    return confidence_line(signals, flags, context(publishers=Sources(), stories=known))


def said(origin: str, says: Says, **changes: Any) -> Signal:
    return signal(origin, "a", says=says, origin=origin, **changes)


def reported(*tiers: Tier, flags: tuple[Flag, ...] = (), **changes: Any) -> str:
    """The sentence on reports of outlets of these tiers, each a story of its own."""
    names = [f"Paper {number}" for number in range(len(tiers))]
    signals = [signal(n, n, says=Says.PRESS, origin=n, tier=t, quote=n) for n, t in zip(names, tiers, strict=True)]
    return confidence_line(signals, flags, context(stories={n: story(n, n) for n in names}, **changes))


US, CN = said("US Treasury", Says("us")), said("MOFCOM", Says("cn"))
REPORT = said("Harbour Wire", Says.PRESS, tier=Tier.WIRE)
DATE_ALONE = doubt("truce", Named("us", NOW.date(), ("cn",)))


def test_an_official_state_media_a_company_and_data_are_named_with_their_carriers(wording: GoldenWording) -> None:
    wording(
        [
            sure(CN, outlets=("MOFCOM", "Harbour Wire", "Dock News")),
            sure(CN, outlets=("MOFCOM",)),
            sure(US),
            sure(said("Dock Daily", Says("cn")), outlets=("Dock Daily",)),
            sure(said("China Media Group", Says("cn")), outlets=("Harbour Wire", "CCTV", "Dock News")),
            sure(said("Dock Works", Says.COMPANY), outlets=("Dock Works",)),
            *(
                sure(said(origin, Says.DATA, quote="2 Mt"))
                for origin in ("USDA data", "China Customs", "MOFCOM and USTR")
            ),
            sure(US, said("USDA data", Says.DATA, quote="exports fall")),
            sure(said("China Customs", Says.DATA, quote="Customs agents told to stop H200 chips")),  # no count
        ]
    )


def test_a_side_alone_is_named_with_the_side_that_has_not_confirmed(wording: GoldenWording) -> None:
    wording(
        [
            sure(US, flags=(doubt("cn", OneSided(OFFICE, ("cn",))),), outlets=("US Treasury",)),
            sure(US, flags=(DATE_ALONE,), outlets=("US Treasury",)),
            sure(CN, flags=(DATE_ALONE,), outlets=("MOFCOM",)),  # the silent side has spoken itself
            sure(US, CN, flags=(Flag(FlagKind.CONTESTED, "orders", NOW, Disputed("the US", "yes", "China", "no")),)),
            sure(US, CN, flags=(doubt("cn", OneSided(OFFICE, ("us", "cn"))),)),
            sure(said("EU", Says("us"), by=By("us"), effect=Effect.DEADLINE, tier=Tier.OFFICIAL), flags=(DATE_ALONE,)),
            sure(US, flags=(Flag(FlagKind.CONTESTED, "orders", NOW, Text("the orders")),)),
        ]
    )


def led_by(main: Signal, *others: Signal) -> str:
    """The sentence under the headline of the main report, each report in the outlet that it names."""
    signals = [replace(s, id=f"s{number}", story=f"s{number}") for number, s in enumerate((main, *others))]
    stories = {s.id: story(s.id, s.rule_version) for s in signals}
    told = supporting(signals[0], signals)
    return confidence_line(signals, (), context(publishers=Sources(), stories=stories), told)


def in_paper(outlet: str, quote: str, says: Says = Says.PRESS, origin: str = "", **changes: Any) -> Signal:
    given = {"rule_version": outlet, "by": By("cn"), "tier": Tier.WIRE, **changes}
    return signal(outlet, outlet, says=says, origin=origin or outlet, quote=quote, **given)


def test_only_a_source_of_the_act_in_the_headline_is_named(wording: GoldenWording) -> None:
    listed = in_paper("Harbour Wire", "China lists three dredging firms")
    ministry: dict[str, Any] = {"says": Says("cn"), "origin": "MOFCOM"}
    own = in_paper("MOFCOM", "Three dredging firms are listed", tier=Tier.OFFICIAL, **ministry)
    elsewhere = in_paper("MOFCOM", "Talks on soybeans go on", tier=Tier.OFFICIAL, **ministry)
    treasury = in_paper("Dock News", "China lists three dredging firms, Bessent says", Says("us"), "US Treasury")
    wording(
        [
            led_by(listed, own),
            led_by(listed, in_paper("Dock News", "China says it lists three dredging firms", **ministry)),
            led_by(listed, in_paper("Dock Daily", "商务部：将三家企业列入清单", tier=Tier.STATE_MEDIA, **ministry)),
            led_by(listed, elsewhere, in_paper("Dock News", "China lists dredging firms")),
            led_by(listed, treasury),
            led_by(listed, treasury, own),  # China itself speaks of its act
            led_by(listed, replace(own, by=By("us")), replace(own, effect=Effect.PROGRESS)),
            led_by(
                own,
                in_paper("Dock News", "China lists three dredging firms"),
                in_paper("Quay", "Ships wait", rule="ships/wait"),
            ),
            led_by(in_paper("Dock News", "China lists firms, Quay reports", origin="Quay"), listed),
            led_by(own, in_paper("Dock Daily", "商务部将三家企业列入清单", Says("cn"), tier=Tier.STATE_MEDIA)),
            led_by(listed, in_paper("Dock Daily", "Dredging", Says("cn"), tier=Tier.STATE_MEDIA, by=By("us"))),
        ]
    )


def test_the_side_that_acts_alone_is_a_source_in_its_own_words(wording: GoldenWording) -> None:
    eased = in_paper(
        "Harbour Wire", "China to lower its duties on dredgers", effect=Effect.PROGRESS, rule="duties/eased"
    )
    own: dict[str, Any] = {"says": Says("cn"), "origin": "MOFCOM", "effect": Effect.PROGRESS, "rule": "duties/promised"}
    ministry = in_paper("Dock News", "MOFCOM confirms an end to duties next week", **own)
    late = replace(ministry, happened=replace(ministry.happened, end=ministry.happened.end + timedelta(days=3)))
    wording(
        [
            led_by(eased, ministry),
            led_by(
                replace(eased, by=By("cn+us")), replace(ministry, by=By("cn+us"))
            ),  # who knows which act he speaks of
            led_by(eased, replace(ministry, quote="MOFCOM on soybeans")),
            led_by(eased, late),
        ]
    )


def test_only_outlets_that_report_the_act_count(wording: GoldenWording) -> None:
    asked = in_paper("Dock News", "China halts the sale of dredgers, Bessent says", Says("us"), "US Treasury")
    main, earlier = replace(asked, by=By("cn")), timedelta(days=1)
    before = in_paper("Harbour Wire", "China halts the sale of dredgers")
    exclusive = in_paper("Harbour Wire", "Exclusive: China issues first batch of dredger licences, source says")
    fear = in_paper("Harbour Wire", "Mills fear for their purchases")
    retold = in_paper("Quay", "China issues first batch of dredger licences as docks wait")
    later = replace(retold, happened=replace(retold.happened, end=retold.happened.end + 1.5 * earlier))
    wording(
        [
            led_by(before, in_paper("Quay", "Dredgers go unsold")),
            led_by(before, in_paper("Quay", "Three ships wait for grain", rule="ships/wait")),
            led_by(before, in_paper("Quay", "Dredgers go unsold", object="dredgers")),
            led_by(before, in_paper("Quay", "Nobody wants them")),
            led_by(main, replace(before, happened=replace(before.happened, end=before.happened.end - earlier))),
            led_by(exclusive, later),
            led_by(exclusive, replace(later, quote=f"{retold.quote}, sources say")),
            led_by(before, in_paper("Quay", "China halts dredger sales: report")),
            led_by(in_paper("Quay", "China halts dredger sales: report", tier=Tier.TRADE), before),
            # The same step of two sides is two acts, and the name of the matter tells none.
            led_by(replace(before, object="halt"), in_paper("Quay", "Sales are off", by=By("us"), object="halt")),
            led_by(replace(fear, by=By.UNKNOWN), in_paper("Quay", "Those who fear make no purchases", by=By.COMPANY)),
            # What a company says of its own act confirms none of a government.
            led_by(
                replace(before, object="sale"),
                in_paper("Quay", "Dredger maker says its sale halts", Says.COMPANY, by=By.COMPANY, object="sale"),
            ),
        ]
    )


def test_a_side_that_has_not_spoken_of_its_act_is_named(wording: GoldenWording) -> None:
    treasury: dict[str, Any] = {"says": Says("us"), "origin": "US Treasury", "object": "sale"}
    claimed = in_paper("Dock News", "China approves the sale of dredgers, Bessent says", **treasury)
    together = replace(claimed, by=By("cn+us"))
    ministry = in_paper("Harbour Wire", "MOFCOM speaks of dredgers", Says("cn"), "MOFCOM", object="sale")
    wording(
        [
            led_by(claimed),
            led_by(together),
            led_by(together, ministry),
            led_by(replace(together, object="")),  # a call or a meeting: nothing is to be confirmed
            led_by(replace(together, modality=Modality.FORMAL)),  # the side records its own part
            led_by(replace(claimed, by=By("us"))),
            led_by(in_paper("Dock News", "China approves the sale of dredgers", object="sale")),
        ]
    )
    week = {"old": replace(ministry, id="old", story="old", rule="dredgers/else", object="")}
    for silent in (True, False):
        known = context(publishers=Sources(), stories={claimed.story: story(claimed.story)}, signals=week)
        assert ("No statement from China" in confidence_line([claimed], (), known, [claimed])) is silent
        week["old"] = replace(week["old"], object="sale")


def test_a_leader_or_office_whose_threat_or_order_the_press_tells_is_named_with_the_outlets(
    wording: GoldenWording,
) -> None:
    banned = in_paper("Harbour Wire", "FCC bans new dredgers", announcer="FCC")
    other = in_paper("Dock News", "New dredgers are banned")
    own = in_paper("Dock Daily", "New dredgers are banned, MOFCOM says", Says("cn"), "MOFCOM")
    wording([led_by(banned), led_by(banned, other), led_by(banned, replace(other, announcer="FCC"))])
    wording([led_by(other, banned), led_by(banned, own)])
    awaited = doubt("in_force", Awaiting(PAPER, Standing.IN_FORCE, ("cn",)))
    known = context(publishers=Sources(), stories={banned.story: story(banned.story)})
    said = confidence_line([banned], (awaited,), known, [banned])
    assert "No statement from China" not in said, "its office is named"
    by_china = replace(banned, announcer="cn", commitment="dredgers")
    wording([led_by(replace(by_china, effect=effect)) for effect in (Effect.SETBACK, Effect.THREAT)])


def test_a_whole_government_is_not_named_beside_its_ministry(wording: GoldenWording) -> None:
    one = in_paper("Harbour Wire", "China lists three dredging firms", Says("cn"), "Beijing")
    ministry = in_paper("Dock News", "MOFCOM lists three dredging firms", Says("cn"), "MOFCOM")
    both = replace(one, says=Says("cn+us"), origin="Beijing and US Treasury")
    wording([led_by(one), led_by(one, ministry), led_by(both), led_by(both, ministry)])


def test_one_act_in_other_words_is_known_by_its_step_its_day_and_its_parties(wording: GoldenWording) -> None:
    planned = in_paper("Harbour Wire", "Leaders to meet in the harbour in May", by=By("cn+us"), effect=Effect.PLEDGE)
    day = DateMention(date(2026, 5, 14), "day", "", "May 14")
    dated = replace(planned, date=day, rule="talks/planned")
    post = in_paper("MOFCOM", "The visit is on", Says("cn"), "MOFCOM", by=By("cn+us"), effect=Effect.PLEDGE)
    step: dict[str, Any] = {"by": By("cn+us"), "object": "pause", "effect": Effect.DELIVERED}
    paused = in_paper("Harbour Wire", "China suspends its dock fees", **step)
    deal = in_paper("Harbour Wire", "A yearly deal on dredgers for China", by=By("cn+us"), effect=Effect.PLEDGE)
    treasury = in_paper("Dock News", "China agrees to buy dredgers, Bessent says", Says("us"), "US Treasury")
    wording(
        [
            led_by(dated, replace(post, date=replace(day, date=date(2026, 5, 15)))),
            led_by(dated, replace(post, date=replace(day, date=date(2026, 5, 17)))),
            led_by(planned, replace(post, quote="中美元首将会晤", rule="talks/leaders")),
            led_by(replace(planned, by=By("cn")), replace(post, quote="元首将会晤", rule="talks/leaders", by=By("cn"))),
            led_by(paused, replace(post, quote="美方暂停收费", **{**step, "by": By("us")})),
            led_by(paused, in_paper("Quay", "Fees gone", rule="fees/gone", **step)),
            led_by(paused, in_paper("Quay", "Fees may go", rule="fees/gone", modality=Modality.RUMOUR, **step)),
            led_by(deal, replace(treasury, effect=Effect.PLEDGE)),
            led_by(deal, replace(treasury, effect=Effect.PLEDGE, modality=Modality.PLAN)),
        ]
    )


def test_the_sources_that_would_turn_the_outlook_are_told_unless_a_confirmation_changes_the_status_itself() -> None:
    more = doubt("at_risk", Sighted(OFFICE, Outlook.AT_RISK, 1, 3, 3))
    for by in (US, REPORT):
        assert "would change the status to AT RISK." in sure(by, flags=(more,))
    breached = doubt("breached", Awaiting(OFFICE, Standing.BREACHED, ("cn",)))
    assert sure(US, flags=(more, breached)) == sure(US, flags=(breached,))


def test_an_aggregator_is_no_carrier_of_a_speakers_words() -> None:
    assert sure(US, outlets=("Heap", "Dock News")) == "Official: the US Treasury, via Dock News."
    assert sure(US, outlets=("Heap",)) == "Official: the US Treasury."
    papers = [
        in_paper(name, "Ships may dock, Bessent says", Says("us"), "US Treasury") for name in ("Dock News", "Heap")
    ]
    assert led_by(*papers) == "Official: the US Treasury, via Dock News. No statement from China seen yet."


def test_the_silence_of_a_side_is_told_for_a_month() -> None:
    for days, silent in ((29, True), (31, False)):
        at = NOW - timedelta(days=days)
        said_so = in_paper("Dock News", "Ships may dock, Bessent says", Says("us"), "US Treasury")
        text = led_by(replace(said_so, happened=EventTime(at, at)))
        assert ("No statement from China" in text) is silent


def test_independent_reports_are_counted_by_the_policy(wording: GoldenWording) -> None:
    strict = Policy(corroborating_tiers=frozenset({Tier.OFFICIAL, Tier.WIRE}))
    wording(
        [
            reported(Tier.WIRE),
            reported(Tier.WIRE, Tier.TRADE),
            reported(Tier.WIRE, Tier.TRADE, Tier.AGGREGATOR),
            reported(Tier.WIRE, Tier.TRADE, Tier.WIRE, Tier.TRADE),
            reported(Tier.WIRE, Tier.AGGREGATOR, Tier.UNKNOWN),
            reported(Tier.AGGREGATOR, Tier.UNKNOWN),
            reported(Tier.WIRE, *[Tier.UNKNOWN] * 3, policy=Policy(unlisted_per_source=3)),
            reported(Tier.WIRE, Tier.TRADE, policy=strict),
            reported(Tier.WIRE, Tier.AGGREGATOR, policy=Policy(corroborating_tiers=frozenset(Tier))),
        ]
    )


def test_a_wires_report_that_an_aggregator_carried_first_counts_as_the_wires() -> None:
    stories = {"a": story("a", "Heap", ("Harbour Wire",)), "b": story("b", "Dock News")}
    signals = [
        signal("s1", "a", says=Says.PRESS, origin="Heap", tier=Tier.AGGREGATOR, quote="Cargoes wait"),
        signal("s2", "b", says=Says.PRESS, origin="Dock News", tier=Tier.TRADE),
    ]
    found = confidence_line(signals, (), context(publishers=Sources(), stories=stories))
    assert found.startswith("Two ")


def test_a_question_to_a_ministry_is_no_report_of_the_ministry() -> None:
    asked = signal("asked", "a", says=Says.PRESS, origin="Paper 2", tier=Tier.AGGREGATOR)
    answered = signal("answered", "a", says=Says.PRESS, origin="Paper 1", tier=Tier.WIRE)
    assert sure(asked, answered, outlets=("MOFCOM", "MOFCOM")).startswith("One ")


def test_a_doubt_names_the_missing_confirmation_and_its_effect(wording: GoldenWording) -> None:
    awaiting = doubt("in_force", Awaiting(PAPER, Standing.IN_FORCE, ("cn",)))
    wording(
        [
            sure(REPORT, flags=(doubt("at_risk", Sighted(PAPER, Outlook.AT_RISK, 1, 3, 3)),)),
            sure(REPORT, flags=(doubt("at_risk", Sighted(PAPER, Outlook.AT_RISK, 2, 3, 3)),)),  # one is of another act
            sure(REPORT, flags=(doubt("met", Awaiting(PAPER, Standing.MET, ("us", "cn"))),)),
            sure(REPORT, flags=(doubt("met", Awaiting(PAPER, Standing.MET, ())), awaiting)),
            sure(flags=(doubt("cn", OneSided(PAPER, ("cn",))),)),
            reported(Tier.WIRE, Tier.WIRE, flags=(doubt("others", Text("")),)),
            reported(Tier.WIRE, Tier.WIRE, flags=(awaiting,)),
            reported(Tier.WIRE, Tier.WIRE, flags=(doubt("cn", OneSided(PAPER, ("cn",))),)),
        ]
    )
    assert sure() == ""


def test_a_company_whose_word_does_not_count_here_leaves_one_more_source_to_be_awaited() -> None:
    flag = doubt("met", Awaiting(PAPER, Standing.MET, ("company",)))
    known = context(publishers=Sources())
    assert "one more source would" in doubt_sentences(flag, known, quoted=True, spoken={"company"})[-1]
    assert "confirmation would" in doubt_sentences(flag, known, quoted=True)[-1]


def test_a_doubt_by_itself_has_its_words(wording: GoldenWording) -> None:
    def words(flag: Flag, *, quoted: bool = True, older: bool = False) -> list[str]:
        return doubt_sentences(flag, context(publishers=Sources()), quoted=quoted, older=older)

    count = Count("Bloomberg", 7e6, 7e6, "t", "booked")
    subjects = ("cn+us", "us,cn", "data", "cn", "company", "at_risk", "others")
    wording(
        [
            *words(doubt("cn", OneSided(OFFICE, ("cn",))), quoted=False),
            *words(doubt("truce", Text("only one agency names the day."))),
            *words(doubt("cn", Text("the ministry is silent on the date.")), older=True),
            *words(doubt("12 Mt", CountedByOne(count, Standing.PARTLY_MET, (count,)))),
            *words(doubt("cn", Text("long " * 60)), quoted=False),
            *(f"{subject}: {awaited_confirmation(doubt(subject), PARTIES)}" for subject in subjects),
        ]
    )
